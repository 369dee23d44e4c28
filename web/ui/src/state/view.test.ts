import { expect, test } from "vitest";
import { addressOf, asView, viewAt, type View } from "./view";

const VIEWS: View[] = [
  { kind: "chat", chatId: "chat_1" },
  { kind: "chat", chatId: "odd/id #1" },
  { kind: "review", sessionId: "session_1" },
  { kind: "inbox" },
  { kind: "supervision" },
  { kind: "providers" },
  { kind: "settings" },
  { kind: "welcome" },
];

test.each(VIEWS)("the address of %j leads back to it", (view) => {
  expect(viewAt(addressOf(view))).toEqual(view);
});

test("addresses are those that are told to people", () => {
  expect(VIEWS.map(addressOf).slice(2, 5)).toEqual(["#/session/session_1/review", "#/inbox", "#/supervision"]);
  expect(addressOf(VIEWS[0] ?? null)).toBe("#/chat/chat_1");
});

test.each(["", "#", "#/", "#/arena", "#/chat", "#/chat/", "#/chat/a/b", "#/inbox/x", "#/session/a", "#/chat/%E0%A4%A"])(
  "%j leads nowhere",
  (hash) => {
    expect(viewAt(hash)).toBeNull();
  },
);

test.each([null, 1, "inbox", {}, { kind: "chat" }, { kind: "chat", chatId: 4 }, { kind: "review", chatId: "a" }, { kind: "arena" }])(
  "%j is no view",
  (value) => {
    expect(asView(value)).toBeNull();
  },
);

test("a stored view keeps nothing that does not belong to it", () => {
  expect(asView({ kind: "inbox", chatId: "a", more: 1 })).toEqual({ kind: "inbox" });
});
