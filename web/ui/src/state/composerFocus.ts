/** A person who opens a chat wants to write in it: its composer takes the focus once it is there. */

import { signal } from "@preact/signals";

const wanted = signal<string | null>(null);

export function wantComposer(chatId: string): void {
  wanted.value = chatId;
}

/** True once for each wish. Reads a signal: asked in an effect, it is asked again when there is a new one. */
export function isComposerWanted(chatId: string): boolean {
  if (wanted.value !== chatId) return false;
  wanted.value = null;
  return true;
}
