import { beforeEach, describe, expect, it } from "vitest";
import { dismiss, dismissed, forgetGone, readDismissed, takeBack } from "./dismissed";
import type { Shelf } from "./shelf";

function shelfOf(): Shelf & { items: Map<string, string> } {
  const items = new Map<string, string>();
  return {
    items,
    getItem: (key) => items.get(key) ?? null,
    setItem: (key, value) => void items.set(key, value),
    removeItem: (key) => void items.delete(key),
  };
}

describe("what was dismissed", () => {
  beforeEach(() => {
    dismissed.value = new Set();
  });

  it("is kept by the browser until it is taken back", () => {
    const shelf = shelfOf();
    dismiss("one", shelf);
    dismiss("two", shelf);
    expect([...readDismissed(shelf)]).toEqual(["one", "two"]);
    takeBack("one", shelf);
    expect([...readDismissed(shelf)]).toEqual(["two"]);
    takeBack("two", shelf);
    expect([...shelf.items]).toEqual([]);
  });

  it("is forgotten when it has gone from the inbox", () => {
    const shelf = shelfOf();
    dismiss("one", shelf);
    dismiss("two", shelf);
    forgetGone(["two", "three"], shelf);
    expect([...dismissed.value]).toEqual(["two"]);
    expect([...readDismissed(shelf)]).toEqual(["two"]);
  });

  it.each(["", "no list", '{"a":1}', "[1, null]"])("that cannot be read counts as nothing: %s", (text) => {
    const shelf = shelfOf();
    shelf.items.set("boocode.inbox.dismissed", text);
    expect([...readDismissed(shelf)]).toEqual([]);
  });
});
