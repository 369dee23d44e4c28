import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import { findSession, statusOf } from "../../state/catalog";
import { MOST_DECIDED, type ReviewStore } from "../../state/review";
import { settings } from "../../state/settings";
import type { DiffLayout } from "../diff/DiffView";
import { ErrorNote } from "../common/ErrorNote";
import { Spinner } from "../common/Spinner";
import { areOfOneTurn, Attribution } from "./Attribution";
import { CommentDialog } from "./CommentDialog";
import { FileNav } from "./FileNav";
import { FileSection } from "./FileSection";
import { NothingHere } from "./NothingHere";
import { RefusalNote } from "./RefusalNote";
import { ReviewToolbar } from "./ReviewToolbar";
import { useDeciding, type Comment } from "./deciding";
import { useReviewKeys } from "./keys";
import { useWidth } from "./width";

export interface ChangesPanelProps {
  store: ReviewStore;
  isActive: boolean;
}

/** Narrower than this, one column of code is all there is room for. */
const SIDE_BY_SIDE_PX = 720;
const NAV_PX = 940;

/** The list of changes with their diffs, and everything that is done with them. */
export function ChangesPanel({ store, isActive }: ChangesPanelProps): JSX.Element {
  const root = useRef<HTMLDivElement>(null);
  const width = useWidth(root);
  const comment = useSignal<Comment | null>(null);
  const deciding = useDeciding(store, root, comment);
  useReviewKeys(isActive, root, deciding);
  const changes = store.changes.value;
  const isOfOneTurn = areOfOneTurn(changes);
  const canBeSideBySide = width >= SIDE_BY_SIDE_PX;
  const layout: DiffLayout = canBeSideBySide ? settings.value.diff_view : "unified";
  return (
    <div class="changes" ref={root}>
      <ReviewToolbar store={store} deciding={deciding} layout={canBeSideBySide ? layout : null} />
      <div class="changes-scroll">
        <div class="changes-notes">
          <AtWork sessionId={store.sessionId} />
          {store.refusal.value && <RefusalNote store={store} refusal={store.refusal.value} deciding={deciding} />}
          {Boolean(store.error.value) && <ErrorNote error={store.error.value} onRetry={() => void store.load()} />}
        </div>
        {isOfOneTurn && changes[0] && <Attribution change={changes[0]} />}
        {!store.isLoaded.value && !store.error.value && (
          <p class="changes-loading note">
            <Spinner /> Reading the changes…
          </p>
        )}
        {store.filter.value !== "pending" && changes.length === MOST_DECIDED && (
          <p class="changes-loading note">These are the newest {MOST_DECIDED}.</p>
        )}
        {store.isLoaded.value && changes.length === 0 && <NothingHere store={store} />}
        {changes.length > 0 && (
          <div class="changes-body">
            {width >= NAV_PX && changes.length > 1 && <FileNav changes={changes} root={root} />}
            <div class="changes-files">
              {changes.map((change) => (
                <FileSection
                  key={store.filter.value === "pending" ? change.path : change.id}
                  change={change}
                  store={store}
                  deciding={deciding}
                  layout={layout}
                  isOfOneTurn={isOfOneTurn}
                />
              ))}
            </div>
          </div>
        )}
      </div>
      {comment.value && <CommentDialog comment={comment.value} sessionId={store.sessionId} onClose={() => (comment.value = null)} />}
    </div>
  );
}

function AtWork({ sessionId }: { sessionId: string }): JSX.Element | null {
  const chats = findSession(sessionId)?.session.chats ?? [];
  const isAtWork = chats.some((chat) => ["working", "blocked"].includes(statusOf(chat.id) ?? ""));
  if (!isAtWork) return null;
  return (
    <p class="changes-at-work note" role="status">
      <Spinner /> An agent is at work in this session. You can read on; what you decide is taken when its turn is over.
    </p>
  );
}
