import type { ReadonlySignal } from "@preact/signals";
import type { Transcript } from "../../state/transcript";
import { Chip } from "../common/Chip";
import { costWords, sumOfUsed, tokenWords, UNKNOWN } from "./chipWords";

/** What the chat used so far, all its agents together, and the model that answered last. */
export function Chips({ transcript }: { transcript: ReadonlySignal<Transcript> }) {
  const { messages, usage } = transcript.value;
  const answers = messages.filter((message) => message.role === "assistant");
  if (!answers.length) return null;
  // The one that is being written learns its model at its end.
  const model = answers.findLast((message) => message.model !== null)?.model ?? UNKNOWN;
  const { inputTokens, outputTokens, cost } = sumOfUsed(Object.values(usage));
  return (
    <ul class="composer-chips" aria-label="What this chat used">
      <li>
        <Chip title="The model of the last answer">model {model}</Chip>
      </li>
      <li>
        <Chip title={`Tokens read by the agents of this chat: ${exactly(inputTokens)}`}>in {tokenWords(inputTokens)}</Chip>
      </li>
      <li>
        <Chip title={`Tokens written by the agents of this chat: ${exactly(outputTokens)}`}>out {tokenWords(outputTokens)}</Chip>
      </li>
      <li>
        <Chip title={`What the agents said that this chat cost: ${cost === null ? "nothing was said" : `$${cost.toFixed(4)}`}`}>cost {costWords(cost)}</Chip>
      </li>
    </ul>
  );
}

const exactly = (count: number | null): string => (count === null ? "they did not say" : count.toLocaleString());
