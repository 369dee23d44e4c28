import { expect, test } from "vitest";
import { ago } from "./ago";

const NOW = Date.UTC(2026, 0, 10);

test.each([
  [0, "just now"],
  [44, "just now"],
  [60, "1 min ago"],
  [3599, "60 min ago"],
  [7200, "2 h ago"],
  [3 * 86400, "3 d ago"],
  [-5, "just now"],
])("%i seconds", (seconds, words) => {
  expect(ago(NOW - seconds * 1000, NOW)).toBe(words);
});

test("what is long ago is a date, and no time is nothing", () => {
  expect(ago(NOW - 40 * 86400_000, NOW)).toBe(new Date(NOW - 40 * 86400_000).toLocaleDateString());
  expect(ago(Number.NaN, NOW)).toBe("");
});
