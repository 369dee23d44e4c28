import { readDraft } from "../../state/drafts";
import { writeDraft } from "../composer/writeDraft";

/** Behind what is written in the chat already. False: the browser has no room for it. */
export function addToDraft(chatId: string, text: string): boolean {
  const { text: before } = readDraft(chatId);
  return writeDraft(chatId, before ? `${before.trimEnd()}\n\n${text}` : text);
}
