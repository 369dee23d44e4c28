import { effect, untracked } from "@preact/signals";
import { findChat, findSession, isCatalogLoaded, MOST_SESSIONS, sessions } from "../../state/catalog";
import { activeView, closeViews, keyOf } from "../../state/layout";

/**
 * Closes the tabs of chats and sessions that were deleted while this window was closed, once the lists are there. The one that is
 * seen stays: it says itself that it is gone. Called once.
 */
export function closeStaleTabs(): void {
  const end = effect(() => {
    if (!isCatalogLoaded.value) return;
    if (sessions.peek().length < MOST_SESSIONS) untracked(closeGone);
    queueMicrotask(() => end());
  });
}

function closeGone(): void {
  const seen = activeView.peek();
  closeViews((view) => {
    if (seen && keyOf(view) === keyOf(seen)) return false;
    if (view.kind === "chat") return findChat(view.chatId) === null;
    return view.kind === "review" && findSession(view.sessionId) === null;
  });
}
