/** What the keys of the composer and of questions mean, for the sheet. */

import { describeKey } from "../../state/keys";

let isDone = false;

export function describeComposerKeys(): void {
  if (isDone) return;
  isDone = true;
  const inComposer = (keys: string, what: string): unknown => describeKey({ keys, what, group: "In the composer" });
  inComposer("Enter", "Send the prompt (or as the settings say)");
  inComposer("Shift+Enter", "Start another line");
  inComposer("ArrowUp", "Bring the prompt before back, while nothing is written");
  inComposer("/", "Offer the commands of the agent, at the beginning");
  inComposer("@", "Offer files");
  const inQuestion = (keys: string, what: string): unknown => describeKey({ keys, what, group: "In a question of an agent" });
  inQuestion("y", "Allow it once");
  inQuestion("s", "Allow it for the agent's session");
  inQuestion("d", "Deny it");
}
