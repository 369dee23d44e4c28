import { expect, test } from "vitest";
import { reasonOf } from "./reasons";

test("a way to get an agent stands apart from why it is missing", () => {
  expect(reasonOf("'goose' is not on PATH. To get Goose: npm install -g goose")).toEqual({
    why: "'goose' is not on PATH.",
    how: "npm install -g goose",
  });
});

test("another reason is left as it is", () => {
  expect(reasonOf("It did not answer: connection refused")).toEqual({ why: "It did not answer: connection refused", how: null });
});
