/** Actors as the server tells them, for tests. */

import type { Node, SupervisionEvent } from "../src/wire/types";

export const NOW = Date.parse("2026-01-02T03:04:05.000Z");
export const at = (offset_s: number): string => new Date(NOW + offset_s * 1000).toISOString();

export function actor(path: string, more: Partial<Node> = {}): Node {
  return {
    path,
    name: path.slice(path.lastIndexOf("/") + 1),
    kind: "worker",
    type: "Worker",
    state: "idle",
    strategy: null,
    incarnation: 1,
    restarts: 0,
    mailbox: { depth: 0, high_water: 0, capacity: 256, oldest_ms: null, lost: 0, oldest_since: null },
    handled: 0,
    uptime_s: 60,
    busy_s: null,
    process: null,
    last_exit: null,
    restarts_in_window: null,
    next_restart_in_s: null,
    waits_for: null,
    is_responsive: true,
    last_error: null,
    fuse: null,
    restart: "permanent",
    started_at: at(-60),
    busy_since: null,
    next_restart_at: null,
    subject: null,
    children: [],
    ...more,
  };
}

export function supervisor(path: string, strategy: string, children: Node[] = [], more: Partial<Node> = {}): Node {
  const fuse = { max_restarts: 3, period_s: 5, falls_out_at: [] };
  return actor(path, { kind: "supervisor", type: "Supervisor", strategy, fuse, children, ...more });
}

export function event(seq: number, more: Partial<SupervisionEvent> = {}): SupervisionEvent {
  return {
    topic: "supervision",
    seq,
    at: at(seq),
    type: "supervision_event",
    path: "root/a",
    event: "restarted",
    reason: null,
    incarnation: 2,
    node: null,
    exit_kind: null,
    duration_s: null,
    due_in_s: null,
    decision: null,
    is_notable: true,
    subject: null,
    ...more,
  };
}
