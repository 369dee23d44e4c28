import { describe, expect, it } from "vitest";
import { expiryOf, keysOf, outcomeWords, silenceMeans, timeLeft } from "./outcome";

const option = (id: string, kind: string): { id: string; label: string; kind: string } => ({ id, label: id.toUpperCase(), kind });
const FOUR = [option("a", "allow_once"), option("b", "allow_always"), option("c", "reject_once"), option("e", "reject_always")];

describe("questions", () => {
  it("have one key for each answer", () => {
    expect([...keysOf(FOUR)]).toEqual([["a", "y"], ["b", "s"], ["c", "d"]]);
    expect([...keysOf([option("x", "allow_always"), option("z", "allow_always")])]).toEqual([["x", "s"]]);
    expect([...keysOf([option("e", "reject_always")])]).toEqual([["e", "d"]]);
    expect(keysOf([]).size).toBe(0);
  });

  it("are answered for a silent person, never for ever", () => {
    expect(silenceMeans(FOUR, "deny")?.id).toBe("c");
    expect(silenceMeans(FOUR, "allow")?.id).toBe("a");
    expect(silenceMeans([option("b", "allow_always")], "allow")).toBeNull();
  });

  it.each([
    ["2026-01-01T00:10:00Z", "10:00"],
    ["2026-01-01T00:00:05.400Z", "0:06"],
    ["2026-01-01T02:05:00Z", "2 h 5 min"],
    ["2026-01-01T00:00:00Z", null],
    ["soon", null],
  ])("that end at %s have %j left", (end, left) => expect(timeLeft(end, Date.parse("2026-01-01T00:00:00Z"))).toBe(left));

  it.each([
    ["2026-01-01T00:00:01Z", false, "open"],
    ["2026-01-01T00:00:00Z", false, "over"],
    ["2026-01-01T00:00:00Z", true, "extended"],
    ["soon", false, "open"],
  ] as const)("that end at %s, and for the server are open: %j, are %s", (end, isOpen, expiry) =>
    expect(expiryOf(end, Date.parse("2026-01-01T00:00:00Z"), isOpen)).toBe(expiry),
  );

  it.each([
    ["selected:a", "person", false, "Answered by a person: “A”."],
    ["selected:a", "person", true, "You answered “A”."],
    ["selected:a", "policy", false, "Allowed by the project's permission policy: “A”."],
    ["timed_out:c", "deadline", false, "Nobody answered in time, so the answer was “C”."],
    ["timed_out:cancelled", "deadline", false, "Nobody answered in time, so the answer was cancelled."],
    ["withdrawn:The turn was stopped.", null, false, "No longer needed. The turn was stopped."],
  ] as const)("that ended with %s say so", (outcome, by, isMine, words) => expect(outcomeWords(outcome, by, FOUR, isMine)).toBe(words));
});
