import { draftKey, keepDraft } from "../../state/drafts";

/** What the composer of this chat shall hold, drawn now or later. False: the browser has no room for it. */
export function writeDraft(chatId: string, text: string): boolean {
  const isKept = keepDraft(chatId, { text, clientId: null });
  // A composer listens for what other windows write in its chat; it may stand in this window, too.
  dispatchEvent(new StorageEvent("storage", { key: draftKey(chatId) }));
  return isKept;
}
