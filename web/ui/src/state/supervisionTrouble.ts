/** What "only trouble" means. Pure. */

import type { Node } from "../wire/types";
import { busyFor, fuseAt, instant } from "./supervisionTimes";

/** A crash is news for this long. */
export const RECENT_CRASH_MS = 10 * 60_000;
/** Whoever waits for longer than this waits long. */
export const LONG_BLOCKED_S = 30;
export const HALF_BURNT = 0.5;

/** Short words, the gravest first; empty when all is well. */
export function troubles(node: Node, now: number): string[] {
  const found: string[] = [];
  if (node.state === "dead") found.push("stopped");
  if (!node.is_responsive) found.push("not responding");
  if (node.state === "backing_off") found.push("backing off");
  if (hasCrashedLately(node, now)) found.push("crashed");
  if (node.fuse && fuseAt(node.fuse, now).burnt >= HALF_BURNT) found.push("fuse burns");
  if (node.state === "blocked" && (busyFor(node, now) ?? 0) > LONG_BLOCKED_S) found.push("waits long");
  if (node.mailbox.lost > 0) found.push("lost messages");
  return found;
}

function hasCrashedLately(node: Node, now: number): boolean {
  if (node.last_exit?.kind !== "crashed") return false;
  const at = instant(node.last_exit.at);
  return at !== null && now - at < RECENT_CRASH_MS;
}
