import { describe, expect, it } from "vitest";
import type { Message } from "../wire/types";
import { inLog, waitingPrompts } from "./queue";

const message = (id: string, more: Partial<Message>): Message => ({
  ...{ id, chat_id: "c", role: "user", status: "complete", agent: null, model: null, text: id, parts: [], created_at: "" },
  ...{ error: null, task_id: id, client_id: null, queued: false, usage: null, labels: [], ...more },
});
const ids = (messages: readonly Message[]): string[] => messages.map((each) => each.id);

const FIRST = message("1", {});
const ANSWER = message("1a", { role: "assistant", status: "streaming", task_id: "1" });
const [SECOND, THIRD] = [message("2", { queued: true }), message("3", { queued: true })];

describe("prompts that wait", () => {
  it("are those whose answer has not begun", () => {
    const begun = message("2a", { role: "assistant", task_id: "2" });
    expect(ids(waitingPrompts([FIRST, ANSWER, SECOND, THIRD]))).toEqual(["2", "3"]);
    expect(ids(waitingPrompts([FIRST, ANSWER, SECOND, begun, THIRD]))).toEqual(["3"]);
  });

  it("stand in the log only when they are about to begin", () => {
    expect(ids(inLog([FIRST, ANSWER, SECOND, THIRD], true))).toEqual(["1", "1a"]);
    expect(ids(inLog([FIRST, ANSWER, SECOND, THIRD], false))).toEqual(["1", "1a", "2"]);
  });

  it("leave the log as it is when there are none", () => {
    const messages = [FIRST, ANSWER];
    expect(inLog(messages, true)).toBe(messages);
  });
});
