import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import { isQuotedName, nameOf, opWord, stateWord, tierWord } from "../../state/changes";
import type { ReviewStore } from "../../state/review";
import type { PendingChange } from "../../wire/types";
import { Button } from "../common/Button";
import { Chip } from "../common/Chip";
import { Icon } from "../common/Icon";
import type { DiffLayout } from "../diff/DiffView";
import { Attribution } from "./Attribution";
import { BaseChanged } from "./BaseChanged";
import { FileBody } from "./FileBody";
import type { Deciding } from "./deciding";
import { useNearby } from "./nearby";
import "./file.css";

export interface FileSectionProps {
  change: PendingChange;
  store: ReviewStore;
  deciding: Deciding;
  layout: DiffLayout;
  /** All that are shown are of one turn, which is named above them. */
  isOfOneTurn: boolean;
}

const LINE_REM = 1.3;
const HEAD_REM = 2.3;
const CONTEXT_LINES = 6;

/** One changed file: what happened to it, what can be done about it, and its diff once it comes near. */
export function FileSection({ change, store, deciding, layout, isOfOneTurn }: FileSectionProps): JSX.Element {
  const ref = useRef<HTMLElement>(null);
  const isOpen = useSignal(true);
  const isNear = useNearby(ref);
  const name = nameOf(change);
  const op = opWord(change.op);
  const tier = tierWord(change);
  return (
    <section ref={ref} class="review-file" aria-label={`${op.sentence} ${name}`} tabIndex={-1} data-path={change.path} data-change={change.id}>
      <header class="review-file-head">
        <button type="button" class="review-file-title" aria-expanded={isOpen.value} onClick={() => (isOpen.value = !isOpen.value)}>
          <Icon name={isOpen.value ? "chevron-down" : "chevron-right"} />
          <span class={`review-op review-op-${change.op}`}>
            <Icon name={op.icon} /> {op.word}
          </span>
          <span class="review-name" title={isQuotedName(change.path) ? `${name}: not a UTF-8 name, shown as git writes it` : name}>
            <bdi>{name}</bdi>
          </span>
          <Counts change={change} />
        </button>
        {change.state !== "pending" && <Chip kind={change.state === "failed" ? "bad" : undefined}>{stateWord(change.state)}</Chip>}
        {tier && (
          <Chip title={tier.title} kind={tier.isCertain ? undefined : "warn"}>
            {tier.word}
          </Chip>
        )}
        <Actions change={change} store={store} deciding={deciding} />
      </header>
      {!isOfOneTurn && <Attribution change={change} />}
      {change.state === "pending" && change.base_changed && <BaseChanged change={change} store={store} />}
      {change.error && change.state !== "pending" && <p class="review-error note">{change.error}</p>}
      {isOpen.value && (
        <div class="review-file-body">
          {isNear ? <FileBody change={change} store={store} deciding={deciding} layout={layout} /> : <div style={{ height: `${heightOf(change)}rem` }} />}
        </div>
      )}
    </section>
  );
}

/** About as high as its diff will be, in rem, so that little moves when it is drawn. */
function heightOf({ op, additions, deletions, binary }: PendingChange): number {
  if (binary || additions + deletions === 0) return HEAD_REM;
  return HEAD_REM + (additions + deletions + (op === "edit" ? CONTEXT_LINES : 0)) * LINE_REM;
}

export function Counts({ change }: { change: Pick<PendingChange, "additions" | "deletions" | "binary"> }): JSX.Element {
  if (change.binary) return <span class="review-counts note">binary</span>;
  if (!change.additions && !change.deletions) return <span class="review-counts" />;
  return (
    <span class="review-counts">
      <span class="review-plus">+{change.additions}</span> <span class="review-minus">−{change.deletions}</span>
    </span>
  );
}

function Actions({ change, store, deciding }: Pick<FileSectionProps, "change" | "store" | "deciding">): JSX.Element | null {
  const isBusy = store.isDoing(change.id);
  const name = nameOf(change);
  const check = (): void => {
    if (change.base_changed && !change.error) void store.check(change);
  };
  if (change.state === "pending") {
    return (
      <span class="review-actions">
        <Button isSmall icon="check" busy={isBusy} aria-label={`Apply ${name}`} onMouseEnter={check} onFocus={check} onClick={() => void deciding.decide("apply", change)}>
          Apply
        </Button>
        <Button isSmall icon="close" disabled={isBusy} aria-label={`Reject ${name}`} onClick={() => void deciding.decide("reject", change)}>
          Reject
        </Button>
      </span>
    );
  }
  if (change.state !== "applied") return null;
  return (
    <span class="review-actions">
      <Button isSmall icon="undo" busy={isBusy} aria-label={`Take back ${name}`} title="It leaves your project again" onClick={() => void deciding.decide("rewind", change)}>
        Take back
      </Button>
    </span>
  );
}
