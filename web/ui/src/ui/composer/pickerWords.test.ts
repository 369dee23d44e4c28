import { describe, expect, it } from "vitest";
import type { Provider } from "../../wire/types";
import { agentOptions, agentTrouble, choiceTrouble, modelOptions, modeOptions } from "./pickerWords";

const ada: Provider = {
  ...{ id: "ada", label: "Ada", installed: true, version: "1.2", transport: "acp", modes: ["plan"], commands: [], error: null },
  ...{ thinking: [], default_model: "small", default_mode: null },
  models: [{ id: "small", label: "Small", thinking: null }],
};
const gone: Provider = { ...ada, id: "gone", label: "Gone", installed: false, error: "There is no program gone." };
const CHOICE = { agent: "ada", model: null, mode: null, thinking: null };

describe("words of pickers", () => {
  it("offer what is installed and say why the rest is not", () => {
    expect(agentOptions([gone, ada], "ada").map(({ value, disabled, hint }) => [value, disabled, hint])).toEqual([
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

  it("say what the modes of BooCode's own agent are", () => {
    const own = { ...ada, id: "boocode", transport: "native", version: "0.1", modes: ["ask", "plan", "reviewer"], default_mode: "ask" };
    expect(agentOptions([own], null)[0]?.hint).toBe("BooCode's own, with a model of yours.");
    expect(modeOptions(own, null).map(({ label, hint }) => [label, hint])).toEqual([
      ["ask (default)", "Whatever is the agent's own default."],
      ["ask", "Asks before each change and each command."],
      ["plan", "Looks and plans; changes nothing."],
      ["reviewer", "A profile of yours."],
    ]);
    expect(modeOptions(ada, "old").map(({ label, hint }) => [label, hint])).toEqual([
      ["default mode", undefined],
      ["old", "Not listed by the agent now; it is asked for all the same."],
      ["plan", undefined],
    ]);
  });

  it("say why nothing can be sent", () => {
    expect(agentTrouble([ada, gone], "gone")).toContain("There is no program gone.");
    expect(agentTrouble([gone], null)).toContain("No agent is installed");
    expect(agentTrouble([ada], "ada")).toBeNull();
  });
});
