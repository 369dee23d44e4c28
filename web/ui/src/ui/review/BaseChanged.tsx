import type { JSX } from "preact";
import { BASE_CHANGED, BASE_REFUSES, conflictWords, tierWord } from "../../state/changes";
import type { ReviewStore, Verdict } from "../../state/review";
import type { PendingChange } from "../../wire/types";
import { explain } from "../../net/api";
import { Button } from "../common/Button";
import { Icon } from "../common/Icon";

/** The project's file is another one than the agent began with: what that means, and whether the change still fits. */
export function BaseChanged({ change, store }: { change: PendingChange; store: ReviewStore }): JSX.Element {
  const verdict = store.verdicts.value.get(change.id);
  return (
    <div class="review-notice">
      <Icon name="warning" />
      <p>
        {change.error ? `${change.error} ${BASE_REFUSES}` : BASE_CHANGED} <span role="status">{verdict && verdictWords(verdict)}</span>
      </p>
      {!verdict && !change.error && (
        <Button isSmall onClick={() => void store.check(change)}>
          See whether it still fits
        </Button>
      )}
    </div>
  );
}

function verdictWords(verdict: Verdict): JSX.Element {
  if (verdict.is === "asking") return <>Looking…</>;
  if (verdict.is === "fits") {
    const tier = tierWord(verdict.change);
    return <strong>{!tier || tier.word === "exact" ? "It still fits." : `It still fits (${tier.word}). ${tier.title}`}</strong>;
  }
  const words = verdict.conflicts.map(conflictWords);
  return <strong>It does not fit as it is. {words.length ? words.map(({ what, todo }) => `${what} ${todo}`).join(" ") : explain(verdict.error)}</strong>;
}
