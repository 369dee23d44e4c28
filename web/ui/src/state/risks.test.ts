import { expect, test } from "vitest";
import { canStash, riskWords } from "./risks";

const nothing = { dirty: 0, untracked: 0, unpushed: 0, pending: 0 };

test("each risk is named with its number", () => {
  expect(riskWords({ dirty: 1, untracked: 2, unpushed: 1, pending: 3 })).toEqual([
    "1 changed file",
    "2 new files",
    "1 commit of its own",
    "3 changes that you have not judged yet",
  ]);
});

test("nothing at risk has no words", () => {
  expect(riskWords(nothing)).toEqual([]);
});

test("commits and judgements cannot be put aside, files can", () => {
  expect(canStash({ ...nothing, unpushed: 2, pending: 1 })).toBe(false);
  expect(canStash({ ...nothing, untracked: 1 })).toBe(true);
});
