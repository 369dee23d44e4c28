/** How a turn stands that shall be stopped. Pure. */

import type { Message } from "../../wire/types";

export type Standing = { kind: "goes on" } | { kind: "ended"; messageId: string } | { kind: "gone" };

/**
 * Of the turn of `taskId`; null: there was none that we knew when the stop was asked for. `gone`: taken back or removed, so
 * that no end of it is ever told.
 */
export function standingOf(messages: readonly Message[], taskId: string | null, isTurnRunning: boolean): Standing {
  if (taskId === null) return isTurnRunning ? { kind: "goes on" } : { kind: "gone" };
  const answer = messages.findLast((message) => message.role === "assistant" && message.task_id === taskId);
  if (answer) return answer.status === "streaming" ? { kind: "goes on" } : { kind: "ended", messageId: answer.id };
  return messages.some((message) => message.task_id === taskId) ? { kind: "goes on" } : { kind: "gone" };
}
