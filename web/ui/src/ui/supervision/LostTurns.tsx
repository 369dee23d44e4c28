import type { LostTurn } from "../../wire/types";
import { ChatLink } from "./ChatLink";

/** Which turns went down with it, each with the way to its chat. */
export function LostTurns({ turns }: { turns: readonly LostTurn[] }) {
  if (!turns.length) return null;
  const lost = turns.filter((turn) => turn.is_lost);
  return (
    <div class="sv-turns">
      <p>{lost.length ? (lost.length === 1 ? "A turn was lost:" : `${lost.length} turns were lost:`) : "No turn was lost:"}</p>
      <ul>
        {turns.map((turn) => (
          <li key={turn.task_id}>
            {turn.agent ?? "an agent"} in {turn.chat_id ? <ChatLink chatId={turn.chat_id} /> : "a chat that is gone"}
            <span class={turn.is_lost ? "sv-bad" : "sv-faint"}> · {outcome(turn)}</span>
            {turn.error && <span class="note"> {turn.error}</span>}
          </li>
        ))}
      </ul>
    </div>
  );
}

const outcome = (turn: LostTurn): string =>
  turn.state === null ? "what became of it is not known" : turn.is_lost ? turn.state : `${turn.state} all the same`;
