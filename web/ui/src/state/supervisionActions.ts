/** The operator's four actions: when they make sense, and what happens to whom. Pure. */

import type { Node, Subject } from "../wire/types";
import { type ActorTree, below, childrenOf, parentOf } from "./supervisionTree";
import { nameOf } from "./supervisionWords";
import { plural } from "./supervisionTimes";

export type Action = "restart" | "stop" | "suspend" | "resume";

export const ACTION_WORDS: Record<Action, { verb: string; done: string }> = {
  restart: { verb: "Restart", done: "was restarted" },
  stop: { verb: "Stop", done: "was stopped" },
  suspend: { verb: "Suspend", done: "is suspended" },
  resume: { verb: "Resume", done: "goes on" },
};

/** The actor that this page speaks through. */
const EDGE = "edge";

/** Why the action makes no sense for it now; null when it does. */
export function refusal(tree: ActorTree, path: string, action: Action): string | null {
  const node = tree.nodes.get(path);
  if (!node) return "It is gone.";
  if (path === tree.root) return "The root is BooCode itself: end the server instead.";
  switch (action) {
    case "restart":
      return node.state === "stopping" ? "It stops just now." : null;
    case "stop":
      if (node.state === "dead") return "It is stopped already.";
      return holdsEdge(tree, path) ? "This page speaks through it: nobody could start it again from here." : null;
    case "suspend":
      return node.state === "suspended" ? "It is suspended already." : holdRefusal(tree, node);
    case "resume":
      return node.state === "suspended" ? null : "It is not suspended.";
  }
}

function holdRefusal(tree: ActorTree, node: Node): string | null {
  if (node.kind === "supervisor") return "A supervisor takes no messages that could wait.";
  if (node.state === "dead" || node.state === "backing_off") return "It does not run.";
  if (node.mailbox.capacity === 0) return "It takes no messages that could wait.";
  return holdsEdge(tree, node.path) ? "This page speaks through it: nobody could resume it from here." : null;
}

/** Whether an action on it cuts the connection that this page speaks through. */
export const holdsEdge = (tree: ActorTree, path: string): boolean => below(tree, path).some((at) => nameOf(at) === EDGE);

export interface Consequences {
  /** Sentences, the most important first. */
  readonly words: readonly string[];
  /** Turns that end, or wait, each once. */
  readonly turns: readonly Subject[];
}

export function consequences(tree: ActorTree, path: string, action: Action): Consequences {
  const node = tree.nodes.get(path);
  if (!node) return { words: [], turns: [] };
  const tied = action === "restart" ? tiedTo(tree, path) : [path];
  const concerned = tied.flatMap((at) => below(tree, at));
  const turns = turnsOf(tree, concerned);
  switch (action) {
    case "restart":
      return { words: [...restartWords(tree, path, tied, concerned), ...turnWords(turns, "ends")], turns };
    case "stop":
      return { words: [...stopWords(tree, node, concerned), ...turnWords(turns, "ends")], turns };
    case "suspend":
      return { words: [...suspendWords(node), ...turnWords(turns, "waits")], turns };
    case "resume":
      return { words: [resumeWords(node)], turns: [] };
  }
}

/** It and its siblings that a restart takes along, as its supervisor's strategy says; in the order of the tree. */
export function tiedTo(tree: ActorTree, path: string): readonly string[] {
  const parent = parentOf(path);
  if (parent === null) return [path];
  const siblings = childrenOf(tree, parent);
  switch (tree.nodes.get(parent)?.strategy) {
    case "one_for_all":
      return siblings;
    case "rest_for_one":
      return siblings.slice(siblings.indexOf(path));
    default:
      return [path];
  }
}

function turnsOf(tree: ActorTree, paths: readonly string[]): Subject[] {
  const known = new Map<string, Subject>();
  for (const { subject } of tree.nodes.values()) {
    if (!subject?.task_id) continue;
    const other = known.get(subject.task_id);
    known.set(subject.task_id, other ? merged(other, subject) : subject);
  }
  const tasks = new Set(paths.map((path) => tree.nodes.get(path)?.subject?.task_id));
  return [...known].flatMap(([task, subject]) => (tasks.has(task) ? [subject] : []));
}

/** A turn knows its task; the session that works for it, which may stand elsewhere, knows its chat too. */
const merged = (a: Subject, b: Subject): Subject => ({
  task_id: a.task_id,
  agent: a.agent ?? b.agent,
  chat_id: a.chat_id ?? b.chat_id,
});

function restartWords(tree: ActorTree, path: string, tied: readonly string[], all: readonly string[]): string[] {
  const others = tied.filter((at) => at !== path);
  const words = ["It is stopped and started again."];
  if (others.length) {
    words.push(`Its supervisor ties others to it, which restart too: ${listed(others.map(nameOf))}.`);
  }
  const under = all.length - tied.length;
  if (under > 0) words.push(`${plural(under, "actor")} below ${tied.length === 1 ? "it" : "them"} ${under === 1 ? "goes" : "go"} along.`);
  if (all.some((at) => nameOf(at) === EDGE)) words.push("This page loses its connection for a moment, and comes back by itself.");
  return [...words, ...losses(tree, all)];
}

function stopWords(tree: ActorTree, node: Node, all: readonly string[]): string[] {
  const isTemporary = node.restart === "temporary" || tree.nodes.get(parentOf(node.path) ?? "")?.strategy === "dynamic";
  const words = [
    isTemporary
      ? "It is ended and removed; whoever needs one starts a new one."
      : "It stays stopped until somebody restarts it. What needs it does not work meanwhile.",
  ];
  if (all.length > 1) words.push(`${plural(all.length - 1, "actor")} below it ${all.length === 2 ? "goes" : "go"} along.`);
  return [...words, ...losses(tree, all)];
}

function losses(tree: ActorTree, paths: readonly string[]): string[] {
  const nodes = paths.map((path) => tree.nodes.get(path));
  const waiting = nodes.reduce((sum, node) => sum + (node?.mailbox.depth ?? 0), 0);
  const pids = nodes.flatMap((node) => (node?.process ? [node.process.pid] : []));
  const words: string[] = [];
  if (waiting) words.push(`${plural(waiting, "message")} in the mailbox ${waiting === 1 ? "is" : "are"} lost.`);
  if (pids.length) words.push(`${pids.length === 1 ? "Its process ends" : "Their processes end"}: ${pids.join(", ")}.`);
  return words;
}

function suspendWords(node: Node): string[] {
  const { depth, capacity } = node.mailbox;
  const room = depth ? `; ${depth} wait already` : "";
  return [
    "What it is doing now is finished. After that it takes no messages until it is resumed.",
    `Messages wait in its mailbox, which holds ${capacity}${room}.`,
  ];
}

const resumeWords = (node: Node): string =>
  node.mailbox.depth
    ? `It goes on with the ${plural(node.mailbox.depth, "message")} that waited.`
    : "It takes messages again. None has waited.";

function turnWords(turns: readonly Subject[], what: "ends" | "waits"): string[] {
  if (!turns.length) return [what === "ends" ? "No turn is lost." : "No turn waits for it now."];
  const one = turns.length === 1;
  if (what === "ends") {
    return [one ? "This turn is cut off and ends as interrupted:" : `These ${turns.length} turns are cut off and end as interrupted:`];
  }
  return [one ? "This turn gets no further meanwhile:" : `These ${turns.length} turns get no further meanwhile:`];
}

const MOST_NAMES = 6;

const listed = (names: readonly string[]): string =>
  names.length <= MOST_NAMES ? names.join(", ") : `${names.slice(0, MOST_NAMES).join(", ")} and ${names.length - MOST_NAMES} more`;
