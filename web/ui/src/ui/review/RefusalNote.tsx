import type { JSX } from "preact";
import { ApiError, explain } from "../../net/api";
import { plural } from "../../state/changes";
import type { Doing, Refusal, ReviewStore } from "../../state/review";
import { Button } from "../common/Button";
import { Icon } from "../common/Icon";
import { IconButton } from "../common/IconButton";
import { ConflictList } from "./ConflictList";
import type { Deciding } from "./deciding";

export interface RefusalNoteProps {
  store: ReviewStore;
  refusal: Refusal;
  deciding: Deciding;
}

const NOTHING: Record<Doing, string> = {
  apply: "Nothing was applied.",
  reject: "It could not be rejected.",
  rewind: "Nothing was taken back.",
};

/** Why the last decision was refused, file by file, and what can be done about it. */
export function RefusalNote({ store, refusal, deciding }: RefusalNoteProps): JSX.Element {
  const { error, conflicts, others, doing } = refusal;
  const close = (): void => void (store.refusal.value = null);
  return (
    <div class="review-refusal" role="alert">
      <Icon name="warning" />
      <div class="review-refusal-words">
        {conflicts.length > 0 ? (
          <>
            <p>
              {NOTHING[doing]} {conflicts.length > 1 ? `${plural(conflicts.length, "file")} are` : "One file is"} in the way:
            </p>
            <ConflictList conflicts={conflicts} />
          </>
        ) : (
          <p>
            {isTurnRunning(error) ? NOTHING[doing] : ""} {explain(error)}
          </p>
        )}
        {others.length > 0 && (
          <Button isSmall kind="primary" onClick={() => void deciding.applyAll(others)}>
            Apply the other {others.length === 1 ? "one" : others.length}
          </Button>
        )}
      </div>
      <IconButton label="Close this notice" icon="close" onClick={close} />
    </div>
  );
}

const isTurnRunning = (error: unknown): boolean => error instanceof ApiError && error.code === "turn_running";
