import type { JSX } from "preact";
import { nameOf, plural, tierWord } from "../../state/changes";
import type { PendingChange } from "../../wire/types";

/** What to look at twice before these are applied; null: nothing. */
export function uncertain(would: readonly PendingChange[]): JSX.Element | null {
  const doubtful = would.filter((change) => tierWord(change)?.isCertain === false);
  if (!doubtful.length) return null;
  return (
    <>
      <p>Your project has changed since. {plural(doubtful.length, "change")} would go to the lines that are most like those the agent saw:</p>
      <ul>
        {doubtful.map((change) => (
          <li key={change.id}>
            <code>{nameOf(change)}</code> ({tierWord(change)?.word})
          </li>
        ))}
      </ul>
      <p class="note">You can undo it.</p>
    </>
  );
}
