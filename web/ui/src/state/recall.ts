/** Up in an empty composer brings earlier prompts of the chat back, Down goes forward again. */

import type { Message } from "../wire/types";

export interface Recall {
  /** Of `prompts`, the newest first. */
  at: number;
  /** What the composer shows: anything else there means that a person writes again. */
  text: string;
}

const MOST = 100;

/** The newest first, each once in a row. */
export function promptsOf(messages: readonly Message[]): string[] {
  const prompts: string[] = [];
  for (let index = messages.length - 1; index >= 0 && prompts.length < MOST; index--) {
    const message = messages[index];
    if (message?.role === "user" && message.text.trim() && message.text !== prompts.at(-1)) prompts.push(message.text);
  }
  return prompts;
}

/** The one before; null: there is none, or `text` is a person's own. */
export function earlier(recall: Recall | null, prompts: readonly string[], text: string): Recall | null {
  const goesOn = recall !== null && recall.text === text;
  if (!goesOn && text !== "") return null;
  const at = goesOn ? recall.at + 1 : 0;
  const found = prompts[at];
  return found === undefined ? null : { at, text: found };
}

/** The one after; behind the newest comes the empty composer. Null: nothing is being recalled. */
export function later(recall: Recall | null, prompts: readonly string[], text: string): Recall | null {
  if (recall === null || recall.at < 0 || recall.text !== text) return null;
  const at = recall.at - 1;
  return { at, text: prompts[at] ?? "" };
}
