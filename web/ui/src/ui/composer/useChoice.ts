import { useComputed, type ReadonlySignal } from "@preact/signals";
import { choiceFor, keptChoice, type Choice } from "../../state/choices";
import { isProvidersLoaded, providers } from "../../state/providers";
import { settings } from "../../state/settings";
import type { Transcript } from "../../state/transcript";

export interface ChosenHere {
  choice: ReadonlySignal<Choice>;
  /** There is an agent that a prompt can be given to. */
  canSend: ReadonlySignal<boolean>;
}

/** Who gets the next prompt of a chat. */
export function useChoice(chatId: string, transcript: ReadonlySignal<Transcript>): ChosenHere {
  // In words first: a stream must not draw the pickers anew.
  const last = useComputed(() => {
    const message = transcript.value.messages.findLast((each) => each.role === "user");
    return message?.agent ? JSON.stringify([message.agent, message.model]) : null;
  });
  const choice = useComputed(() => {
    const [agent, model] = last.value === null ? [null, null] : (JSON.parse(last.value) as [string, string | null]);
    const used = agent === null ? null : { agent, model };
    return choiceFor(keptChoice(chatId).value, used, settings.value.default_agent, providers.value);
  });
  const canSend = useComputed(() => {
    const { agent } = choice.value;
    if (agent === null) return false;
    return !isProvidersLoaded.value || providers.value.some((each) => each.id === agent && each.installed);
  });
  return { choice, canSend };
}
