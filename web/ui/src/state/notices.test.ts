import { expect, test } from "vitest";
import type { Part, PermissionRequested, Task, TaskUpdated } from "../wire/types";
import { noticeOf } from "./notices";

const at = "2026-01-01T00:00:00Z";
const nameOf = (chatId: string): string => `chat ${chatId}`;

const task = (change: Partial<Task>): TaskUpdated => ({
  topic: "user",
  seq: 1,
  at,
  type: "task_updated",
  task: {
    id: "t",
    project_id: "p",
    session_id: "s",
    chat_id: "c",
    parent_task_id: null,
    arena_id: null,
    state: "completed",
    agent: "practice",
    model: null,
    input: "Do it",
    output_summary: null,
    error: null,
    input_tokens: null,
    output_tokens: null,
    cost: null,
    created_at: at,
    started_at: at,
    ended_at: at,
    mode: null,
    message_id: null,
    ...change,
  },
});

const tool: Part = {
  type: "tool",
  text: null,
  tool_call_id: "1",
  title: "ls",
  kind: "execute",
  status: "pending",
  input: null,
  output: null,
  locations: null,
  diff: null,
  entries: null,
  permission: null,
};

test("the end of a turn is told with what came of it", () => {
  expect(noticeOf(task({ output_summary: "All  done.\nReally." }), nameOf)).toEqual({
    title: "“chat c” is done",
    body: "All done. Really.",
    chatId: "c",
    tag: "task t completed",
  });
  expect(noticeOf(task({ state: "failed", error: "It crashed." }), nameOf)).toMatchObject({
    title: "“chat c” failed",
    body: "It crashed.",
  });
});

test("a turn that goes on, waits in a queue or was stopped by a person disturbs nobody", () => {
  for (const state of ["pending", "running", "blocked", "cancelled"] as const) expect(noticeOf(task({ state }), nameOf)).toBeNull();
});

test("a question is told once by its id", () => {
  const asked: PermissionRequested = {
    topic: "user",
    seq: 1,
    at,
    type: "permission_requested",
    id: "q",
    chat_id: "c",
    task_id: "t",
    title: "Run `ls`",
    tool,
    options: [],
    expires_at: at,
  };
  expect(noticeOf(asked, nameOf)).toEqual({ title: "A question in “chat c”", body: "Run `ls`", chatId: "c", tag: "permission q" });
});

test("a text that would look other than it is shows why", () => {
  const body = noticeOf(task({ output_summary: "run \u202etxt.sh\u200b" }), nameOf)?.body;
  expect(body).toBe("run ⟦U+202E⟧txt.sh⟦U+200B⟧");
});

test("a long text is cut", () => {
  const body = noticeOf(task({ output_summary: "x".repeat(1000) }), nameOf)?.body ?? "";
  expect(body.length).toBe(160);
});
