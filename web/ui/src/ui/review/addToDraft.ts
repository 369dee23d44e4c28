import { draftKey, keepDraft, readDraft } from "../../state/drafts";

/** Behind what is written in the chat already. False: the browser has no room for it. */
export function addToDraft(chatId: string, text: string): boolean {
  const { text: before } = readDraft(chatId);
  const isKept = keepDraft(chatId, { text: before ? `${before.trimEnd()}\n\n${text}` : text, clientId: null });
  // A composer listens for what other windows write in its chat; it may stand beside this view in the same window.
  dispatchEvent(new StorageEvent("storage", { key: draftKey(chatId) }));
  return isKept;
}
