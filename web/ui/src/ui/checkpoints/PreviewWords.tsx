import type { JSX } from "preact";
import { plural } from "../../state/changes";
import type { RestorePreview } from "../../wire/types";
import "./preview.css";

const MOST_NAMES = 30;

/** What going back would do, in words, before anything is done. */
export function PreviewWords({ preview }: { preview: RestorePreview }): JSX.Element {
  const { written, deleted, kept, kept_ignored: ignored, head_moved: moved, checkpoint } = preview;
  return (
    <div class="preview">
      {!written.length && !deleted.length && <p>No file of the worktree changes.</p>}
      <Names what="will be written" paths={written} />
      <Names what="will be deleted" paths={deleted} />
      <Names what="stays as it is" paths={kept.map(({ path, reason }) => `${path} (${reason})`)} />
      <Names what="stays, since git ignores it" paths={ignored} />
      <Names what="is not in this checkpoint" paths={checkpoint.left_out.map(({ path, reason }) => `${path} (${reason})`)} />
      <p>{messageWords(preview)}</p>
      {moved === null && <p>The worktree's HEAD is on other history than then; it stays where it is.</p>}
      {moved !== null && moved > 0 && <p>{plural(moved, "commit")} made since: {moved === 1 ? "it stays" : "they stay"} on the branch.</p>}
      <p class="note">What is there now is kept first, and you can go back to it. Your project is not touched.</p>
    </div>
  );
}

function messageWords({ hidden_messages: hidden, shown_messages: shown }: RestorePreview): string {
  const words = [
    hidden.length ? `${plural(hidden.length, "message")} will leave this chat` : "",
    shown.length ? `${plural(shown.length, "message")} will come back` : "",
  ].filter(Boolean);
  return words.length ? `${words.join(", ")}.` : "The chat stays as it is.";
}

function Names({ what, paths }: { what: string; paths: readonly string[] }): JSX.Element | null {
  if (!paths.length) return null;
  return (
    <details open={paths.length <= MOST_NAMES}>
      <summary>
        {plural(paths.length, "file")} {paths.length === 1 ? what : many(what)}
      </summary>
      <ul>
        {paths.slice(0, MOST_NAMES).map((path) => (
          <li key={path}>
            <bdi>{path}</bdi>
          </li>
        ))}
        {paths.length > MOST_NAMES && <li class="note">and {(paths.length - MOST_NAMES).toLocaleString("en")} more</li>}
      </ul>
    </details>
  );
}

const many = (what: string): string => what.replace(/^stays/, "stay").replace(/ it is$/, " they are").replace(/ignores it$/, "ignores them").replace(/^is /, "are ");
