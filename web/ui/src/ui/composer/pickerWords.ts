/** What the pickers of the composer offer, and what they say of what is not offered any more. */

import { thinkingLevels, type Choice } from "../../state/choices";
import type { Provider } from "../../wire/types";
import type { PickerOption } from "../common/Picker";

const NOT_THERE = "It is not installed.";
/** The agent that is BooCode itself. */
const OWN = "native";
const OWN_AGENT = "BooCode's own, with a model of yours.";
const OWN_MODES: Record<string, string> = {
  ask: "Asks before each change and each command.",
  edit: "Changes files; asks before each command.",
  auto: "Does everything without asking.",
  plan: "Looks and plans; changes nothing.",
};
const PROFILE = "A profile of yours.";

/** The empty value is the agent's own default; `known`: its name, where the agent tells it. */
function byDefault(what: string, known: string | null): PickerOption {
  if (known === null || known === "default") return { value: "", label: `default ${what}` };
  return { value: "", label: /default/i.test(known) ? known : `${known} (default)`, hint: "Whatever is the agent's own default." };
}

export function agentOptions(providers: readonly Provider[], chosen: string | null): PickerOption[] {
  // Those that can be picked first; why the others cannot be may take many lines.
  const sorted = [...providers.filter((each) => each.installed), ...providers.filter((each) => !each.installed)];
  const options = sorted.map((each) => ({
    value: each.id,
    label: each.label,
    disabled: !each.installed,
    hint: each.error ?? (each.installed ? (each.transport === OWN ? OWN_AGENT : each.version ?? undefined) : NOT_THERE),
  }));
  if (chosen === null || options.some((each) => each.value === chosen)) return options;
  return [{ value: chosen, label: chosen, disabled: true, hint: "BooCode does not know it any more." }, ...options];
}

export function modelOptions(provider: Provider | undefined, chosen: string | null): PickerOption[] {
  const models = provider?.models ?? [];
  const standard = provider?.default_model ?? null;
  const options: PickerOption[] = models.map(({ id, label }) => ({ value: id, label: label || id, hint: label && label !== id ? id : undefined }));
  const known = models.find((each) => each.id === standard)?.label ?? standard;
  return [byDefault("model", known), ...vanished(options, chosen), ...options];
}

export function modeOptions(provider: Provider | undefined, chosen: string | null): PickerOption[] {
  const options = namedOptions("mode", provider?.modes ?? [], chosen, provider?.default_mode ?? null);
  if (provider?.transport !== OWN) return options;
  return options.map((each) => (each.hint === undefined ? { ...each, hint: OWN_MODES[each.value] ?? PROFILE } : each));
}

/** Modes, levels of thinking: words of the agent. */
export function namedOptions(what: string, names: readonly string[], chosen: string | null, standard: string | null): PickerOption[] {
  const options = names.map((name) => ({ value: name, label: name }));
  return [byDefault(what, standard), ...vanished(options, chosen), ...options];
}

/** Why nothing can be sent to this agent, or what it suffers from; null: nothing is wrong. */
export function agentTrouble(providers: readonly Provider[], agent: string | null): string | null {
  if (!providers.length) return null;
  if (agent === null) return "No agent is installed. The page “Providers” says how each is set up.";
  const provider = providers.find((each) => each.id === agent);
  if (!provider) return `BooCode does not know an agent “${agent}” any more. Pick another one for this chat.`;
  if (!provider.installed) return `${provider.label} is not here: ${provider.error ?? NOT_THERE} Pick another agent, or look again when it is.`;
  return provider.error === null ? null : `${provider.label}: ${provider.error}`;
}

/** What was chosen and is not offered: it is asked for all the same, since lists of agents are not always whole. */
export function choiceTrouble(provider: Provider | undefined, choice: Choice): string | null {
  if (!provider) return null;
  const gone = [
    lost("model", choice.model, provider.models.map((each) => each.id)),
    lost("mode", choice.mode, provider.modes),
    lost("thinking", choice.thinking, thinkingLevels(provider, choice.model)),
  ].filter((each) => each !== null);
  return gone.length ? `${provider.label} does not list ${gone.join(", ")} now. It is asked for all the same.` : null;
}

/** Of an agent that lists nothing, nothing can be missing. */
function lost(what: string, chosen: string | null, offered: readonly string[]): string | null {
  return chosen === null || offered.length === 0 || offered.includes(chosen) ? null : `the ${what} “${chosen}”`;
}

function vanished(options: readonly PickerOption[], chosen: string | null): PickerOption[] {
  if (chosen === null || options.some((each) => each.value === chosen)) return [];
  return [{ value: chosen, label: chosen, hint: "Not listed by the agent now; it is asked for all the same." }];
}
