import { describe, expect, it } from "vitest";
import type { AgentSession, Frame, Message, Part, Permission } from "../wire/types";
import { EMPTY, arranged, fromPage, prepend, readAnew, reduce, withAgents, withQuestions, type Transcript } from "./transcript";

const AT = "2026-01-01T00:00:00Z";
let seq = 0;

type Body = { type: Frame["type"] } & Record<string, unknown>;
const frame = (body: Body): Frame => ({ topic: "chat:c", seq: ++seq, at: AT, ...body }) as unknown as Frame;
const start = (): Transcript => {
  seq = 0;
  return EMPTY;
};

function message(id: string, more: Partial<Message> = {}): Message {
  return {
    ...{ id, chat_id: "c", role: "assistant" as const, status: "complete" as const, agent: "practice", model: null },
    ...{ text: "", parts: [], created_at: AT, error: null, task_id: null, client_id: null, queued: false },
    ...{ usage: null, labels: [] },
    ...more,
  };
}

const streaming = (id: string, more: Partial<Message> = {}): Message => message(id, { status: "streaming", ...more });
const prompt = (id: string, taskId: string, queued = false): Message =>
  message(id, { role: "user", task_id: taskId, queued, text: id });
const created = (it: Message): Frame => frame({ type: "message_created", message: it });
const delta = (id: string, kind: "text" | "reasoning", text: string): Frame =>
  frame({ type: "message_delta", message_id: id, kind, text });
const done = (id: string, more: object = {}): Frame =>
  frame({ type: "message_complete", message_id: id, status: "complete", model: null, error: null, ...more });
const tool = (id: string, more: Partial<Part> = {}): Part => ({
  ...{ type: "tool" as const, text: null, tool_call_id: id, title: "Read", kind: "read", status: "running" as const, input: null },
  ...{ output: null, locations: null, diff: null, entries: null, permission: null },
  ...more,
});
const only = (transcript: Transcript): Message => transcript.messages[0] as Message;
const ids = (transcript: Transcript): string[] => transcript.messages.map((each) => each.id);

describe("labels of tool calls", () => {
  const labelled = (text: string, ...ids: string[]): Frame =>
    frame({ type: "tools_labelled", message_id: "m", label: { tool_call_ids: ids, text } });

  it("come to a message that is complete, each once", () => {
    const before = reduce(start(), [created(streaming("m")), done("m")]);
    const after = reduce(before, [labelled("Look", "a", "b"), labelled("Look again", "a", "b"), labelled("Write", "c", "d")]);
    expect(only(after).labels.map((each) => each.text)).toEqual(["Look", "Write"]);
    expect(only(before).labels).toEqual([]);
  });

  it("of a message that is not on this page change nothing", () => {
    const before = reduce(start(), [created(message("other"))]);
    expect(reduce(before, [labelled("Look", "a", "b")]).messages).toBe(before.messages);
  });
});

describe("the parts of a message", () => {
  it("grow by deltas of their kind", () => {
    let transcript = reduce(start(), [created(streaming("m")), delta("m", "reasoning", "so"), delta("m", "text", "a")]);
    transcript = reduce(transcript, [delta("m", "text", "b"), delta("m", "reasoning", "!"), delta("m", "text", "c")]);
    expect(only(transcript).parts.map((part) => [part.type, part.text])).toEqual([
      ["reasoning", "so"],
      ["text", "ab"],
      ["reasoning", "!"],
      ["text", "c"],
    ]);
    expect(only(transcript).text).toBe("abc");
  });

  it("are the same whatever batches the frames come in", () => {
    start();
    const frames = [created(streaming("m")), ...Array.from({ length: 50 }, (_, n) => delta("m", n % 7 ? "text" : "reasoning", `${n} `))];
    frames.push(frame({ type: "tool_call", message_id: "m", part: tool("t") }), delta("m", "text", "end"), done("m"));
    const whole = reduce(EMPTY, frames);
    for (const size of [1, 2, 3, 10]) {
      let transcript = EMPTY;
      for (let at = 0; at < frames.length; at += size) transcript = reduce(transcript, frames.slice(at, at + size));
      expect(transcript).toEqual(whole);
    }
  });

  it("a tool's later state takes the place of its first one", () => {
    const transcript = reduce(start(), [
      created(streaming("m")),
      frame({ type: "tool_call", message_id: "m", part: tool("t") }),
      delta("m", "text", "between"),
      frame({ type: "tool_update", message_id: "m", part: tool("t", { status: "completed", output: "42" }) }),
    ]);
    expect(only(transcript).parts.map((part) => part.output ?? part.text)).toEqual(["42", "between"]);
  });

  it("there is one plan, where it was first", () => {
    const entries = (status: string) => [{ content: "x", status, priority: "medium" }];
    const transcript = reduce(start(), [
      created(streaming("m")),
      frame({ type: "plan_updated", message_id: "m", entries: entries("pending") }),
      frame({ type: "notice", message_id: "m", text: "a word" }),
      frame({ type: "plan_updated", message_id: "m", entries: entries("completed") }),
    ]);
    expect(only(transcript).parts.map((part) => part.entries ?? part.text)).toEqual([entries("completed"), "a word"]);
  });

  it("what was folded before keeps as it was", () => {
    const before = reduce(start(), [created(streaming("m")), delta("m", "text", "a")]);
    const copy = structuredClone(before);
    reduce(before, [delta("m", "text", "b"), done("m")]);
    expect(before).toEqual(copy);
  });

  it("a message that nothing was told of keeps its identity", () => {
    const before = reduce(start(), [created(message("old")), created(streaming("m"))]);
    const after = reduce(before, [delta("m", "text", "b")]);
    expect(after.messages[0]).toBe(before.messages[0]);
    expect(after.messages[1]).not.toBe(before.messages[1]);
  });
});

describe("a turn", () => {
  it("ends with its status, model and error", () => {
    let transcript = reduce(start(), [created(streaming("m", { model: "asked" }))]);
    expect(transcript.turn).toEqual({ messageId: "m", agent: "practice" });
    transcript = reduce(transcript, [done("m", { status: "error", model: "given", error: "No more." })]);
    expect(only(transcript)).toMatchObject({ status: "error", model: "given", error: "No more." });
    expect(transcript.turn).toBeNull();
  });

  it("that is over is not written to any more", () => {
    const before = reduce(start(), [created(message("m", { text: "whole" }))]);
    const after = reduce(before, [delta("m", "text", " again"), done("m", { status: "error" })]);
    expect(after.messages).toBe(before.messages);
  });

  it("counts what it uses once, on top of the turns before", () => {
    const used = { input_tokens: 3, output_tokens: 2, cost: null };
    let transcript = withAgents(start(), [session({ input_tokens: 10, output_tokens: null, cost: 1 })], EMPTY);
    transcript = reduce(transcript, [created(streaming("m")), frame({ type: "usage_updated", message_id: "m", ...used })]);
    expect(transcript.usage).toEqual({ practice: { inputTokens: 13, outputTokens: 2, cost: 1 } });
    transcript = reduce(transcript, [frame({ type: "usage_updated", message_id: "m", ...used, input_tokens: 5 }), done("m")]);
    expect(transcript.usage).toEqual({ practice: { inputTokens: 15, outputTokens: 2, cost: 1 } });
    expect(only(transcript).usage).toEqual({ ...used, input_tokens: 5 });
  });
});

describe("prompts that wait", () => {
  it("are answered beneath themselves, whatever was queued in between", () => {
    const transcript = reduce(start(), [
      ...[created(prompt("p1", "t1", true)), created(streaming("a1", { task_id: "t1" }))],
      ...[created(prompt("p2", "t2", true)), created(prompt("p3", "t3", true)), done("a1")],
      created(streaming("a2", { task_id: "t2" })),
    ]);
    expect(ids(transcript)).toEqual(["p1", "a1", "p2", "a2", "p3"]);
    expect(transcript.messages.filter((each) => each.queued).map((each) => each.id)).toEqual(["p3"]);
  });

  it("can be edited and taken back", () => {
    let transcript = reduce(start(), [created(prompt("p", "t", true))]);
    transcript = reduce(transcript, [frame({ type: "message_updated", message: { ...prompt("p", "t", true), text: "new" } })]);
    expect(only(transcript).text).toBe("new");
    transcript = reduce(transcript, [frame({ type: "message_removed", message_id: "p" })]);
    expect(transcript.messages).toEqual([]);
  });

  it("a repeated edit does not queue what has begun", () => {
    start();
    const page = fromPage([prompt("p", "t"), streaming("a", { task_id: "t" })], 0);
    const edit = frame({ type: "message_updated", message: prompt("p", "t", true) });
    expect(only(reduce(page, [edit, created(streaming("a", { task_id: "t" }))])).queued).toBe(false);
  });
});

describe("history", () => {
  it("is emptied where it is still being written, for its frames follow", () => {
    const half = streaming("m", { text: "ha", parts: [tool("t")] });
    const transcript = fromPage([message("old"), half], 7, true);
    expect(transcript.messages[1]).toMatchObject({ text: "", parts: [] });
    expect(transcript).toMatchObject({ lastSeq: 7, hasOlder: true, turn: { messageId: "m" } });
  });

  it("is not doubled by frames that tell it again", () => {
    start();
    const frames = [created(prompt("p", "t")), created(streaming("a", { task_id: "t" })), delta("a", "text", "x"), done("a")];
    const page = fromPage([prompt("p", "t"), message("a", { task_id: "t", text: "x" })], 0);
    expect(reduce(page, frames).messages).toEqual(page.messages);
    const after = reduce(page, frames);
    expect(reduce(after, frames)).toBe(after);
  });

  it("older pages go in front, each message once, answers beneath their prompts", () => {
    const newest = fromPage([message("a2", { task_id: "t2" })], 9, true);
    const older = [prompt("p1", "t1"), message("a1", { task_id: "t1" }), prompt("p2", "t2"), prompt("p3", "t3"), message("a2", { task_id: "t2" })];
    expect(ids(prepend(newest, older, false))).toEqual(["p1", "a1", "p2", "a2", "p3"]);
  });

  it("arranging twice changes nothing", () => {
    const once = arranged([prompt("p1", "1"), prompt("p2", "2"), message("a1", { task_id: "1" }), message("x"), message("a2", { task_id: "2" })]);
    expect(arranged(once)).toEqual(once);
  });
});

describe("a restore", () => {
  const restored = (hidden: string[], shown: string[]): Frame =>
    frame({ type: "checkpoint_restored", session_id: "s", hidden_messages: hidden, shown_messages: shown });

  it("takes messages out of the chat", () => {
    const before = reduce(start(), [created(message("a")), created(message("b")), created(message("c"))]);
    expect(ids(reduce(before, [restored(["b", "c"], [])]))).toEqual(["a"]);
  });

  it("that brings some back has the chat read again", () => {
    const before = reduce(start(), [created(message("a"))]);
    expect(reduce(before, [restored([], ["b"])]).isBehind).toBe(true);
    expect(reduce(before, [restored([], ["a"])]).isBehind).toBe(false);
  });
});

describe("questions", () => {
  const asked = (id: string): Frame => frame({ type: "permission_requested", id, chat_id: "c", task_id: "t", title: id, tool: tool("t"), options: [], expires_at: AT });
  const open = (id: string): Permission => ({
    ...{ id, chat_id: "c", task_id: "t", title: id, tool: tool("t"), options: [], expires_at: AT, created_at: AT },
    ...{ outcome: null, answered_by: null },
  });
  const waiting = (transcript: Transcript): string[] => transcript.questions.map((each) => each.id);

  it("come once and go when they are answered, here or anywhere", () => {
    let transcript = reduce(start(), [asked("q1"), asked("q2"), asked("q1")]);
    expect(waiting(transcript)).toEqual(["q1", "q2"]);
    transcript = reduce(transcript, [frame({ type: "permission_resolved", id: "q1", chat_id: "c", task_id: "t", outcome: "selected:yes" })]);
    expect(waiting(transcript)).toEqual(["q2"]);
  });

  it("an older list neither brings back what was answered nor drops what was asked since", () => {
    const transcript = reduce(start(), [asked("q1"), asked("q2")]);
    expect(waiting(withQuestions(transcript, [open("q0"), open("q1")], new Set(["q0"]), 1))).toEqual(["q1", "q2"]);
    expect(waiting(withQuestions(transcript, [], new Set(), 2))).toEqual([]);
  });
});

describe("the agents of a chat", () => {
  it("an older list does not undo what a frame told since", () => {
    const told = { type: "agent_status_updated" as const, chat_id: "c", agent: "practice", reason: null, quiet_since: null };
    const transcript = reduce(start(), [frame({ ...told, status: "blocked" })]);
    expect(withAgents(transcript, [session({ status: "working" })], EMPTY).statuses["practice"]?.status).toBe("blocked");
    expect(withAgents(transcript, [session({ status: "working" })], transcript).statuses["practice"]?.status).toBe("working");
  });

  it("have the commands that they told last", () => {
    const named = (name: string) => [{ name, description: "", hint: null }];
    const before = withAgents(start(), [session({ commands: named("old") })], EMPTY);
    expect(before.commands).toEqual({ practice: named("old") });
    const after = reduce(before, [frame({ type: "agent_commands_updated", agent: "practice", commands: named("new") })]);
    expect(withAgents(after, [session({ commands: named("old") })], before).commands).toEqual({ practice: named("new") });
    expect(withAgents(after, [session({ commands: null })], after).commands).toEqual({ practice: named("new") });
  });

  it("tell their commands and what waits", () => {
    const commands = [{ name: "plan", description: "" }];
    const transcript = reduce(start(), [
      frame({ type: "agent_commands_updated", agent: "practice", commands }),
      frame({ type: "pending_changes_updated", session_id: "s", pending: 3 }),
      frame({ type: "notice", message_id: null, text: "The files were put back." }),
    ]);
    expect(transcript).toMatchObject({ commands: { practice: commands }, pending: 3 });
    expect(transcript.remarks).toMatchObject([{ text: "The files were put back.", after: null }]);
  });
});

function session(more: Partial<AgentSession>): AgentSession {
  return {
    ...{ chat_id: "c", agent: "practice", status: "idle" as const, has_session: true, model: null, session_id: "s" },
    ...{ input_tokens: null, output_tokens: null, cost: null, last_active_at: null, reason: null, quiet_since: null, commands: null },
    ...more,
  };
}

describe("a chat that is read anew", () => {
  it("keeps what was told beside its messages", () => {
    const usage = { input_tokens: 5, output_tokens: 7, cost: null };
    const before = reduce(start(), [
      created(streaming("m")),
      frame({ type: "usage_updated", message_id: "m", ...usage }),
      done("m"),
      frame({ type: "pending_changes_updated", session_id: "s", pending: 2 }),
      frame({ type: "agent_commands_updated", agent: "practice", commands: [] }),
    ]);
    const after = readAnew(before, fromPage([message("m"), streaming("n", { usage })], before.lastSeq));
    expect(after.usage).toEqual({ practice: { inputTokens: 5, outputTokens: 7, cost: null } });
    expect([after.pending, after.commands]).toEqual([2, { practice: [] }]);
    expect(ids(after)).toEqual(["m", "n"]);
  });
});
