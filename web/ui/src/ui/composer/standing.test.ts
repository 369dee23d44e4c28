import { describe, expect, it } from "vitest";
import type { Message } from "../../wire/types";
import { standingOf } from "./standing";

const message = (id: string, more: Partial<Message>): Message => ({
  ...{ id, chat_id: "c", role: "user", status: "complete", agent: null, model: null, text: id, parts: [], created_at: "" },
  ...{ error: null, task_id: "t", client_id: null, queued: false, usage: null, labels: [], ...more },
});
const PROMPT = message("prompt", {});
const answer = (status: Message["status"], task_id: string | null = "t"): Message => message("answer", { role: "assistant", status, task_id });

describe("a turn that shall be stopped", () => {
  it.each([
    ["has not begun", [message("prompt", { queued: true })], "goes on"],
    ["streams", [PROMPT, answer("streaming")], "goes on"],
    ["was cancelled", [PROMPT, answer("cancelled")], "ended"],
    ["was taken back", [], "gone"],
    ["is of another prompt than the one that runs", [message("other", { task_id: "u" }), answer("streaming", "u")], "gone"],
  ] as const)("that %s", (_, messages, kind) => expect(standingOf(messages, "t", true).kind).toBe(kind));

  it("and was not known is over when no turn runs", () => {
    const old = [answer("complete", null)];
    expect(standingOf(old, null, true).kind).toBe("goes on");
    expect(standingOf(old, null, false).kind).toBe("gone");
  });
});
