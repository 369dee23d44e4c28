/**
 * One chat as a person sees it: a page of history, and the frames since, folded in.
 *
 * The law: folding the frames of a message gives exactly the message that a reload gives. It is the rule that the
 * server keeps, too: deltas grow the last part of their kind, a tool's later state takes the place of its first one,
 * there is one plan, notices are parts of their own.
 *
 * Whatever is not touched keeps its identity, so that drawing can leave it alone.
 */

import type {
  AgentSession,
  AgentStatusUpdated,
  CommandInfo,
  Frame,
  Message,
  Part,
  Permission,
  PermissionRequested,
  Usage,
} from "../wire/types";
import { Draft } from "./transcriptDraft";

export type AgentStatus = AgentStatusUpdated["status"];

export interface StatusOfAgent {
  status: AgentStatus;
  reason: string | null;
  quietSince: string | null;
  /** Of the frame that told it; 0: it was asked for. */
  seq: number;
}

export interface Used {
  inputTokens: number | null;
  outputTokens: number | null;
  cost: number | null;
}

/** A word about the chat as a whole. It is told once and not kept: a reload has it no more. */
export interface Remark {
  seq: number;
  at: string;
  text: string;
  /** The message that it came after; null: there was none. */
  after: string | null;
}

export interface Transcript {
  /** In the order of reading: an answer stands beneath its prompt, whatever was queued in between. */
  readonly messages: readonly Message[];
  readonly remarks: readonly Remark[];
  /** The message that streams. */
  readonly turn: { readonly messageId: string; readonly agent: string | null } | null;
  /** By agent, as are the next two. */
  readonly statuses: Readonly<Record<string, StatusOfAgent>>;
  /** What this chat used, the turn that runs included; null = the agent never said. */
  readonly usage: Readonly<Record<string, Used>>;
  readonly commands: Readonly<Record<string, readonly CommandInfo[]>>;
  readonly questions: readonly PermissionRequested[];
  /** How many changes of the session wait for a person; null = not told yet. */
  readonly pending: number | null;
  readonly hasOlder: boolean;
  readonly lastSeq: number;
  /** Messages came back that are not known here: only reading the chat again shows them. */
  readonly isBehind: boolean;
  /** What the turns that are over used, by agent. */
  readonly settledUsage: Readonly<Record<string, Used>>;
}

export const NOTHING_USED: Used = { inputTokens: null, outputTokens: null, cost: null };

export const EMPTY: Transcript = {
  messages: [],
  remarks: [],
  turn: null,
  statuses: {},
  usage: {},
  commands: {},
  questions: [],
  pending: null,
  hasOlder: false,
  lastSeq: 0,
  isBehind: false,
  settledUsage: {},
};

/** `messages`: the newest page, oldest first; what is still being written in it is emptied, for its frames follow. */
export function fromPage(messages: readonly Message[], lastSeq: number, hasOlder = false): Transcript {
  const shown = arranged(messages.map((message) => (isStreaming(message) ? emptied(message) : message)));
  return { ...EMPTY, messages: shown, turn: turnOf(shown), lastSeq, hasOlder };
}

/** An older page in front of what is there. */
export function prepend(transcript: Transcript, older: readonly Message[], hasOlder: boolean): Transcript {
  const known = new Set(transcript.messages.map((message) => message.id));
  const fresh = older.filter((message) => !known.has(message.id));
  return { ...transcript, messages: arranged([...fresh, ...transcript.messages]), hasOlder };
}

/** `fresh`: the messages as they are now. What is told beside them stays as it was until it is told anew. */
export function readAnew(before: Transcript, fresh: Transcript): Transcript {
  const { settledUsage } = before;
  return {
    ...fresh,
    statuses: { ...before.statuses, ...fresh.statuses },
    commands: { ...before.commands, ...fresh.commands },
    pending: fresh.pending ?? before.pending,
    settledUsage,
    usage: usageOf(settledUsage, fresh.messages),
  };
}

/** Folds frames of this chat's topic in; those that are known already change nothing. */
export function reduce(transcript: Transcript, frames: readonly Frame[]): Transcript {
  const news = frames.filter((frame) => frame.seq > transcript.lastSeq);
  if (!news.length) return transcript;
  const draft = new Draft(transcript);
  for (const frame of news) draft.take(frame);
  return draft.done();
}

/** What was asked for beside the frames: who is here, and what each has used. What frames told since `asked` stays. */
export function withAgents(transcript: Transcript, agents: readonly AgentSession[], asked: Transcript): Transcript {
  const statuses = { ...transcript.statuses };
  const commands = { ...transcript.commands };
  const settledUsage: Record<string, Used> = {};
  for (const each of agents) {
    const { agent, status, reason, quiet_since: quietSince } = each;
    if ((statuses[agent]?.seq ?? 0) <= asked.lastSeq) statuses[agent] = { status, reason, quietSince, seq: 0 };
    if (each.commands && commands[agent] === asked.commands[agent]) commands[agent] = each.commands;
    settledUsage[agent] = { inputTokens: each.input_tokens, outputTokens: each.output_tokens, cost: each.cost };
  }
  const usage = usageOf(settledUsage, transcript.messages);
  return { ...transcript, statuses, commands, settledUsage, usage };
}

/** `open`: the questions that waited after `asked`; `closed`: ids that a frame has closed meanwhile. */
export function withQuestions(
  transcript: Transcript,
  open: readonly Permission[],
  closed: ReadonlySet<string>,
  asked: number,
): Transcript {
  const newer = transcript.questions.filter((each) => each.seq > asked && !open.some(({ id }) => id === each.id));
  const known = new Map(transcript.questions.map((each) => [each.id, each]));
  const waiting = open
    .filter((each) => each.outcome === null && !closed.has(each.id))
    .map((each) => known.get(each.id) ?? asFrame(each, asked));
  return { ...transcript, questions: [...waiting, ...newer] };
}

function asFrame(each: Permission, seq: number): PermissionRequested {
  const { id, chat_id, task_id, title, tool, options, expires_at } = each;
  const envelope = { topic: `chat:${chat_id}`, seq, at: each.created_at, type: "permission_requested" as const };
  return { ...envelope, id, chat_id, task_id, title, tool, options, expires_at };
}

export const isStreaming = (message: Message): boolean => message.status === "streaming";

const emptied = (message: Message): Message => ({ ...message, parts: [], labels: [], text: "", usage: null });

export function turnOf(messages: readonly Message[]): Transcript["turn"] {
  const message = messages.findLast(isStreaming);
  return message ? { messageId: message.id, agent: message.agent } : null;
}

/** Answers beneath their prompts; all else as it is. Arranging twice changes nothing. */
export function arranged(messages: readonly Message[]): Message[] {
  const out: Message[] = [];
  for (const message of messages) out.splice(placeOf(out, message), 0, message);
  return out;
}

/** Where a message goes that comes last of all. */
export function placeOf(messages: readonly Message[], message: Message): number {
  if (message.role !== "assistant" || message.task_id === null) return messages.length;
  const last = messages.findLastIndex((each) => each.task_id === message.task_id);
  return last < 0 ? messages.length : last + 1;
}

/** Settled turns and those that run now. */
export function usageOf(
  settled: Readonly<Record<string, Used>>,
  messages: readonly Message[],
): Readonly<Record<string, Used>> {
  const running = messages.filter((message) => isStreaming(message) && message.usage && message.agent);
  if (!running.length) return settled;
  const sum = { ...settled };
  for (const { agent, usage } of running) if (agent && usage) sum[agent] = plus(sum[agent], usage);
  return sum;
}

export function plus(used: Used = NOTHING_USED, more: Usage): Used {
  return {
    inputTokens: added(used.inputTokens, more.input_tokens),
    outputTokens: added(used.outputTokens, more.output_tokens),
    cost: added(used.cost, more.cost),
  };
}

const added = (a: number | null, b: number | null): number | null => (a === null ? b : b === null ? a : a + b);

/** For people: a part that has something to show. */
export const isShown = (part: Part): boolean => part.type === "tool" || part.type === "plan" || !!part.text;
