/** Questions of agents in words: which key answers what, what silence means, and who answered. */

import { revealed } from "../../state/unseen";
import type { Permission, PermissionOption } from "../../wire/types";

export type OnTimeout = "deny" | "allow";

/** `s` is the agent's own “always”, which is for its session. */
const KEYS: readonly [string, readonly string[]][] = [
  ["y", ["allow_once"]],
  ["s", ["allow_always"]],
  ["d", ["reject_once", "reject_always"]],
];

const AFTER_SILENCE: Record<OnTimeout, readonly string[]> = {
  deny: ["reject_once", "reject_always"],
  allow: ["allow_once"],
};

/** By option id: the key that chooses it. Each key is for one option. */
export function keysOf(options: readonly PermissionOption[]): Map<string, string> {
  const keys = new Map<string, string>();
  for (const [key, kinds] of KEYS) {
    const option = firstOf(options, kinds);
    if (option) keys.set(option.id, key);
  }
  return keys;
}

/** What is answered for a person who did not; null: nothing fits, and the question is cancelled. */
export function silenceMeans(options: readonly PermissionOption[], onTimeout: OnTimeout): PermissionOption | null {
  return firstOf(options, AFTER_SILENCE[onTimeout]);
}

/** 9:05 until `expiresAt`; null when it is no time, or over. */
export function timeLeft(expiresAt: string, now: number): string | null {
  const seconds = Math.ceil((Date.parse(expiresAt) - now) / 1000);
  if (!Number.isFinite(seconds) || seconds <= 0) return null;
  if (seconds >= 3600) return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/** `over`: no answer is taken. `extended`: over by the clock of this device, open for the server. */
export type Expiry = "open" | "over" | "extended";

export function expiryOf(expiresAt: string, now: number, isOpenAtServer: boolean): Expiry {
  if (!(Date.parse(expiresAt) <= now)) return "open";
  return isOpenAtServer ? "extended" : "over";
}

export type AnsweredBy = Permission["answered_by"];

/** Who answered what. A deadline is never called a denial by a person. */
export function outcomeWords(
  outcome: string,
  answeredBy: AnsweredBy,
  options: readonly PermissionOption[],
  isMine = false,
): string {
  const colon = outcome.indexOf(":");
  const how = colon < 0 ? outcome : outcome.slice(0, colon);
  const what = colon < 0 ? "" : outcome.slice(colon + 1);
  const option = options.find((each) => each.id === what);
  const said = option ? `“${revealed(option.label)}”` : "cancelled";
  switch (how) {
    case "timed_out":
      return `Nobody answered in time, so the answer was ${said}.`;
    case "selected":
      if (answeredBy === "policy") return `Allowed by the project's permission policy: ${said}.`;
      return isMine ? `You answered ${said}.` : `Answered by a person: ${said}.`;
    default:
      return `No longer needed. ${revealed(what)}`.trim();
  }
}

function firstOf(options: readonly PermissionOption[], kinds: readonly string[]): PermissionOption | null {
  for (const kind of kinds) {
    const option = options.find((each) => each.kind === kind);
    if (option) return option;
  }
  return null;
}
