/** What came since somebody looked away from the end. */

import type { Message } from "../../wire/types";

/** How far somebody has read. */
export interface Mark {
  messageId: string | null;
  parts: number;
}

export function markOf(messages: readonly Message[]): Mark {
  const last = messages.at(-1);
  return { messageId: last?.id ?? null, parts: last?.parts.length ?? 0 };
}

/** Parts and messages after the mark; the growing of a text does not count. */
export function countSince(messages: readonly Message[], mark: Mark): number {
  const at = messages.findLastIndex((message) => message.id === mark.messageId);
  if (at < 0) return 0;
  const grown = Math.max(0, (messages[at]?.parts.length ?? 0) - mark.parts);
  return messages.slice(at + 1).reduce((sum, message) => sum + Math.max(1, message.parts.length), grown);
}
