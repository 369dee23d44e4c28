import { describe, expect, it } from "vitest";
import type { Provider } from "../../wire/types";
import { agentOptions, agentTrouble, choiceTrouble, modelOptions } from "./pickerWords";

const ada: Provider = {
  ...{ id: "ada", label: "Ada", installed: true, version: "1.2", transport: "acp", modes: ["plan"], commands: [], error: null },
  ...{ thinking: [], default_model: "small", default_mode: null },
  models: [{ id: "small", label: "Small", thinking: null }],
};
const gone: Provider = { ...ada, id: "gone", label: "Gone", installed: false, error: "There is no program gone." };
const CHOICE = { agent: "ada", model: null, mode: null, thinking: null };

describe("words of pickers", () => {
  it("offer what is installed and say why the rest is not", () => {
    expect(agentOptions([ada, gone], "ada").map(({ value, disabled, hint }) => [value, disabled, hint])).toEqual([
      ["ada", false, "1.2"],
      ["gone", true, "There is no program gone."],
    ]);
  });

  it("keep an agent that nobody knows any more", () => {
    expect(agentOptions([ada], "eve")[0]).toMatchObject({ value: "eve", disabled: true });
    expect(agentTrouble([ada], "eve")).toContain("“eve”");
  });

  it("keep a model that is not listed any more, and say so", () => {
    expect(modelOptions(ada, "old").map((each) => each.label)).toEqual(["Small (default)", "old", "Small"]);
    expect(choiceTrouble(ada, { ...CHOICE, model: "old", mode: "wild" })).toBe(
      "Ada does not list the model “old”, the mode “wild” now. It is asked for all the same.",
    );
    expect(choiceTrouble(ada, { ...CHOICE, model: "small", mode: "plan" })).toBeNull();
  });

  it("say why nothing can be sent", () => {
    expect(agentTrouble([ada, gone], "gone")).toContain("There is no program gone.");
    expect(agentTrouble([gone], null)).toContain("No agent is installed");
    expect(agentTrouble([ada], "ada")).toBeNull();
  });
});
