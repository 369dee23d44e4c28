import type { JSX } from "preact";
import { checkpointsOf } from "../../state/checkpoints";
import { addressOf } from "../../state/layout";
import type { PendingChange } from "../../wire/types";
import { Time } from "../common/Time";

/** Changes of one turn, and of one agent: who made them is then said once. */
export const areOfOneTurn = (changes: readonly PendingChange[]): boolean =>
  changes.length > 1 && changes.every(({ message_id: id, agent }) => id !== null && id === changes[0]?.message_id && agent === changes[0].agent);

/** Who made a change, in which turn, and when. */
export function Attribution({ change }: { change: PendingChange }): JSX.Element | null {
  const turn = change.message_id ? checkpointsOf(change.session_id).byMessage.value.get(change.message_id) : undefined;
  const chatId = turn?.chat_id;
  if (!change.agent && !change.created_at) return null;
  return (
    <p class="review-by note">
      {change.agent ? `by ${change.agent}` : "made outside of a turn"}
      {turn?.title && chatId && (
        <>
          {", asked "}
          <a href={addressOf({ kind: "chat", chatId })} title="Open the chat">
            “{turn.title}”
          </a>
        </>
      )}
      {change.created_at && (
        <>
          {", "}
          <Time at={change.created_at} />
        </>
      )}
    </p>
  );
}
