import { expect, test } from "vitest";
import type { Chat, Frame, Project, Session } from "../wire/types";
import { changed, chatName, EMPTY, goneChats, nameFrom, type Catalog, withOlder } from "./catalogModel";

const at = "2026-01-01T00:00:00Z";
const head = { topic: "user", seq: 1, at } as const;
const project = (id: string, name = id): Project => ({ id, name, path: `/w/${id}`, created_at: at, permission_policy: "ask" });
const chat = (id: string, session_id: string, title = ""): Chat => ({ id, session_id, title, created_at: at, last_seq: 0 });
const session = (id: string, project_id: string, chats: Chat[] = []): Session => ({ id, project_id, title: id, created_at: at, chats });
const after = (catalog: Catalog, ...frames: Frame[]): Catalog => frames.reduce(changed, catalog);

const one: Catalog = { projects: [project("p")], sessions: [session("s", "p", [chat("c", "s")])] };

test("a new project comes last, a new session first, a new chat last", () => {
  const now = after(
    one,
    { ...head, type: "project_updated", project: project("q") },
    { ...head, type: "session_updated", session: session("t", "q") },
    { ...head, type: "chat_updated", chat: chat("d", "s") },
  );
  expect(now.projects.map((each) => each.id)).toEqual(["p", "q"]);
  expect(now.sessions.map((each) => each.id)).toEqual(["t", "s"]);
  expect(now.sessions[1]?.chats.map((each) => each.id)).toEqual(["c", "d"]);
});

test("a frame that comes twice changes nothing more", () => {
  const frame: Frame = { ...head, type: "chat_updated", chat: chat("d", "s", "Named") };
  expect(after(one, frame, frame)).toEqual(after(one, frame));
});

test("a renamed thing keeps its place", () => {
  const two = after(one, { ...head, type: "project_updated", project: project("q") });
  const now = after(two, { ...head, type: "project_updated", project: project("p", "Other") });
  expect(now.projects.map((each) => each.name)).toEqual(["Other", "q"]);
});

test("a project takes its sessions along, in whatever order that is told", () => {
  const gone: Frame = { ...head, type: "project_removed", id: "p" };
  const late: Frame[] = [
    { ...head, type: "session_removed", id: "s", project_id: "p" },
    { ...head, type: "chat_removed", id: "c", session_id: "s" },
  ];
  expect(after(one, gone, ...late)).toEqual(EMPTY);
  expect(after(one, ...late, gone)).toEqual(EMPTY);
});

test("a chat of a session that is not known is left out", () => {
  expect(after(one, { ...head, type: "chat_updated", chat: chat("x", "unknown") })).toBe(one);
});

test("a frame of something else leaves the very same catalog", () => {
  expect(after(one, { ...head, type: "lists_changed" })).toBe(one);
});

test("gone chats are those of gone sessions, too", () => {
  expect(goneChats(one, EMPTY)).toEqual(new Set(["c"]));
  expect(goneChats(one, one)).toEqual(new Set());
});

test("a name is the first line of a prompt, cut between letters", () => {
  expect(nameFrom("  Fix the login\nand the rest")).toBe("Fix the login");
  expect(nameFrom("\n \n")).toBeNull();
  expect(nameFrom("é".repeat(60))).toBe("é".repeat(60));
  expect(nameFrom("😀".repeat(61))).toBe(`${"😀".repeat(59)}…`);
});

test("a lone chat that nobody named bears the name of its session, one of several a number", () => {
  const lone = session("Fix it", "p", [chat("a", "s")]);
  expect(chatName(chat("a", "s"), lone)).toBe("Fix it");
  expect(chatName(chat("a", "s", "New chat"), lone)).toBe("Fix it");
  const pair = session("Fix it", "p", [chat("a", "s"), chat("b", "s")]);
  expect(chatName(chat("b", "s"), pair)).toBe("Chat 2");
  expect(chatName(chat("b", "s", "Mine"), pair)).toBe("Mine");
});

test("a list that was cut takes away what it would have shown, and nothing older", () => {
  const made = (id: string, day: number): Session => ({ ...session(id, "p"), created_at: `2026-01-0${day}T00:00:00Z` });
  const before = [made("new", 5), made("deleted", 4), made("kept", 3), made("beyond", 1)];
  const listed = [made("new", 5), made("kept", 3)];
  expect(withOlder(listed, before).map((each) => each.id)).toEqual(["new", "kept", "beyond"]);
});
