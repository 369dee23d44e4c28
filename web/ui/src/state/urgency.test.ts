import { expect, test } from "vitest";
import { mostUrgent } from "./urgency";

test("who waits for a person comes before who works, who failed, who is done", () => {
  expect(mostUrgent(["idle", "error", "working", "blocked"])).toBe("blocked");
  expect(mostUrgent(["idle", "error", "working"])).toBe("working");
  expect(mostUrgent(["idle", "error"])).toBe("error");
  expect(mostUrgent([null, "idle"])).toBe("idle");
});

test("nobody has no status", () => {
  expect(mostUrgent([])).toBeNull();
  expect(mostUrgent([null])).toBeNull();
});
