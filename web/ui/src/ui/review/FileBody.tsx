import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { nameOf } from "../../state/changes";
import { parseDiff, type DiffLine, type Hunk } from "../../state/diff";
import type { ReviewStore } from "../../state/review";
import type { PendingChange } from "../../wire/types";
import { Button } from "../common/Button";
import { IconButton } from "../common/IconButton";
import { DiffView, type DiffLayout } from "../diff/DiffView";
import type { Deciding } from "./deciding";

export interface FileBodyProps {
  change: PendingChange;
  store: ReviewStore;
  deciding: Deciding;
  layout: DiffLayout;
}

const SIGNS = { same: " ", added: "+", removed: "-" } as const;

/** The diff of one file, with what can be done about each of its hunks. */
export function FileBody({ change, store, deciding, layout }: FileBodyProps): JSX.Element {
  const parsed = useMemo(() => parseDiff(change.diff), [change.diff]);
  const name = nameOf(change);
  const isParted = change.state === "pending" && parsed.canBeParted && parsed.hunks.length > 1;
  const isBusy = store.isDoing(change.id);
  const tools = (hunk: Hunk, number: number): JSX.Element => (
    <span class="review-hunk-tools">
      {isParted && (
        <>
          <Button isSmall kind="quiet" disabled={isBusy} aria-label={`Apply hunk ${number + 1} of ${name}`} onClick={() => void deciding.decide("apply", change, [number])}>
            Apply hunk
          </Button>
          <Button isSmall kind="quiet" disabled={isBusy} aria-label={`Reject hunk ${number + 1} of ${name}`} onClick={() => void deciding.decide("reject", change, [number])}>
            Reject hunk
          </Button>
        </>
      )}
      <IconButton label={`Comment on hunk ${number + 1} of ${name}`} icon="chat" onClick={() => deciding.commentOnHunk(change, hunk)} />
    </span>
  );
  const commentOnLine = (line: DiffLine): void => {
    const at = line.newNumber ?? line.oldNumber;
    deciding.comment({ change, lines: [SIGNS[line.kind] + line.text], from: at, to: at });
  };
  if (!parsed.hunks.length && !parsed.notes.length) {
    return <p class="diff-note note">{emptyWords(change)}</p>;
  }
  return (
    <div class="diff-review">
      <DiffView diff={parsed} name={name} layout={layout} hunkTools={tools} onLine={commentOnLine} />
    </div>
  );
}

function emptyWords(change: PendingChange): string {
  if (change.op === "rename") return "Renamed, with not a byte changed.";
  if (change.op === "create") return "A new, empty file.";
  if (change.op === "delete") return "It was empty.";
  return "There are no lines to show.";
}
