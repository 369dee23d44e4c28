// Messages: frames are folded into parts, and parts into DOM nodes that are only appended to while text streams.

import { el, problemLine, setText } from "./dom.js";
import { api } from "./net.js";

const MAX_LINES = 200;
const STATUS_WORDS = {
  cancelled: "Stopped.",
  error: "This turn failed.",
  interrupted: "This turn was cut off.",
};
const TOOL_WORDS = { pending: "waiting", running: "running", completed: "done", failed: "failed" };

/** One message and its article in the page. */
export class MessageView {
  constructor(message) {
    this.id = message.id;
    this.role = message.role;
    this.parts = [];
    this.head = el("header", { class: "who" });
    this.body = el("div", { class: "parts" });
    this.foot = el("footer", { class: "outcome" });
    this.node = el("article", { class: `message ${message.role}` }, this.head, this.body, this.foot);
    this.replace(message);
  }

  get isStreaming() {
    return this.status === "streaming";
  }

  /** The message as the server has it now. */
  replace(message) {
    this.agent = message.agent;
    this.model = message.model;
    this.taskId = message.task_id;
    this.createdAt = message.created_at;
    this.parts = [];
    this.body.replaceChildren();
    for (const part of message.parts) this.addPart(part);
    if (!message.parts.length && message.text) this.addPart({ type: "text", text: message.text });
    this.finish(message.status, message.error, message.model);
  }

  fold(frame) {
    switch (frame.type) {
      case "message_delta": return this.grow(frame.kind, frame.text);
      case "tool_call":
      case "tool_update": return this.putTool(frame.part);
      case "plan_updated": return this.putPlan(frame.entries);
      case "notice": return this.addPart({ type: "notice", text: frame.text });
      case "usage_updated": this.usage = frame; return this.showFoot();
      case "message_complete": return this.finish(frame.status, frame.error, frame.model);
    }
  }

  grow(kind, text) {
    const last = this.parts.at(-1);
    if (last && last.type === kind) last.grow(text);
    else this.addPart({ type: kind, text });
  }

  putTool(part) {
    const known = this.parts.find((view) => view.id && view.id === part.tool_call_id);
    if (known) known.show(part);
    else this.addPart(part);
  }

  putPlan(entries) {
    const known = this.parts.find((view) => view.type === "plan");
    if (known) known.show({ entries });
    else this.addPart({ type: "plan", entries });
  }

  addPart(part) {
    const view = part.type === "tool" ? new ToolView(part) : part.type === "plan" ? new PlanView(part) : new TextView(part);
    this.parts.at(-1)?.settle?.();
    this.parts.push(view);
    this.body.append(view.node);
  }

  finish(status, error, model) {
    this.status = status;
    this.error = error;
    this.model = model ?? this.model;
    if (status !== "streaming") for (const part of this.parts) part.settle?.();
    this.node.classList.toggle("streaming", status === "streaming");
    this.showHead();
    this.showFoot();
  }

  showHead() {
    const who = this.role === "user" ? "You" : this.agent || "Agent";
    const time = new Date(this.createdAt).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
    this.head.replaceChildren(el("strong", {}, who), el("time", { datetime: this.createdAt }, time));
    if (this.model) this.head.append(el("span", { class: "chip" }, this.model));
    if (this.isStreaming) this.head.append(el("span", { class: "dot working", title: "working" }));
  }

  showFoot() {
    const words = STATUS_WORDS[this.status];
    this.foot.replaceChildren();
    if (words) {
      const why = this.error ? ` ${this.error}` : "";
      this.foot.append(el("p", { class: this.status === "cancelled" ? "note" : "problem" }, words + why));
      if (this.status !== "cancelled" && this.taskId && !this.isRetried) this.foot.append(this.retryButton());
    }
    const { input_tokens: read, output_tokens: wrote, cost } = this.usage ?? {};
    if (read || wrote) {
      const money = cost ? ` · $${cost.toFixed(4)}` : "";
      this.foot.append(el("span", { class: "note" }, `${read ?? "~"} tokens read, ${wrote ?? "~"} written${money}`));
    }
  }

  /** The same prompt once more, as a new turn below. */
  retryButton() {
    const button = el("button", { class: "quiet small" }, "Try again");
    button.addEventListener("click", async () => {
      button.disabled = true;
      try {
        await api.post(`tasks/${this.taskId}/retry`);
        this.isRetried = true;
        button.remove();
      } catch (error) {
        button.disabled = false;
        button.after(problemLine(error));
      }
    });
    return button;
  }
}

/** Text grows in a single text node; when it is settled, code blocks get a frame of their own. */
class TextView {
  constructor(part) {
    this.type = part.type;
    this.text = "";
    this.live = document.createTextNode("");
    this.pending = "";
    if (part.type === "reasoning") {
      this.content = el("div", { class: "prose" }, this.live);
      this.node = el("details", { class: "reasoning" }, el("summary", {}, "Thinking"), this.content);
    } else {
      this.content = el("div", { class: part.type === "notice" ? "notice" : "prose" }, this.live);
      this.node = this.content;
    }
    this.grow(part.text ?? "");
  }

  grow(text) {
    this.text += text;
    this.pending += text;
    drawSoon(this);
  }

  draw() {
    if (this.pending && !this.isSettled) this.live.appendData(this.pending);
    this.pending = "";
  }

  settle() {
    if (this.isSettled || this.type === "notice") return;
    this.isSettled = true;
    this.pending = "";
    this.content.replaceChildren(...formatted(this.text));
  }
}

class ToolView {
  constructor(part) {
    this.type = "tool";
    this.id = part.tool_call_id;
    this.state = el("span", { class: "tool-state" });
    this.title = el("span", { class: "tool-title" });
    this.leave = el("span", { class: "chip", hidden: true });
    this.body = el("div", { class: "tool-body" });
    this.node = el("details", { class: "tool" }, el("summary", {}, this.state, this.title, " ", this.leave), this.body);
    this.node.addEventListener("toggle", () => this.fill());
    this.show(part);
  }

  show(part) {
    this.part = part;
    const status = part.status ?? "pending";
    setText(this.title, part.title || part.kind || "tool");
    setText(this.state, TOOL_WORDS[status]);
    setText(this.leave, shortLeave(part.permission));
    this.leave.hidden = !this.leave.textContent;
    this.state.className = `tool-state ${status}`;
    drawSoon(this);
  }

  draw() {
    if (this.node.open) this.fill();
  }

  /** A closed row has no body: a thousand lines cost nothing until somebody looks. */
  fill() {
    this.body.replaceChildren();
    if (!this.node.open) return;
    const { input, output, diff, locations, permission } = this.part;
    if (permission) this.body.append(el("p", { class: "note" }, permission));
    if (locations?.length) this.body.append(el("p", { class: "note" }, locations.join(", ")));
    if (input && Object.keys(input).length) this.body.append(longText(JSON.stringify(input, null, 2), "What it was given"));
    if (diff) this.body.append(el("p", { class: "note" }, `Writes ${diff.path}`), longText(diff.new_text, "New content"));
    if (output) this.body.append(longText(output, "Output"));
    if (!this.body.childNodes.length) this.body.append(el("p", { class: "note" }, "Nothing to show yet."));
  }
}

/** What a closed row says of a permission that no person gave. */
function shortLeave(permission) {
  if (permission?.startsWith("Timed out")) return "timed out";
  return permission?.startsWith("Allowed by the project") ? "allowed by policy" : "";
}

class PlanView {
  constructor(part) {
    this.type = "plan";
    this.list = el("ol", {});
    this.node = el("section", { class: "plan" }, el("h3", {}, "Plan"), this.list);
    this.show(part);
  }

  show({ entries }) {
    const words = { pending: "to do", in_progress: "now", completed: "done" };
    this.list.replaceChildren(
      ...(entries ?? []).map((entry) =>
        el("li", { class: `step ${entry.status}` }, el("span", { class: "step-state" }, words[entry.status] ?? entry.status), ` ${entry.content}`),
      ),
    );
  }
}

/** Preformatted text, its end cut off until it is asked for. */
export function longText(text, label) {
  const lines = text.split("\n");
  const shown = lines.length > MAX_LINES ? lines.slice(0, MAX_LINES).join("\n") : text;
  const pre = el("pre", { tabindex: "0", "aria-label": label }, shown);
  if (shown === text) return pre;
  const more = el("button", { class: "quiet small" }, `Show all ${lines.length} lines`);
  more.addEventListener("click", () => {
    pre.textContent = text;
    more.remove();
  });
  return el("div", {}, pre, more);
}

/** Fenced blocks and `code`; everything else stays as it was written. */
function formatted(text) {
  const nodes = [];
  const pieces = text.split(/^```([^\n`]*)\n([\s\S]*?)(?:^```[ \t]*$|(?![\s\S]))/m);
  for (let i = 0; i < pieces.length; i += 3) {
    nodes.push(...inline(i === 0 ? pieces[i] : pieces[i].replace(/^\n/, "")));
    if (i + 2 < pieces.length) nodes.push(el("pre", { tabindex: "0", "aria-label": pieces[i + 1] || "code" }, pieces[i + 2].replace(/\n$/, "")));
  }
  return nodes;
}

function inline(text) {
  return text.split(/(`[^`\n]+`)/).filter(Boolean).map((piece) =>
    piece.length > 2 && piece.startsWith("`") && piece.endsWith("`") ? el("code", {}, piece.slice(1, -1)) : document.createTextNode(piece),
  );
}

const toDraw = new Set();
let isPlanned = false;
let afterDraw = () => {};

/** All that changed is drawn once a frame, once a second while nobody can see it. */
function drawSoon(view) {
  toDraw.add(view);
  if (isPlanned) return;
  isPlanned = true;
  if (document.hidden) setTimeout(drawAll, 1000);
  else requestAnimationFrame(drawAll);
}

function drawAll() {
  isPlanned = false;
  for (const view of toDraw) view.draw();
  toDraw.clear();
  afterDraw();
}

export function onDrawn(callback) {
  afterDraw = callback;
}
