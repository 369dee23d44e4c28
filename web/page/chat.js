// One chat: its transcript, live; the questions of its agent; the composer; the changes that wait.

import { announce, byId, el, problemLine, remember, remembered, setText } from "./dom.js";
import { api } from "./net.js";
import { ChangesView } from "./changes.js";
import { Checkpoints } from "./checkpoints.js";
import { CommandOffer } from "./commands.js";
import { Pickers } from "./pickers.js";
import { QuestionView } from "./questions.js";
import { QueuedPrompt } from "./queue.js";
import { MessageView, onDrawn } from "./transcript.js";
import { showStatus } from "./sidebar.js";

const NEAR_END_PX = 150;
const AGENT_WORDS = { working: "is working", blocked: "waits for your answer", idle: "is idle", error: "has a problem" };

const clock = (iso) => new Date(iso).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });

export class ChatView {
  constructor(main, { live, sidebar, providers, chat, session, project }) {
    Object.assign(this, { main, live, sidebar, providers, chat, session, project });
    this.topic = `chat:${chat.id}`;
    this.messages = new Map();
    this.prompts = new Map(); // by task: where its answer goes
    this.queued = new Map();
    this.questions = new Map();
    this.answered = new Set();
    this.older = null;
    this.follows = true;
    this.isGone = false;
    this.build();
    onDrawn(() => this.keepUp());
    this.open();
  }

  close() {
    this.isGone = true;
    this.live.leave(this.topic);
    this.resized.disconnect();
    onDrawn(() => {});
  }

  // what is where

  build() {
    this.inner = el("div", { class: "log-inner" });
    this.log = el("div", { class: "log", tabindex: "0", role: "region", "aria-label": "Conversation" }, this.inner);
    this.log.addEventListener("scroll", () => this.noteScroll(), { passive: true });
    this.resized = new ResizeObserver(() => this.keepUp());
    this.resized.observe(this.log);
    this.resized.observe(this.inner);
    this.jump = el("button", { class: "jump", hidden: true, onclick: () => this.followAgain() }, "Jump to the newest");
    this.asked = el("div", { class: "questions" });
    this.checkpoints = new Checkpoints(this.chat, this.session, (taskId) => this.prompts.get(taskId));
    this.statusDot = el("span", { class: "dot idle" });
    this.statusText = el("span", { class: "note" });
    this.tabs = { talk: this.tab("talk", "Conversation"), changes: this.tab("changes", "Changes") };
    this.columns = el("div", { class: "chat-columns", "data-tab": "talk" },
      el("section", { class: "talk", "aria-label": "Conversation" }, el("div", { class: "log-place" }, this.log, this.jump), this.asked, this.checkpoints.note, this.composer()));
    this.changes = new ChangesView(this.session, (count) => this.showCount(count));
    this.columns.append(this.changes.node);
    this.main.replaceChildren(
      el("div", { class: "chat-head" },
        el("div", {}, el("h1", {}, this.session.title || "New session"), el("p", { class: "note" }, this.project ? `${this.project.name} · ${this.project.path}` : "")),
        el("div", { class: "agent-status" }, this.statusDot, this.statusText),
        el("div", { class: "tabs", role: "group", "aria-label": "Show" }, this.tabs.talk, this.tabs.changes)),
      this.columns);
    this.showTab("talk");
  }

  tab(name, label) {
    return el("button", { class: "tab", onclick: () => this.showTab(name) }, label);
  }

  showTab(name) {
    this.columns.dataset.tab = name;
    for (const [key, button] of Object.entries(this.tabs)) button.setAttribute("aria-pressed", String(key === name));
  }

  showCount(count) {
    setText(this.tabs.changes, count ? `Changes (${count})` : "Changes");
    this.columns.classList.toggle("has-changes", count > 0);
  }

  composer() {
    this.text = el("textarea", { id: "prompt", rows: "3", placeholder: "For example: create hello.py that prints hello", "aria-describedby": "prompt-help" });
    this.text.value = remembered(`draft.${this.chat.id}`) ?? "";
    this.text.addEventListener("input", () => remember(`draft.${this.chat.id}`, this.text.value));
    this.text.addEventListener("keydown", (event) => this.key(event));
    this.sendButton = el("button", { class: "primary" }, "Send");
    this.stopButton = el("button", { class: "stop", hidden: true, type: "button", onclick: () => this.stop() }, "Stop");
    this.note = el("div", {});
    this.pickers = new Pickers(this.chat.id, this.providers, (isUsable) => { this.sendButton.disabled = !isUsable; });
    this.offer = new CommandOffer(this.text, () => this.pickers.commands);
    const form = el("form", { class: "composer" },
      el("label", { for: "prompt", class: "unseen" }, "What shall the agent do?"),
      this.text, this.offer.node,
      el("div", { class: "row wrap" },
        ...this.pickers.nodes,
        el("span", { class: "grow" }), el("span", { class: "row" }, this.stopButton, this.sendButton)),
      el("p", { class: "note", id: "prompt-help" }, "Enter sends, Shift+Enter starts a line, Esc stops the turn. The agent works in a worktree of its own; your files change only when you apply."),
      this.pickers.note, this.note);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
    });
    return form;
  }

  setProviders(providers) {
    this.providers = providers;
    this.pickers.setProviders(providers);
  }

  // what a person does

  key(event) {
    if (event.isComposing || this.offer.key(event)) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.send();
    } else if (event.key === "Escape" && !this.stopButton.hidden) {
      event.preventDefault();
      this.stop();
    }
  }

  async send() {
    const text = this.text.value;
    if (!text.trim() || this.sendButton.disabled) return;
    // The same id until the server has said yes: a repeat after a lost answer is one message.
    this.clientId ??= globalThis.crypto?.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;
    this.note.replaceChildren();
    this.sendButton.disabled = true;
    try {
      const body = { text, ...this.pickers.choice, client_id: this.clientId };
      const posted = await api.post(`chats/${this.chat.id}/messages`, body);
      this.clientId = null;
      this.text.value = "";
      remember(`draft.${this.chat.id}`, "");
      this.put(posted.message);
      this.followAgain();
      this.sidebar.nameAfter(this.session, text).catch(() => {}); // a name can wait
    } catch (error) {
      if (error.status >= 400 && error.status < 500) this.clientId = null;
      this.note.replaceChildren(problemLine(error));
    } finally {
      this.sendButton.disabled = false;
    }
  }

  async stop() {
    this.stopButton.disabled = true;
    try {
      await api.post(`chats/${this.chat.id}/cancel`);
    } catch (error) {
      this.note.replaceChildren(problemLine(error));
    } finally {
      this.stopButton.disabled = false;
    }
  }

  // what the server says

  async open() {
    try {
      const { last_seq: seq } = await api.get(`chats/${this.chat.id}/events?limit=1`);
      const page = await api.get(`chats/${this.chat.id}/messages?limit=50`);
      if (this.isGone) return;
      this.isFolded = page.items.some((message) => message.status === "streaming");
      if (this.isFolded) {
        // What streams now is only whole in the log: fold the chat from its beginning.
        this.live.follow(this.topic, 0, (frame) => this.hear(frame));
      } else {
        for (const message of page.items) this.put(message);
        this.showOlder(page.next);
        this.showEmpty();
        this.live.follow(this.topic, seq, (frame) => this.hear(frame));
      }
      this.changes.load();
      await Promise.all([this.loadQuestions(), this.checkpoints.load()]);
    } catch (error) {
      if (!this.isGone) this.inner.append(problemLine(error), el("button", { onclick: () => this.reopen() }, "Try again"));
    }
  }

  reopen() {
    this.inner.replaceChildren();
    this.messages.clear();
    this.prompts.clear();
    this.queued.clear();
    this.open();
  }

  async loadQuestions() {
    const before = [...this.questions];
    const inbox = await api.get("inbox");
    const open = inbox.items.map((item) => item.permission).filter((each) => each?.chat_id === this.chat.id);
    for (const permission of open) this.ask(permission);
    for (const [id, view] of before) if (!open.some((each) => each.id === id)) view.close("This question is no longer open.");
    const agents = await api.get(`sessions/${this.session.id}/agent-sessions`);
    const mine = agents.filter((each) => each.chat_id === this.chat.id);
    if (mine.length) this.showAgent(mine.at(-1));
  }

  /** The connection is back: topics resume by themselves, the rest is asked for again. */
  refresh() {
    this.changes.load();
    this.loadQuestions().catch(() => {});
  }

  hear(frame) {
    switch (frame.type) {
      case "message_created": return this.put(frame.message);
      case "message_updated": return this.update(frame.message);
      case "message_removed": return this.drop(frame.message_id);
      case "permission_requested": return this.ask(frame);
      case "permission_resolved": return this.resolve(frame);
      case "agent_commands_updated": return this.pickers.learnCommands(frame.agent, frame.commands);
      case "agent_status_updated": return this.showAgent(frame);
      case "pending_changes_updated": return this.changes.load();
      case "checkpoint_created": return this.checkpoints.learn(frame.checkpoint);
      case "checkpoint_restored": return this.restored(frame);
      case "error": return this.note.replaceChildren(problemLine({ message: frame.detail }));
    }
    if (frame.type === "notice" && !frame.message_id) return this.remark(frame.text);
    const message = this.messages.get(frame.message_id);
    if (!message || !message.isStreaming) return; // told already, by the page of history
    message.fold(frame);
    if (frame.type === "message_complete") this.turnEnded(frame);
  }

  /** At the end or before a node; an answer goes below its prompt, for others may have queued up behind that. */
  put(message, before = null) {
    this.inner.querySelector(".empty")?.remove();
    if (this.messages.has(message.id)) return;
    const view = new MessageView(message);
    this.messages.set(message.id, view);
    const prompt = message.role === "assistant" ? this.prompts.get(message.task_id) : null;
    if (prompt) prompt.node.after(view.node);
    else this.inner.insertBefore(view.node, before);
    if (prompt) this.dequeue(prompt.id);
    if (message.role === "user" && message.task_id) {
      this.prompts.set(message.task_id, view);
      this.checkpoints.offer(message.task_id);
    }
    if (message.queued) this.queued.set(message.id, new QueuedPrompt(view, message.text, (text) => this.takenBack(text)));
    if (view.isStreaming) {
      this.stopButton.hidden = false;
      this.checkpoints.turnBegan();
      announce(`${message.agent || "The agent"} has started.`);
    }
    this.keepUp();
  }

  update(message) {
    this.messages.get(message.id)?.replace(message);
    this.queued.get(message.id)?.edited(message.text);
  }

  drop(messageId) {
    this.dequeue(messageId);
    this.messages.get(messageId)?.node.remove();
    this.messages.delete(messageId);
    this.showEmpty();
  }

  /** Messages that leave keep their place, in case they come back; what was never here is asked for. */
  restored(frame) {
    if (!this.isFolded && frame.shown_messages.some((id) => !this.messages.has(id))) {
      this.reopen();
    } else {
      for (const id of frame.hidden_messages) this.toggle(id, false);
      for (const id of frame.shown_messages) this.toggle(id, true);
      this.inner.querySelector(".empty")?.remove();
      this.showEmpty();
    }
    this.checkpoints.restored(frame.safety_id);
    this.changes.load();
    this.keepUp();
  }

  toggle(messageId, isShown) {
    const view = this.messages.get(messageId);
    if (view) view.node.hidden = !isShown;
  }

  dequeue(messageId) {
    this.queued.get(messageId)?.close();
    this.queued.delete(messageId);
  }

  /** What was taken back here can be written anew. */
  takenBack(text) {
    if (this.text.value.trim()) return;
    this.text.value = text;
    remember(`draft.${this.chat.id}`, text);
    this.text.focus();
  }

  /** A word about the chat as a whole, not part of a message. */
  remark(text) {
    this.inner.append(el("p", { class: "notice", role: "status" }, text));
    this.keepUp();
  }

  turnEnded(frame) {
    this.stopButton.hidden = ![...this.messages.values()].some((message) => message.isStreaming);
    const words = { complete: "The agent is done.", cancelled: "The turn was stopped.", error: "The turn failed.", interrupted: "The turn was cut off." };
    announce(words[frame.status] ?? "The turn is over.");
  }

  ask(permission) {
    const known = this.questions.get(permission.id);
    if (known || this.answered.has(permission.id)) return;
    const view = new QuestionView(permission);
    this.questions.set(permission.id, view);
    this.asked.append(view.node);
    announce(`The agent asks: ${permission.title}`);
  }

  resolve(frame) {
    this.answered.add(frame.id);
    const view = this.questions.get(frame.id);
    if (view) view.resolved(frame.outcome);
  }

  showAgent({ agent, status, reason, quiet_since: quietSince }) {
    showStatus(this.statusDot, status);
    const label = this.providers.find((provider) => provider.id === agent)?.label ?? agent;
    const words = quietSince ? `has said nothing since ${clock(quietSince)}` : AGENT_WORDS[status] ?? status;
    setText(this.statusText, `${label} ${words}${reason ? `: ${reason}` : ""}`);
    this.sidebar.setStatus(this.chat.id, status);
  }

  showEmpty() {
    if ([...this.messages.values()].some((view) => !view.node.hidden)) return;
    this.inner.append(el("div", { class: "empty" },
      el("h2", {}, "What shall be done?"),
      el("p", {}, "Say it in plain words below. The agent gets a copy of the project to work in, and you decide which of its changes come into your files."),
      el("p", { class: "note" }, "The practice agent needs no key and understands, for example: “create hello.py that prints hello”, “run ls”, “count to 20 slowly”.")));
  }

  showOlder(cursor) {
    this.older?.remove();
    if (!cursor) return;
    this.older = el("button", { class: "quiet older" }, "Show older messages");
    this.older.addEventListener("click", async () => {
      const page = await api.get(`chats/${this.chat.id}/messages?limit=50&before=${encodeURIComponent(cursor)}`);
      const before = this.log.scrollHeight;
      const first = this.older.nextSibling;
      for (const message of page.items) this.put(message, first);
      this.log.scrollTop += this.log.scrollHeight - before;
      this.showOlder(page.next);
    });
    this.inner.prepend(this.older);
  }

  // following the stream: only a person's own scrolling up lets go of it

  noteScroll() {
    const { scrollTop, scrollHeight, clientHeight } = this.log;
    const fromEnd = scrollHeight - scrollTop - clientHeight;
    const before = this.seen;
    this.seen = { scrollTop, scrollHeight, clientHeight };
    const isSameSize = before?.scrollHeight === scrollHeight && before?.clientHeight === clientHeight;
    if (isSameSize && scrollTop < before.scrollTop - 1 && fromEnd > 4) this.follows = false;
    else if (fromEnd < 4) this.follows = true;
    this.jump.hidden = this.follows || fromEnd < NEAR_END_PX;
  }

  keepUp() {
    if (this.follows) {
      this.log.scrollTop = this.log.scrollHeight;
    }
    this.noteScroll();
  }

  followAgain() {
    this.follows = true;
    this.keepUp();
    this.jump.hidden = true;
  }

  focus() {
    if (!byId("confirm").open) this.text.focus({ preventScroll: true });
  }
}
