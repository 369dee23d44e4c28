import { expect, test } from "vitest";
import { DEFAULTS, readSettings } from "./settings";

test("what is not said is as it is from the start", () => {
  expect(readSettings('{"theme":"light"}')).toEqual({ ...DEFAULTS, theme: "light" });
});

test("what cannot be read counts as not said", () => {
  for (const text of [null, "", "{", "7", "null"]) expect(readSettings(text)).toEqual(DEFAULTS);
});
