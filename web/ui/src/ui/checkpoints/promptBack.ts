/** A prompt that a restore took out of a chat stands in its composer again, to be written anew and sent. */

import { readDraft } from "../../state/drafts";
import { writeDraft } from "../composer/writeDraft";

/** By chat: what was put there and not sent since. */
const given = new Map<string, string>();

/** Unless something else is being written there. */
export function givePrompt(chatId: string, text: string): void {
  if (/\S/.test(readDraft(chatId).text)) return;
  writeDraft(chatId, text);
  given.set(chatId, text);
}

/** The chat holds it again, or is another one: it would be there twice. What a person has changed in it stays. */
export function takePrompt(chatId: string): void {
  const text = given.get(chatId);
  given.delete(chatId);
  if (text !== undefined && readDraft(chatId).text === text) writeDraft(chatId, "");
}
