import { expect, test } from "vitest";
import { nextRow, typedAhead } from "./rowKeys";

const LABELS = ["Allow", "Ask", "Deny", "Ask later"];
let clock = 0;
const key = (letter: string, pause = 10, held = {}) => {
  clock += pause;
  return { key: letter, timeStamp: clock, ctrlKey: false, metaKey: false, altKey: false, ...held };
};

test("letters within a moment are one word", () => {
  expect(typedAhead(key("a", 5000), 2, LABELS)).toBe(3);
  expect(typedAhead(key("l"), 3, LABELS)).toBe(0);
});

test("the same letter walks on", () => {
  expect(typedAhead(key("a", 5000), -1, LABELS)).toBe(0);
  expect(typedAhead(key("a"), 0, LABELS)).toBe(1);
  expect(typedAhead(key("a"), 1, LABELS)).toBe(3);
  expect(typedAhead(key("a"), 3, LABELS)).toBe(0);
});

test("what begins no label, what is no letter and what is held moves nothing", () => {
  expect(typedAhead(key("z", 5000), 0, LABELS)).toBeNull();
  expect(typedAhead(key("Enter", 5000), 0, LABELS)).toBeNull();
  expect(typedAhead(key("a", 5000, { ctrlKey: true }), 0, LABELS)).toBeNull();
  expect(typedAhead(key(" ", 5000), 0, LABELS)).toBeNull();
});

test.each([
  ["ArrowDown", -1, 0],
  ["ArrowDown", 2, 0],
  ["ArrowUp", 0, 2],
  ["ArrowUp", 2, 1],
  ["Home", 2, 0],
  ["End", 0, 2],
  ["Enter", 0, null],
])("%s at %i", (key, at, to) => {
  expect(nextRow(key, at, 3)).toBe(to);
  expect(nextRow(key, at, 0)).toBeNull();
});
