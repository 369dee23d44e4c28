/** The tree in plain words: states, what an actor is doing now, how it ended, what happened. Pure. */

import type { Decision, ExitReport, Node, Subject, SupervisionEvent } from "../wire/types";
import { busyFor, duration, instant, oldestAge, plural, since } from "./supervisionTimes";

export const STATE_WORDS: Record<Node["state"], string> = {
  starting: "starting",
  idle: "idle",
  busy: "working",
  blocked: "waiting",
  backing_off: "restarts soon",
  suspended: "suspended",
  stopping: "stopping",
  dead: "stopped",
};

export const nameOf = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

/** What it is called where people read it: ids of chats and turns stand for the agent and the turn that they are of. */
export function callName(path: string, subject: Subject | null | undefined): string {
  const name = nameOf(path);
  if (subject?.agent && subject.chat_id && name.includes(subject.chat_id)) return subject.agent;
  return subject?.task_id && name === subject.task_id ? "turn" : name;
}

/** The id of the chat that it works for, or of the session whose worktree it owns; else only its name. */
export const ownerId = (node: Node): string => node.subject?.chat_id ?? node.name.replace(/-\d+$/, "");

/** What it is: the class of a worker, the strategy of a supervisor. */
export const kindOf = (node: Node): string =>
  node.kind === "supervisor" ? `supervisor, ${(node.strategy ?? "stopped").replaceAll("_", " ")}` : node.type;

/** One sentence: what it is doing now. */
export function situation(node: Node, now: number): string {
  const busy = busyFor(node, now);
  const since = busy === null ? "" : ` for ${duration(busy)}`;
  const what = node.waits_for ? ` ${node.waits_for}` : "";
  const waiting = plural(node.mailbox.depth, "message");
  if (!node.is_responsive) {
    return `Does not respond: it has been at${what || " one message"}${since} while ${waiting} wait.`;
  }
  switch (node.state) {
    case "idle":
      return node.kind === "supervisor" ? "Watches over its children." : "Waits for work.";
    case "busy":
      return `At work${what && ` on${what}`}${since}.`;
    case "blocked":
      return `Waits for${what || " somebody"}${since}.`;
    case "backing_off":
      return restartsAt(node, now);
    case "suspended":
      return `Suspended: it takes no messages until it is resumed. ${waiting} wait.`;
    case "starting":
      return `Starts${what && `, waits for${what}`}.`;
    case "stopping":
      return "Stops.";
    case "dead":
      return "Stopped. It stays so until it is restarted.";
  }
}

function restartsAt(node: Node, now: number): string {
  const due = instant(node.next_restart_at);
  return due === null ? "Will be restarted." : `Will be restarted in ${duration((due - now) / 1000)}.`;
}

/** The first line of a report: `Crashed 2 min ago: ConnectionResetError: gone`. */
export function headline(report: ExitReport, now: number): string {
  const when = since(instant(report.at) ?? now, now);
  const first = report.causes[0];
  const what = bareReason(first ? `${first.type}${first.message ? `: ${first.message}` : ""}` : report.reason);
  const told = what ? `: ${what}` : "";
  if (report.event === "start_failed") return `Could not start, ${when}${told}`;
  switch (report.kind) {
    case "crashed":
      return `${isGivingUp(report.reason) ? "Gave up" : "Crashed"} ${when}${told}`;
    case "killed":
      return `Killed ${when}${told}`;
    case "shutdown":
      return `Stopped ${when}${told}`;
    case "normal":
      return `Ended by itself ${when}`;
  }
}

/** What followed, after the headline: for how long it had run, at what, and what its supervisor did. */
export function aftermath(report: ExitReport): string {
  const parts: string[] = [];
  const up = report.uptime_s === null ? "" : `It had run for ${duration(report.uptime_s)}`;
  const doing = report.was_doing ? `was at ${report.was_doing}` : "";
  if (up || doing) parts.push(`${[up, up ? doing : doing && `It ${doing}`].filter(Boolean).join(" and ")}.`);
  if (report.decision) parts.push(report.decision.words);
  return parts.join(" ");
}

/** What its supervisor did, as a few words. */
export const verdictWords = ({ verdict, delay_s }: Decision): string =>
  verdict === "backing_off" && delay_s !== null ? `restarts after ${duration(delay_s)}` : VERDICT_WORDS[verdict];

const VERDICT_WORDS: Record<Decision["verdict"], string> = {
  restarted: "restarted at once",
  backing_off: "restarts after a pause",
  escalated: "supervisor gave up",
  left_stopped: "left stopped",
  removed: "removed",
  stopped_as_asked: "stopped as asked",
  restarted_with_group: "restarted with its group",
  start_refused: "start refused",
  start_failed: "start failed",
  supervisor_ends: "supervisor ends",
};

/** Of an event: what happened, as a verb, and whether it is bad news. */
export function eventWords(event: SupervisionEvent): { verb: string; isBad: boolean } {
  switch (event.event) {
    case "exited":
      return isGivingUp(event.reason) ? { verb: "gave up", isBad: true } : EXIT_WORDS[event.exit_kind ?? "normal"];
    case "start_failed":
      return { verb: "could not start", isBad: true };
    case "escalated":
      return { verb: "gave up", isBad: true };
    case "backing_off":
      return { verb: event.due_in_s === null ? "backs off" : `restarts in ${duration(event.due_in_s)}`, isBad: true };
    case "restarted":
      return { verb: "restarted", isBad: false };
    case "started":
      return { verb: "started", isBad: false };
    case "evicted":
      return { verb: "evicted", isBad: false };
    case "reaped":
      return { verb: "reaped", isBad: false };
    case "suspended":
      return { verb: "suspended", isBad: false };
    case "resumed":
      return { verb: "resumed", isBad: false };
  }
}

const EXIT_WORDS = {
  crashed: { verb: "crashed", isBad: true },
  killed: { verb: "killed", isBad: true },
  shutdown: { verb: "stopped", isBad: false },
  normal: { verb: "ended", isBad: false },
} as const;

/** A reason without the kind that it repeats: `crashed: X` is `X`; and that of a supervisor is its last child's. */
export function bareReason(reason: string | null): string {
  const bare = (reason ?? "").replace(KIND, "");
  const child = /^RestartsExhausted: .*?; last exit: (.*)$/s.exec(bare)?.[1];
  return child === undefined ? bare : bareReason(child);
}

const KIND = /^(crashed|killed|shutdown|normal|start failed)(:\s*|$)/i;

/** A supervisor ended because its budget was used up. */
export const isGivingUp = (reason: string | null): boolean => (reason ?? "").replace(KIND, "").startsWith("RestartsExhausted");

/** `12 s`, or empty: how long its oldest message has waited. */
export function oldestWords(node: Node, now: number): string {
  const age = oldestAge(node, now);
  return age === null ? "" : duration(age);
}
