/** What this browser keeps of a chat goes with the chat. */

import { forgetChoice } from "./choices";
import { forgetDraft } from "./drafts";
import { onUserFrame } from "./userFrames";

let isStarted = false;

/** Harmless to call twice. */
export function startForgetting(): void {
  if (isStarted) return;
  isStarted = true;
  onUserFrame((frame) => {
    if (frame.type !== "chat_removed") return;
    forgetDraft(frame.id);
    forgetChoice(frame.id);
  });
}
