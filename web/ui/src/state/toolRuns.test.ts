import { describe, expect, it } from "vitest";
import type { Part, ToolLabel } from "../wire/types";
import { callsIn, grouped, isRun, stateOf, type Run } from "./toolRuns";

const NOTHING = { title: null, kind: null, status: null, input: null, output: null, locations: null, diff: null, entries: null };
const part = (more: Partial<Part>): Part => ({
  ...{ type: "text" as const, text: null, tool_call_id: null, permission: null },
  ...NOTHING,
  ...more,
});
const tool = (id: string, status: Part["status"] = "completed"): Part => part({ type: "tool", tool_call_id: id, status });
const said = (text: string): Part => part({ text });
const thought = part({ type: "reasoning", text: "hm" });
const label = (text: string, ...ids: string[]): ToolLabel => ({ tool_call_ids: ids, text });

/** Labels in capitals with what is under them; other parts by type or call. */
const shape = (parts: Part[], ...labels: ToolLabel[]): unknown[] =>
  grouped(parts, labels).map((piece) =>
    isRun(piece) ? [piece.label.text, ...piece.parts.map(({ part }) => part.tool_call_id ?? part.type)] : (piece.part.tool_call_id ?? piece.part.type),
  );

describe("a label", () => {
  it("covers the parts from its first to its last call", () => {
    const parts = [thought, tool("a"), thought, tool("b"), said("done")];
    expect(shape(parts, label("Look", "a", "b"))).toEqual(["reasoning", ["Look", "a", "reasoning", "b"], "text"]);
  });

  it("is passed over when it fits nothing, and hides nothing that was said", () => {
    const parts = [tool("a"), said("no"), tool("b"), tool("c")];
    const labels = [label("text", "a", "b"), label("unknown", "b", "x"), label("empty")];
    expect(shape(parts, ...labels)).toEqual(["a", "text", "b", "c"]);
  });

  it("comes second where another one stands", () => {
    expect(shape([tool("a"), tool("b"), tool("c")], label("one", "a", "b"), label("two", "b", "c"))).toEqual([["one", "a", "b"], "c"]);
  });

  it("leaves parts their places in the message", () => {
    const parts = [said("x"), tool("a"), tool("b"), said("y")];
    const [first, run, last] = grouped(parts, [label("Look", "a", "b")]);
    expect([first, last]).toEqual([{ part: parts[0], index: 0 }, { part: parts[3], index: 3 }]);
    expect((run as Run).parts.map(({ index }) => index)).toEqual([1, 2]);
  });
});

it("a run is in the state that a person has to know", () => {
  const run = (...states: Part["status"][]): Run =>
    grouped(states.map((state, n) => tool(`${n}`, state)), [label("x", ...states.map((_, n) => `${n}`))])[0] as Run;
  expect(stateOf(run("completed", "failed", "running"))).toBe("failed");
  expect(stateOf(run("completed", "running"))).toBe("running");
  expect(stateOf(run("completed", "completed"))).toBe("completed");
  expect(callsIn(run("completed", "completed"))).toHaveLength(2);
});
