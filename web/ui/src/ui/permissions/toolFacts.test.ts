import { describe, expect, it } from "vitest";
import type { Part } from "../../wire/types";
import { toolFacts } from "./toolFacts";

const tool = (more: Partial<Part>): Part => ({
  ...{ type: "tool", text: null, tool_call_id: "1", title: "t", kind: "execute", status: "pending", input: null },
  ...{ output: null, locations: null, diff: null, entries: null, permission: null, ...more },
});

describe("facts of a tool call", () => {
  it("show a command in full, and where it runs", () => {
    const long = `echo ${"x".repeat(5000)}`;
    expect(toolFacts(tool({ input: { command: long, cwd: "/tmp" } }))).toEqual({ command: long, places: [{ label: "in", path: "/tmp" }], rest: null });
  });

  it("write a list of words as one would type it", () => {
    expect(toolFacts(tool({ input: { command: ["git", "commit", "-m", "it's done"] } })).command).toBe(`git commit -m 'it'\\''s done'`);
  });

  it("say nothing twice: paths once, and not what the diff shows", () => {
    const diff = { path: "/w/a.py", old_text: "1", new_text: "2" };
    const facts = toolFacts(tool({ input: { file_path: "/w/a.py", old_string: "1", new_string: "2" }, locations: ["/w/a.py"], diff }));
    expect(facts).toEqual({ command: null, places: [{ label: "path", path: "/w/a.py" }], rest: null });
  });

  it("hide nothing that they do not understand", () => {
    const facts = toolFacts(tool({ input: { command: { odd: 1 }, n: 2 } }));
    expect(facts.command).toBeNull();
    expect(JSON.parse(facts.rest ?? "")).toEqual({ command: { odd: 1 }, n: 2 });
  });
});
