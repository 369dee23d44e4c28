/** Prompts that wait for their turn. */

import type { Message } from "../wire/types";

/** The next one first. The assistant message of its task ends a prompt's waiting. */
export function waitingPrompts(messages: readonly Message[]): Message[] {
  const queued = messages.filter((message) => message.queued);
  if (!queued.length) return queued;
  const begun = new Set(messages.filter((message) => message.role === "assistant").map((message) => message.task_id));
  return queued.filter((message) => message.task_id === null || !begun.has(message.task_id));
}

/** What stands in the log: not what waits, but the one that is about to begin, since no turn runs. */
export function inLog(messages: readonly Message[], isTurnRunning: boolean): readonly Message[] {
  const waiting = waitingPrompts(messages);
  const hidden = new Set(isTurnRunning ? waiting : waiting.slice(1));
  return hidden.size ? messages.filter((message) => !hidden.has(message)) : messages;
}
