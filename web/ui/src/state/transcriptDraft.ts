/** A transcript while a batch of frames is folded in: copied once a batch, not once a frame. */

import type { Frame, Message, MessageComplete, MessageDelta, Part, PlanItem, ToolsLabelled, Usage } from "../wire/types";
import { placeOf, plus, turnOf, usageOf, type Transcript } from "./transcript";

type Writable<T> = { -readonly [K in keyof T]: T[K] };

export class Draft {
  private readonly next: Writable<Transcript>;
  private messages: Message[];
  /** Those copied in this batch, which may be written to. */
  private readonly own = new Map<string, Message>();
  private hasNewMessages = false;
  private hasNewUsage = false;

  constructor(before: Transcript) {
    this.next = { ...before };
    this.messages = before.messages as Message[];
  }

  done(): Transcript {
    if (this.hasNewMessages) {
      this.next.messages = this.messages;
      const turn = turnOf(this.messages);
      if (turn?.messageId !== this.next.turn?.messageId) this.next.turn = turn;
    }
    if (this.hasNewUsage) this.next.usage = usageOf(this.next.settledUsage, this.messages);
    return this.next;
  }

  take(frame: Frame): void {
    this.next.lastSeq = frame.seq;
    switch (frame.type) {
      case "message_created":
        return this.put(frame.message);
      case "message_updated":
        return this.replace(frame.message);
      case "message_removed":
        return this.remove([frame.message_id]);
      case "message_delta":
        return this.grow(frame);
      case "tool_call":
      case "tool_update":
        return this.write(frame.message_id, (message) => putTool(message.parts, frame.part));
      case "plan_updated":
        return this.write(frame.message_id, (message) => putPlan(message.parts, frame.entries));
      case "notice":
        return this.notice(frame.message_id, frame.text, frame.at);
      case "usage_updated":
        return this.use(frame.message_id, frame);
      case "tools_labelled":
        return this.label(frame);
      case "message_complete":
        return this.complete(frame);
      default:
        return this.takeAside(frame);
    }
  }

  /** What is told of the chat beside its messages. */
  private takeAside(frame: Frame): void {
    const next = this.next;
    switch (frame.type) {
      case "agent_status_updated": {
        const { status, reason, quiet_since: quietSince } = frame;
        next.statuses = { ...next.statuses, [frame.agent]: { status, reason, quietSince, seq: frame.seq } };
        break;
      }
      case "agent_commands_updated":
        next.commands = { ...next.commands, [frame.agent]: frame.commands };
        break;
      case "permission_requested":
        if (!next.questions.some((each) => each.id === frame.id)) next.questions = [...next.questions, frame];
        break;
      case "permission_resolved":
        next.questions = next.questions.filter((each) => each.id !== frame.id);
        break;
      case "pending_changes_updated":
        next.pending = frame.pending;
        break;
      case "checkpoint_restored":
        this.remove(frame.hidden_messages);
        if (frame.shown_messages.some((id) => !this.isKnown(id))) next.isBehind = true;
        break;
    }
  }

  private put(message: Message): void {
    if (!this.isKnown(message.id)) {
      this.change();
      this.messages.splice(placeOf(this.messages, message), 0, message);
    }
    if (message.role === "assistant") this.dequeue(message.task_id);
  }

  /** The answer has begun: its prompt waits no more. */
  private dequeue(taskId: string | null): void {
    const prompt = this.messages.find((each) => each.queued && each.task_id === taskId);
    if (prompt) this.copyOf(prompt).queued = false;
  }

  private replace(message: Message): void {
    const index = this.messages.findIndex((each) => each.id === message.id);
    if (index < 0) return;
    this.change();
    this.own.delete(message.id);
    this.messages[index] = message;
  }

  private remove(ids: readonly string[]): void {
    const gone = new Set(ids);
    if (!this.messages.some((message) => gone.has(message.id))) return;
    this.messages = this.messages.filter((message) => !gone.has(message.id));
    this.hasNewMessages = true;
    this.next.remarks = this.next.remarks.filter((remark) => remark.after === null || !gone.has(remark.after));
  }

  private grow({ message_id: id, kind, text }: MessageDelta): void {
    this.write(id, (message) => {
      const last = message.parts.at(-1);
      if (last?.type === kind) last.text = (last.text ?? "") + text;
      else message.parts.push(textPart(kind, text));
      if (kind === "text") message.text += text;
    });
  }

  private notice(id: string | null, text: string, at: string): void {
    if (id !== null) return this.write(id, (message) => void message.parts.push(textPart("notice", text)));
    const after = this.messages.at(-1)?.id ?? null;
    this.next.remarks = [...this.next.remarks, { seq: this.next.lastSeq, at, text, after }];
  }

  private use(id: string, { input_tokens, output_tokens, cost }: Usage): void {
    this.write(id, (message) => {
      message.usage = { input_tokens, output_tokens, cost };
      this.hasNewUsage = true;
    });
  }

  private complete(frame: MessageComplete): void {
    this.write(frame.message_id, (message) => {
      message.status = frame.status;
      message.model = frame.model ?? message.model;
      message.error = frame.error;
      const { agent, usage } = message;
      if (!agent || !usage) return;
      this.next.settledUsage = { ...this.next.settledUsage, [agent]: plus(this.next.settledUsage[agent], usage) };
      this.hasNewUsage = true;
    });
  }

  /** Also of a message that is complete: labels come when they are ready. The first one of a call counts. */
  private label({ message_id: id, label }: ToolsLabelled): void {
    const known = this.own.get(id) ?? this.messages.findLast((each) => each.id === id);
    if (!known || known.labels.some((each) => each.tool_call_ids[0] === label.tool_call_ids[0])) return;
    const copy = this.copyOf(known);
    copy.labels = [...copy.labels, label];
  }

  /** Only a message that is being written changes: of another one the page of history has told already. */
  private write(id: string, change: (message: Message) => void): void {
    const known = this.own.get(id) ?? this.messages.findLast((each) => each.id === id);
    if (known?.status === "streaming") change(this.copyOf(known));
  }

  private copyOf(message: Message): Message {
    const own = this.own.get(message.id);
    if (own) return own;
    this.change();
    const parts = message.parts.slice();
    const last = parts.at(-1);
    if (last) parts[parts.length - 1] = { ...last };
    const copy = { ...message, parts };
    this.messages[this.messages.indexOf(message)] = copy;
    this.own.set(message.id, copy);
    return copy;
  }

  private change(): void {
    if (this.hasNewMessages) return;
    this.hasNewMessages = true;
    this.messages = this.messages.slice();
  }

  private isKnown(id: string): boolean {
    return this.messages.some((message) => message.id === id);
  }
}

function putTool(parts: Part[], part: Part): void {
  const index = parts.findIndex((each) => each.type === "tool" && each.tool_call_id === part.tool_call_id);
  if (index < 0) parts.push(part);
  else parts[index] = part;
}

function putPlan(parts: Part[], entries: PlanItem[]): void {
  const plan: Part = { ...NO_FIELDS, type: "plan", entries };
  const index = parts.findIndex((each) => each.type === "plan");
  if (index < 0) parts.push(plan);
  else parts[index] = plan;
}

const NO_FIELDS = {
  text: null,
  tool_call_id: null,
  title: null,
  kind: null,
  status: null,
  input: null,
  output: null,
  locations: null,
  diff: null,
  entries: null,
  permission: null,
};

const textPart = (type: "text" | "reasoning" | "notice", text: string): Part => ({ ...NO_FIELDS, type, text });
