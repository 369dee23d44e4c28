import { expect, it } from "vitest";
import { LINE_CHARS, MOUNTED, windowOf } from "./textWindow";

const lines = (count: number): string => Array.from({ length: count }, (_, n) => `line ${n + 1}`).join("\n");
const mounted = (text: string, more = 0): string[] => {
  const { head, left, tail } = windowOf(text, more);
  return left ? [...head.split("\n"), ...tail.split("\n")] : head.split("\n");
};

it("mounts all of a text that fits", () => {
  expect(mounted(lines(MOUNTED))).toHaveLength(MOUNTED);
  expect(windowOf(`${lines(3)}\n`)).toMatchObject({ total: 3, left: 0, tail: "" });
});

it("mounts the beginning and the end of a longer one", () => {
  const shown = mounted(lines(1000));
  expect(shown).toHaveLength(MOUNTED);
  expect([shown[0], shown.at(-1)]).toEqual(["line 1", "line 1000"]);
  expect(windowOf(lines(1000)).left).toBe(1000 - MOUNTED);
});

it("mounts more on demand, down to all", () => {
  expect(windowOf(lines(1000), 200).left).toBe(600);
  expect(mounted(lines(1000), 1000)).toEqual(lines(1000).split("\n"));
});

it("cuts lines that no screen is wide enough for", () => {
  const { head, isCut } = windowOf("x".repeat(1_000_000));
  expect(isCut).toBe(true);
  expect(head.length).toBeLessThan(LINE_CHARS + 100);
  expect(head).toContain("996,000 more characters");
});
