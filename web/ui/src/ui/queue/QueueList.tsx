import type { Message } from "../../wire/types";
import { QueuedPrompt } from "./QueuedPrompt";
import "./queue.css";

export interface QueueListProps {
  prompts: readonly Message[];
  /** A turn runs, which they wait for. */
  isTurnRunning: boolean;
  /** One was taken back here: its text can be written anew. */
  onTakenBack: (text: string) => void;
  onEditLost: (text: string) => void;
}

/** The prompts that wait, the next one first. */
export function QueueList({ prompts, isTurnRunning, onTakenBack, onEditLost }: QueueListProps) {
  if (!prompts.length) return null;
  const count = prompts.length === 1 ? "1 prompt waits" : `${prompts.length} prompts wait`;
  return (
    <section class="queue" aria-label="Waiting prompts">
      <p class="note">
        {count} {isTurnRunning ? "for the end of the turn before." : "to be begun."}
      </p>
      <ol class="queue-list">
        {prompts.map((message) => (
          <QueuedPrompt key={message.id} message={message} onTakenBack={onTakenBack} onEditLost={onEditLost} />
        ))}
      </ol>
    </section>
  );
}
