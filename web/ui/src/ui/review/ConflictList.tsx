import type { JSX } from "preact";
import { conflictWords } from "../../state/changes";
import type { ConflictItem } from "../../wire/types";
import "./conflict-list.css";

const MOST = 20;

/** Each file that is in the way: what was found, and what to do. */
export function ConflictList({ conflicts }: { conflicts: readonly ConflictItem[] }): JSX.Element {
  return (
    <ul class="conflict-list">
      {conflicts.slice(0, MOST).map((conflict) => {
        const { path, what, todo } = conflictWords(conflict);
        return (
          <li key={path}>
            <code>{path}</code> {what} {todo}
          </li>
        );
      })}
      {conflicts.length > MOST && <li>and {conflicts.length - MOST} more</li>}
    </ul>
  );
}
