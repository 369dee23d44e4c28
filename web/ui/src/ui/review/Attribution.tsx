import type { JSX } from "preact";
import { checkpointsOf } from "../../state/checkpoints";
import { openView } from "../../state/layout";
import type { PendingChange } from "../../wire/types";
import { Time } from "../common/Time";

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
          <button type="button" class="review-link" title="Open the chat" onClick={() => openView({ kind: "chat", chatId })}>
            “{turn.title}”
          </button>
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
