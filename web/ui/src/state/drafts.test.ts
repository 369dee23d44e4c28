import { describe, expect, it } from "vitest";
import { forgetDraft, keepDraft, readDraft, restAfter } from "./drafts";
import type { Shelf } from "./shelf";

function shelfOf(room = Infinity): Shelf & { items: Map<string, string> } {
  const items = new Map<string, string>();
  return {
    items,
    getItem: (key) => items.get(key) ?? null,
    setItem: (key, value) => {
      if (value.length > room) throw new DOMException("full", "QuotaExceededError");
      items.set(key, value);
    },
    removeItem: (key) => void items.delete(key),
  };
}

describe("a draft", () => {
  it("comes back with the id of its attempt", () => {
    const shelf = shelfOf();
    expect(keepDraft("a", { text: "do it", clientId: "id-1" }, shelf)).toBe(true);
    expect(readDraft("a", shelf)).toEqual({ text: "do it", clientId: "id-1" });
    expect(readDraft("b", shelf)).toEqual({ text: "", clientId: null });
  });

  it("that was changed has no attempt", () => {
    const shelf = shelfOf();
    keepDraft("a", { text: "do it", clientId: "id-1" }, shelf);
    keepDraft("a", { text: "do it well", clientId: null }, shelf);
    expect(readDraft("a", shelf)).toEqual({ text: "do it well", clientId: null });
  });

  it("that is forgotten leaves nothing behind", () => {
    const shelf = shelfOf();
    keepDraft("a", { text: "do it", clientId: "id-1" }, shelf);
    forgetDraft("a", shelf);
    expect([...shelf.items]).toEqual([]);
  });

  it("says when there is no room for it", () => {
    expect(keepDraft("a", { text: "too long", clientId: null }, shelfOf(3))).toBe(false);
    expect(keepDraft("a", { text: "text", clientId: null }, null)).toBe(false);
  });
});

describe("a draft that there is no room for", () => {
  it("does not come back as it was before", () => {
    const shelf = shelfOf(5);
    keepDraft("a", { text: "do it", clientId: "id" }, shelf);
    expect(keepDraft("a", { text: "do it well", clientId: null }, shelf)).toBe(false);
    expect(readDraft("a", shelf)).toEqual({ text: "", clientId: null });
  });
});

describe("what is left after sending", () => {
  it.each([
    ["do it", "do it", ""],
    ["do it and then that", "do it", "and then that"],
    ["something else", "do it", "something else"],
  ])("of %j after %j is %j", (text, sent, rest) => expect(restAfter(text, sent)).toBe(rest));
});
