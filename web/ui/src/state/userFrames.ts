/**
 * The one follower of the topic `user`. Its frames are hints: each says how a thing is now, and some may be missed,
 * which is told to those who said `onMissed`: they fetch their lists again.
 */

import { live, type Heard } from "../net/live";
import type { Frame } from "../wire/types";

/** The lists are fetched without the socket when it is not there by then. */
const PATIENCE_MS = 400;

const frameHandlers = new Set<(frame: Frame) => void>();
const missedHandlers = new Set<() => void>();
let isStarted = false;
let isSubscribed = false;

export function onUserFrame(handler: (frame: Frame) => void): () => void {
  frameHandlers.add(handler);
  return () => frameHandlers.delete(handler);
}

/** Called once the topic is followed, and whenever something may have been missed. */
export function onMissed(handler: () => void): () => void {
  missedHandlers.add(handler);
  return () => missedHandlers.delete(handler);
}

/** Harmless to call twice. */
export function followUser(): void {
  if (isStarted) return;
  isStarted = true;
  live.follow("user", null, hearAll);
  setTimeout(() => {
    if (!isSubscribed) tellMissed();
  }, PATIENCE_MS);
}

function hearAll(frames: Heard[]): void {
  let isMissing = false;
  for (const frame of frames) {
    if (frame.type === "subscribed") {
      isSubscribed = true;
      isMissing = true;
    } else if (frame.type === "resync" || frame.type === "lists_changed") {
      isMissing = true;
    } else if ("seq" in frame) {
      for (const handler of [...frameHandlers]) handler(frame);
    }
  }
  if (isMissing) tellMissed();
}

function tellMissed(): void {
  for (const handler of [...missedHandlers]) handler();
}
