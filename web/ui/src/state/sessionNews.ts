/**
 * What the frames of a chat tell of its session: pending changes, checkpoints, restores. One reader follows a chat's
 * topic (its transcript) and hands these on; lists of changes and of checkpoints listen here.
 */

import type { CheckpointCreated, CheckpointRestored, PendingChangesUpdated } from "../wire/types";

export type SessionNews = PendingChangesUpdated | CheckpointCreated | CheckpointRestored;

const TYPES: ReadonlySet<string> = new Set(["pending_changes_updated", "checkpoint_created", "checkpoint_restored"]);
const listeners = new Set<(news: SessionNews) => void>();

export function onSessionNews(listener: (news: SessionNews) => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** For the one who follows a chat: all its frames may be given. */
export function tellSessionNews(frames: readonly { type: string }[]): void {
  for (const frame of frames) {
    if (!TYPES.has(frame.type)) continue;
    for (const listener of [...listeners]) listener(frame as SessionNews);
  }
}
