import type { JSX } from "preact";
import { FILTERS, plural, totalsOf, type Filter } from "../../state/changes";
import type { ReviewStore } from "../../state/review";
import { changeSettings } from "../../state/settings";
import { Button } from "../common/Button";
import { Picker } from "../common/Picker";
import { toastError } from "../common/toast";
import type { DiffLayout } from "../diff/DiffView";
import type { Deciding } from "./deciding";

export interface ReviewToolbarProps {
  store: ReviewStore;
  deciding: Deciding;
  /** Null: there is no room for a choice. */
  layout: DiffLayout | null;
}

export function ReviewToolbar({ store, deciding, layout }: ReviewToolbarProps): JSX.Element {
  const changes = store.changes.value;
  const totals = totalsOf(changes);
  const isWaiting = store.filter.value === "pending";
  const choose = (diff_view: DiffLayout): void => void changeSettings({ diff_view }).catch(toastError);
  return (
    <div class="review-toolbar" role="toolbar" aria-label="Changes">
      <Picker label="Show" icon="filter" value={store.filter.value} options={FILTERS} onPick={(value) => void store.show(value as Filter)} />
      {totals.files > 0 && (
        <span class="review-totals">
          {plural(totals.files, "file")} <span class="review-plus">+{totals.additions}</span>{" "}
          <span class="review-minus">−{totals.deletions}</span>
        </span>
      )}
      <span class="review-room" />
      {layout && (
        <span class="review-layout" role="group" aria-label="Layout of diffs">
          <Button isSmall kind="quiet" aria-pressed={layout === "unified"} onClick={() => choose("unified")}>
            Unified
          </Button>
          <Button isSmall kind="quiet" aria-pressed={layout === "side_by_side"} onClick={() => choose("side_by_side")}>
            Side by side
          </Button>
        </span>
      )}
      <Button isSmall kind="quiet" icon="undo" aria-label="Undo the last apply" title="Takes what was applied last out of your project again (u)" onClick={() => void deciding.undo()}>
        Undo
      </Button>
      {isWaiting && changes.length > 0 && (
        <span class="review-all">
          <Button isSmall disabled={store.isBusy.value} onClick={() => void deciding.rejectAll(changes)}>
            Reject all
          </Button>
          <Button isSmall kind="primary" busy={changes.every((change) => store.isDoing(change.id))} onClick={() => void deciding.applyAll(changes)}>
            Apply all
          </Button>
        </span>
      )}
    </div>
  );
}
