import { describe, expect, it } from "vitest";
import type { Provider } from "../wire/types";
import { choiceFor, choose, keptChoice, readChoice, thinkingLevels, type KeptChoice } from "./choices";
import type { Shelf } from "./shelf";

const provider = (id: string, more: Partial<Provider> = {}): Provider => ({
  ...{ id, label: id, installed: true, version: null, transport: "acp", models: [], modes: [], commands: [], error: null },
  ...{ thinking: [], default_model: null, default_mode: null, ...more },
});
const NONE: KeptChoice = { agent: null, of: {} };
const PLAIN = { model: null, mode: null, thinking: null };
const AGENTS = [provider("gone", { installed: false }), provider("ada"), provider("bob")];

const textShelf = (text: string): Shelf => ({ getItem: () => text, setItem: () => undefined, removeItem: () => undefined });

describe("who gets the next prompt", () => {
  it("is what was chosen in this chat", () => {
    const kept = { agent: "bob", of: { bob: { model: "m", mode: "plan", thinking: "high" } } };
    expect(choiceFor(kept, { agent: "ada", model: null }, "ada", AGENTS)).toEqual({ agent: "bob", model: "m", mode: "plan", thinking: "high" });
  });

  it("is else what the last prompt went to", () => {
    expect(choiceFor(NONE, { agent: "bob", model: "m" }, "ada", AGENTS)).toEqual({ ...PLAIN, agent: "bob", model: "m" });
  });

  it("is else the agent of the settings, and the first one that is installed when that is not", () => {
    expect(choiceFor(NONE, null, "bob", AGENTS).agent).toBe("bob");
    expect(choiceFor(NONE, null, "gone", AGENTS).agent).toBe("ada");
    expect(choiceFor(NONE, null, null, AGENTS).agent).toBe("ada");
    expect(choiceFor(NONE, null, null, []).agent).toBeNull();
  });

  it("stays what was chosen when it is there no more", () => {
    expect(choiceFor({ agent: "gone", of: {} }, null, "ada", AGENTS).agent).toBe("gone");
    expect(choiceFor(NONE, { agent: "unheard-of", model: null }, "ada", AGENTS).agent).toBe("unheard-of");
  });

  it("keeps what was chosen for each agent", () => {
    choose("chat-1", "ada", { model: "big" });
    choose("chat-1", "bob");
    choose("chat-1", "ada");
    expect(keptChoice("chat-1").value).toEqual({ agent: "ada", of: { ada: { ...PLAIN, model: "big" }, bob: PLAIN } });
    expect(keptChoice("chat-2").value).toEqual(NONE);
  });
});

describe("what is on the shelf", () => {
  it.each(["", "no json", "null", "[]", '"text"', '{"agent": 3, "of": [1]}', '{"of": {"ada": 7}}'])("may be anything: %j", (text) =>
    expect(readChoice("c", textShelf(text))).toEqual(NONE),
  );

  it("is read in parts", () =>
    expect(readChoice("c", textShelf('{"agent":"ada","of":{"ada":{"model":"m","mode":5}}}'))).toEqual({
      agent: "ada",
      of: { ada: { ...PLAIN, model: "m" } },
    }));
});

describe("levels of thinking", () => {
  const ada = provider("ada", {
    thinking: ["low", "high"],
    default_model: "small",
    models: [
      { id: "small", label: "Small", thinking: [] },
      { id: "big", label: "Big", thinking: ["deep"] },
      { id: "any", label: "Any", thinking: null },
    ],
  });

  it.each([
    ["big", ["deep"]],
    ["any", ["low", "high"]],
    ["small", []],
    [null, []],
    ["unheard-of", ["low", "high"]],
  ])("of the model %j are %j", (model, levels) => expect(thinkingLevels(ada, model)).toEqual(levels));

  it("of an unknown agent are none", () => expect(thinkingLevels(undefined, null)).toEqual([]));
});
