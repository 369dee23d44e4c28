/** What the agents of a session changed, and what a person decides about it; what can be gone back to; the worktree. */

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import { findSession } from "../../state/catalog";
import { openChat } from "../../state/chats";
import { ReviewStore } from "../../state/review";
import { CheckpointList } from "../checkpoints/CheckpointList";
import { ChangesPanel } from "./ChangesPanel";
import { WorktreePanel } from "./WorktreePanel";
import "./review.css";

export interface ReviewViewProps {
  view: { kind: "review"; sessionId: string };
  isActive: boolean;
}

const PARTS = { changes: "Changes", checkpoints: "Checkpoints", worktree: "Worktree" } as const;
type PartName = keyof typeof PARTS;
const NAMES = Object.keys(PARTS) as PartName[];

export function ReviewView(props: ReviewViewProps): JSX.Element {
  return <Review key={props.view.sessionId} {...props} />;
}

export default ReviewView;

function Review({ view: { sessionId }, isActive }: ReviewViewProps): JSX.Element {
  const part = useSignal<PartName>("changes");
  const store = useMemo(() => new ReviewStore(sessionId), []);
  useEffect(() => () => store.close(), []);
  useNewsOf(sessionId);
  const waiting = store.filter.value === "pending" && store.isLoaded.value ? store.changes.value.length : 0;
  return (
    <section class="review" aria-label="Review">
      <div class="review-parts" role="tablist" aria-label="Parts of the review" onKeyDown={(event) => moveTab(event, part)}>
        {NAMES.map((name) => (
          <button
            key={name}
            type="button"
            role="tab"
            id={`${sessionId}-${name}-tab`}
            aria-selected={part.value === name}
            aria-controls={`${sessionId}-part`}
            tabIndex={part.value === name ? 0 : -1}
            onClick={() => (part.value = name)}
          >
            {PARTS[name]}
            {name === "changes" && waiting > 0 && <span class="review-count">{waiting}</span>}
          </button>
        ))}
      </div>
      <div class="review-part" role="tabpanel" id={`${sessionId}-part`} aria-labelledby={`${sessionId}-${part.value}-tab`}>
        {part.value === "changes" && <ChangesPanel store={store} isActive={isActive} />}
        {part.value === "checkpoints" && <CheckpointList sessionId={sessionId} />}
        {part.value === "worktree" && <WorktreePanel sessionId={sessionId} />}
      </div>
    </section>
  );
}

/** Every chat of a session is told what happens to its changes and checkpoints: one of them is enough. */
function useNewsOf(sessionId: string): void {
  const chatId = findSession(sessionId)?.session.chats[0]?.id;
  useEffect(() => (chatId === undefined ? undefined : openChat(chatId).close), [chatId]);
}

function moveTab(event: KeyboardEvent, part: { value: PartName }): void {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (step === undefined) return;
  event.preventDefault();
  const to = (NAMES.indexOf(part.value) + step + NAMES.length) % NAMES.length;
  part.value = NAMES[to] ?? "changes";
  (event.currentTarget as HTMLElement).querySelectorAll<HTMLElement>("[role=tab]")[to]?.focus();
}
