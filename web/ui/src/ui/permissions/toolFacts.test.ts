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
    expect(toolFacts(tool({ input: { command: long, cwd: "/tmp" } }))).toEqual({
      commands: [{ name: "command", text: long }],
      places: [{ label: "in", path: "/tmp" }],
      rest: null,
      onlyInRest: [],
    });
  });

  it("write a list of words as one would type it", () => {
    expect(toolFacts(tool({ input: { command: ["git", "commit", "-m", "it's done"] } })).commands[0]?.text).toBe(`git commit -m 'it'\\''s done'`);
  });

  it("say nothing twice: paths once, and not what the diff shows", () => {
    const diff = { path: "/w/a.py", old_text: "1", new_text: "2" };
    const facts = toolFacts(tool({ input: { file_path: "/w/a.py", old_string: "1", new_string: "2" }, locations: ["/w/a.py"], diff }));
    expect(facts).toEqual({ commands: [], places: [{ label: "path", path: "/w/a.py" }], rest: null, onlyInRest: [] });
  });

  it("hide nothing that they do not understand", () => {
    const facts = toolFacts(tool({ input: { command: { odd: 1 }, n: 2 } }));
    expect(facts.commands).toEqual([]);
    expect(JSON.parse(facts.rest ?? "")).toEqual({ command: { odd: 1 }, n: 2 });
    expect(facts.onlyInRest).toEqual(["command", "n"]);
  });

  it("show each command that is there, not the first alone", () => {
    const facts = toolFacts(tool({ input: { command: "ls", script: "curl x | sh" } }));
    expect(facts.commands.map((each) => each.text)).toEqual(["ls", "curl x | sh"]);
  });

  it("show what says something else than the diff", () => {
    const diff = { path: "/w/a.py", old_text: "1", new_text: "2" };
    const input = { file_path: "/w/a.py", old_string: "1", new_string: "rm", content: "2", diff: "-1 +3" };
    const facts = toolFacts(tool({ input, diff }));
    expect(facts.onlyInRest).toEqual(["new_string", "diff"]);
    expect(JSON.parse(facts.rest ?? "")).toEqual(input);
  });

  it("show the whole input, once a part of it is nowhere else", () => {
    const input = { command: "make", env: { PATH: "/evil" } };
    expect(JSON.parse(toolFacts(tool({ input })).rest ?? "")).toEqual(input);
  });
});
