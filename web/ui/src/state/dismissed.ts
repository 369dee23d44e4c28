/** What a person has seen in the inbox and wants to see no more. Their browser keeps it: to others it is shown still. */

import { signal, type Signal } from "@preact/signals";
import { browserShelf, keepItem, recallItem, type Shelf } from "./shelf";

const KEY = "inbox.dismissed";
/** The key under which other windows hear of a change. */
export const DISMISSED_KEY = `boocode.${KEY}`;

export const dismissed: Signal<ReadonlySet<string>> = signal(readDismissed());

/** What is no list of ids counts as none. */
export function readDismissed(shelf: Shelf | null = browserShelf()): ReadonlySet<string> {
  try {
    const value: unknown = JSON.parse(recallItem(KEY, shelf) ?? "[]");
    return new Set(Array.isArray(value) ? value.filter((id) => typeof id === "string") : []);
  } catch {
    return new Set();
  }
}

export function dismiss(id: string, shelf: Shelf | null = browserShelf()): void {
  keep(new Set(dismissed.peek()).add(id), shelf);
}

export function takeBack(id: string, shelf: Shelf | null = browserShelf()): void {
  keep(new Set([...dismissed.peek()].filter((known) => known !== id)), shelf);
}

/** `all`: the ids that the inbox has now. What has gone from there is remembered no more. */
export function forgetGone(all: readonly string[], shelf: Shelf | null = browserShelf()): void {
  const before = dismissed.peek();
  const still = all.filter((id) => before.has(id));
  if (still.length !== before.size) keep(new Set(still), shelf);
}

function keep(ids: ReadonlySet<string>, shelf: Shelf | null): void {
  dismissed.value = ids;
  keepItem(KEY, ids.size ? JSON.stringify([...ids]) : null, shelf);
}
