/** What this browser keeps by itself, under names of its own. A storage that is full or forbidden only forgets. */

export type Shelf = Pick<Storage, "getItem" | "setItem" | "removeItem">;

const PREFIX = "boocode.";

/** Null in a browser that refuses its storage, and where there is no browser. */
export function browserShelf(): Shelf | null {
  try {
    return globalThis.localStorage ?? null;
  } catch {
    return null;
  }
}

export function recallItem(key: string, shelf: Shelf | null = browserShelf()): string | null {
  try {
    return shelf?.getItem(PREFIX + key) ?? null;
  } catch {
    return null;
  }
}

/** False when it could not be kept. An empty text is not kept: it is taken off the shelf. */
export function keepItem(key: string, value: string | null, shelf: Shelf | null = browserShelf()): boolean {
  try {
    if (value) shelf?.setItem(PREFIX + key, value);
    else shelf?.removeItem(PREFIX + key);
    return shelf !== null || !value;
  } catch {
    return false;
  }
}
