/**
 * What was written in each chat and not sent yet. It outlives the page, and goes only when the server has said yes.
 *
 * The id of a prompt that was sent without an answer is kept beside its text: sent again as it is, it is the same
 * prompt for the server, once. A text that was changed since is another prompt and gets another id.
 */

import { browserShelf, keepItem, recallItem, type Shelf } from "./shelf";

export interface Draft {
  text: string;
  /** Of the attempt to send exactly this text; null: there was none. */
  clientId: string | null;
}

const textKey = (chatId: string): string => `draft.${chatId}`;
const idKey = (chatId: string): string => `draft.${chatId}.sent`;

/** The key under which other windows hear of a change of this draft. */
export const draftKey = (chatId: string): string => `boocode.${textKey(chatId)}`;

export function readDraft(chatId: string, shelf: Shelf | null = browserShelf()): Draft {
  return { text: recallItem(textKey(chatId), shelf) ?? "", clientId: recallItem(idKey(chatId), shelf) };
}

/** False when the browser has no room for it: then it keeps nothing, for an older text would come back as the newest. */
export function keepDraft(chatId: string, draft: Draft, shelf: Shelf | null = browserShelf()): boolean {
  keepItem(idKey(chatId), draft.clientId, shelf);
  const isKept = keepItem(textKey(chatId), draft.text, shelf);
  if (!isKept) for (const key of [idKey(chatId), textKey(chatId)]) keepItem(key, null, shelf);
  return isKept;
}

export function forgetDraft(chatId: string, shelf: Shelf | null = browserShelf()): void {
  keepDraft(chatId, { text: "", clientId: null }, shelf);
}

/** What is left when `sent` has arrived: a person may have written on meanwhile. */
export function restAfter(text: string, sent: string): string {
  if (!text.startsWith(sent)) return text;
  return text.slice(sent.length).trimStart();
}

export function newClientId(): string {
  // randomUUID is there only where the page counts as secure, which plain http to another machine does not.
  return globalThis.crypto.randomUUID?.() ?? `${Date.now()}-${Math.random().toString(36).slice(2)}`;
}
