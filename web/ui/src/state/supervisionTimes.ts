/** Ages, countdowns, sizes and fuses, as numbers and as words. Pure; instants are milliseconds of the server's clock. */

import type { Fuse, Node } from "../wire/types";

/** Null for null and for what is no instant. */
export function instant(iso: string | null | undefined): number | null {
  if (!iso) return null;
  const at = Date.parse(iso);
  return Number.isNaN(at) ? null : at;
}

/** `0.4 s`, `12 s`, `3:20 min`, `15 min`, `2:05 h`, `4 days`: short enough for a cell. */
export function duration(seconds: number): string {
  const value = Math.max(0, seconds);
  if (value < 0.95) return `${Math.max(0.1, value).toFixed(1)} s`;
  if (value < 9.95) return `${trimmed(value.toFixed(1))} s`;
  if (value < 60) return `${Math.floor(value)} s`;
  if (value < 600) return `${parted(value / 60)} min`;
  if (value < 3600) return `${Math.floor(value / 60)} min`;
  if (value < 48 * 3600) return `${parted(value / 3600)} h`;
  return `${Math.floor(value / 86_400)} days`;
}

/** For reports, where seconds matter: `just now`, `12 s ago`, `2 min ago`, `3 h ago`, `4 days ago`. */
export function since(at: number, now: number): string {
  const seconds = Math.max(0, (now - at) / 1000);
  if (seconds < 2) return "just now";
  if (seconds < 60) return `${Math.floor(seconds)} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 48 * 3600) return `${Math.floor(seconds / 3600)} h ago`;
  return `${Math.floor(seconds / 86_400)} days ago`;
}

export function bytes(count: number | null): string {
  if (count === null) return "gone";
  if (count < 1024 * 1024) return `${Math.max(1, Math.round(count / 1024))} kB`;
  if (count < 1024 ** 3) return `${Math.round(count / 1024 ** 2)} MB`;
  return `${(count / 1024 ** 3).toFixed(1)} GB`;
}

export const plural = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;

export interface FuseNow {
  readonly used: number;
  readonly max: number;
  /** 0: unburnt, 1: burnt down. */
  readonly burnt: number;
  /** When the next restart stops counting. */
  readonly nextBackAt: number | null;
  readonly words: string;
}

/** Restarts stop counting as time goes by, without anything being told. */
export function fuseAt(fuse: Fuse, now: number): FuseNow {
  const counting = fuse.falls_out_at.map(Date.parse).filter((at) => at > now);
  const [used, max] = [counting.length, fuse.max_restarts];
  const within = `within ${duration(fuse.period_s)}`;
  return {
    used,
    max,
    burnt: max > 0 ? Math.min(1, used / max) : 0,
    nextBackAt: counting.length ? Math.min(...counting) : null,
    words: max > 0 ? `${used} of ${max} restarts ${within} used` : "It never restarts anything: the first failure ends it",
  };
}

/** How long its oldest message has waited, in seconds; null when none waits. */
export function oldestAge(node: Node, now: number): number | null {
  const since = instant(node.mailbox.oldest_since);
  return since === null ? null : Math.max(0, (now - since) / 1000);
}

/** For how long it has been at what it does, in seconds. */
export function busyFor(node: Node, now: number): number | null {
  const since = instant(node.busy_since);
  return since === null ? null : Math.max(0, (now - since) / 1000);
}

/** `3.5` as `3:30`, a whole number without its `:00`. */
function parted(value: number): string {
  const sixtieths = Math.floor((value % 1) * 60 + 1e-6);
  return sixtieths ? `${Math.floor(value)}:${String(sixtieths).padStart(2, "0")}` : String(Math.floor(value + 1e-6));
}
const trimmed = (text: string): string => text.replace(/\.0$/, "");
