/** What concerns a person most comes first: an agent that waits, one that works, one that failed, one that is done. */

import type { AgentSession } from "../wire/types";

export type AgentStatus = AgentSession["status"];

const ORDER: readonly AgentStatus[] = ["blocked", "working", "error", "idle"];

/** Null when there is none. */
export function mostUrgent(statuses: Iterable<AgentStatus | null>): AgentStatus | null {
  let found: AgentStatus | null = null;
  for (const status of statuses) {
    if (status !== null && (found === null || ORDER.indexOf(status) < ORDER.indexOf(found))) found = status;
  }
  return found;
}
