import { useState } from "preact/hooks";
import { choose, thinkingLevels, type AgentChoice, type Choice } from "../../state/choices";
import { providers, refreshProviders, isRefreshing } from "../../state/providers";
import { Button } from "../common/Button";
import { ErrorNote } from "../common/ErrorNote";
import { Picker } from "../common/Picker";
import { agentOptions, agentTrouble, choiceTrouble, modelOptions, modeOptions, namedOptions } from "./pickerWords";

const SEARCHED_FROM = 9;

export interface PickersProps {
  chatId: string;
  choice: Choice;
}

/** Who gets the next prompt. What the agent lets nobody choose is not shown. */
export function Pickers({ chatId, choice }: PickersProps) {
  const all = providers.value;
  const provider = all.find((each) => each.id === choice.agent);
  const models = modelOptions(provider, choice.model);
  const modes = modeOptions(provider, choice.mode);
  const levels = namedOptions("thinking", thinkingLevels(provider, choice.model), choice.thinking, null);
  const pick = (what: keyof AgentChoice) => (value: string) => {
    if (choice.agent !== null) choose(chatId, choice.agent, { ...own(choice), [what]: value || null });
  };
  return (
    <div class="composer-pickers" role="group" aria-label="Who gets the prompt">
      <Picker label="Agent" value={choice.agent} placeholder="no agent" options={agentOptions(all, choice.agent)} searchable={all.length >= SEARCHED_FROM} onPick={(id) => choose(chatId, id)} />
      {models.length > 1 && <Picker label="Model" value={choice.model ?? ""} options={models} searchable={models.length >= SEARCHED_FROM} onPick={pick("model")} />}
      {modes.length > 1 && <Picker label="Mode" value={choice.mode ?? ""} options={modes} onPick={pick("mode")} />}
      {levels.length > 1 && <Picker label="Thinking" value={choice.thinking ?? ""} options={levels} onPick={pick("thinking")} />}
    </div>
  );
}

/** What is wrong with the choice, and the way to look again. */
export function ChoiceNote({ choice }: { choice: Choice }) {
  const [problem, setProblem] = useState<unknown>(null);
  const provider = providers.value.find((each) => each.id === choice.agent);
  const trouble = agentTrouble(providers.value, choice.agent);
  const words = trouble ?? choiceTrouble(provider, choice);
  if (words === null) return null;
  return (
    <div class="composer-note">
      <p class="note">
        {words}{" "}
        {trouble !== null && (
          <Button kind="quiet" isSmall busy={isRefreshing.value} onClick={() => void refreshProviders().then(() => setProblem(null), setProblem)}>
            Look again
          </Button>
        )}
      </p>
      {problem !== null && <ErrorNote error={problem} />}
    </div>
  );
}

const own = ({ model, mode, thinking }: Choice): AgentChoice => ({ model, mode, thinking });
