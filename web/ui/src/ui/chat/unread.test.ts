import { expect, it } from "vitest";
import type { Message } from "../../wire/types";
import { countSince, markOf } from "./unread";

const message = (id: string, parts: number): Message => ({ id, parts: Array.from({ length: parts }) }) as unknown as Message;

it("counts parts and messages after the mark", () => {
  const before = [message("a", 1), message("b", 2)];
  const mark = markOf(before);
  expect(countSince(before, mark)).toBe(0);
  expect(countSince([message("a", 1), message("b", 4), message("c", 0), message("d", 3)], mark)).toBe(2 + 1 + 3);
});

it("older messages above are not new", () => {
  const mark = markOf([message("b", 2)]);
  expect(countSince([message("a", 1), message("b", 2)], mark)).toBe(0);
});
