import { describe, expect, it } from "vitest";
import type { Message } from "../wire/types";
import { earlier, later, promptsOf, type Recall } from "./recall";

const message = (role: Message["role"], text: string): Message => ({
  ...{ id: text, chat_id: "c", role, status: "complete", agent: null, model: null, text, parts: [], created_at: "" },
  ...{ error: null, task_id: null, client_id: null, queued: false, usage: null, labels: [] },
});

describe("recall", () => {
  it("knows a person's prompts, the newest first, each once in a row", () => {
    const messages = [message("user", "one"), message("assistant", "no"), message("user", "two"), message("user", "two")];
    expect(promptsOf(messages)).toEqual(["two", "one"]);
  });

  it("walks back to the oldest and forward to the empty composer", () => {
    const prompts = ["three", "two", "one"];
    let recall: Recall | null = null;
    const seen: string[] = [];
    for (const step of [earlier, earlier, earlier, earlier, later, later, later]) {
      const next: Recall | null = step(recall, prompts, recall?.text ?? "");
      recall = next ?? recall;
      seen.push(next ? next.text : "-");
    }
    expect(seen).toEqual(["three", "two", "one", "-", "two", "three", ""]);
  });

  it("begins anew after the empty composer was reached", () => {
    expect(earlier({ at: -1, text: "" }, ["two", "one"], "")).toEqual({ at: 0, text: "two" });
  });

  it("never takes a text that a person wrote", () => {
    expect(earlier(null, ["one"], "mine")).toBeNull();
    expect(earlier({ at: 0, text: "one" }, ["one", "two"], "one!")).toBeNull();
    expect(later({ at: 1, text: "two" }, ["one", "two"], "two!")).toBeNull();
    expect(later(null, ["one"], "")).toBeNull();
  });
});
