import { expect, it } from "vitest";
import { withStaying } from "./staying";

const items = (ids: string): { id: string }[] => [...ids].map((id) => ({ id }));

it.each([
  ["abc", "bc", "abc"],
  ["abc", "ac", "abc"],
  ["abc", "", "abc"],
  ["abc", "cd", "abcd"],
  ["abc", "zabc", "zabc"],
  ["", "ab", "ab"],
])("of %j, then %j, are shown %j", (shown, now, both) => {
  expect(withStaying(items(shown), items(now), () => true)).toEqual(items(both));
});

it("keeps only what shall be kept", () => {
  expect(withStaying(items("abc"), items("c"), (item) => item.id === "b")).toEqual(items("bc"));
});
