// Projects, their sessions and chats.

import { confirmed, el, markCurrent, problemLine, setText } from "./dom.js";
import { allItems, api } from "./net.js";
import { policyNode } from "./policy.js";
import { riskNodes } from "./risks.js";

const STATUS_WORDS = { working: "working", blocked: "waits for you", error: "failed", idle: "idle" };

export class Sidebar {
  /** `openChat(id)` goes to a chat; `changed()` is called when projects or chats came or went. */
  constructor(root, openChat, changed) {
    this.root = root;
    this.openChat = openChat;
    this.changed = changed;
    this.projects = [];
    this.sessions = [];
    this.dots = new Map();
    this.status = new Map();
    this.current = null;
    this.list = el("div", { class: "project-list" });
    this.note = el("div", {});
    this.path = el("input", {
      id: "project-path", name: "path", placeholder: "/home/me/project", autocomplete: "off", spellcheck: "false", required: true,
    });
    const form = el(
      "form", { class: "add-project" },
      el("label", { for: "project-path" }, "Add a project"),
      el("div", { class: "row" }, this.path, el("button", { class: "primary" }, "Add")),
      el("p", { class: "note" }, "The full path of a git repository on this machine."),
      this.note,
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.addProject();
    });
    root.replaceChildren(this.list, form);
  }

  async load() {
    const [projects, sessions] = await Promise.all([api.get("projects"), allItems("sessions")]);
    this.projects = projects.items;
    this.sessions = sessions;
    this.render();
    this.changed();
  }

  chat(id) {
    for (const session of this.sessions) {
      const chat = session.chats.find((each) => each.id === id);
      if (chat) return { chat, session, project: this.projects.find((each) => each.id === session.project_id) };
    }
    return null;
  }

  newestChat() {
    return this.sessions[0]?.chats[0]?.id ?? null;
  }

  setCurrent(chatId) {
    this.current = chatId;
    for (const link of this.root.querySelectorAll("a.chat-link")) markCurrent(link, link.dataset.chat === chatId);
  }

  setStatus(chatId, status) {
    this.status.set(chatId, status);
    const dot = this.dots.get(chatId);
    if (dot) showStatus(dot, status);
  }

  async addProject() {
    await this.attempt(this.note, async () => {
      const project = await api.post("projects", { path: this.path.value.trim() });
      this.path.value = "";
      const known = this.sessions.find((session) => session.project_id === project.id);
      const session = known ?? (await api.post("sessions", { project_id: project.id }));
      await this.load();
      this.openChat(session.chats[0].id);
    });
  }

  async newSession(project) {
    await this.attempt(this.note, async () => {
      const session = await api.post("sessions", { project_id: project.id });
      await this.load();
      this.openChat(session.chats[0].id);
    });
  }

  async newChat(session) {
    await this.attempt(this.note, async () => {
      const chat = await api.post("chats", { session_id: session.id });
      await this.load();
      this.openChat(chat.id);
    });
  }

  /** A session that nobody named is named after its first prompt. */
  async nameAfter(session, text) {
    if (session.title !== "New session" && session.title !== "") return;
    const line = text.trim().split("\n")[0];
    const title = line.length > 60 ? `${line.slice(0, 59)}…` : line;
    await api.patch(`sessions/${session.id}`, { title });
    await this.load();
  }

  /** `what` is a text or nodes, or makes them. */
  async remove(kind, thing, name, what) {
    if (!(await confirmed(`Delete ${name}?`, typeof what === "function" ? await what() : what, "Delete"))) return;
    await this.attempt(this.note, async () => {
      await api.delete(`${kind}/${thing.id}`);
      await this.load();
    });
  }

  async attempt(place, work) {
    place.replaceChildren();
    try {
      await work();
    } catch (error) {
      place.replaceChildren(problemLine(error));
    }
  }

  render() {
    this.dots.clear();
    this.list.replaceChildren(...this.projects.map((project) => this.projectNode(project)));
    this.setCurrent(this.current);
  }

  projectNode(project) {
    const sessions = this.sessions.filter((session) => session.project_id === project.id);
    const what = "Its sessions and chats go. The repository itself is not touched, and a worktree that holds work is kept.";
    return el(
      "section", { class: "project", "aria-label": project.name },
      el("div", { class: "row" },
        el("h2", { title: project.path }, project.name),
        el("button", { class: "quiet small", onclick: () => this.newSession(project) }, "New session"),
        el("button", {
          class: "quiet small icon", "aria-label": `Forget project ${project.name}`, title: "Forget this project",
          onclick: () => this.remove("projects", project, `project ${project.name}`, what),
        }, "×"),
      ),
      policyNode(project, (now) => Object.assign(project, now)),
      sessions.length
        ? el("ul", {}, ...sessions.map((session) => this.sessionNode(session)))
        : el("p", { class: "note" }, "No session yet. Open one to give an agent something to do."),
    );
  }

  sessionNode(session) {
    const title = session.title || "New session";
    return el(
      "li", { class: "session" },
      el("div", { class: "row" },
        session.chats.length === 1 ? this.chatLink(session.chats[0], title) : el("span", { class: "session-title" }, title),
        el("button", { class: "quiet small icon", "aria-label": `New chat in ${title}`, title: "New chat in this session", onclick: () => this.newChat(session) }, "+"),
        el("button", {
          class: "quiet small icon", "aria-label": `Delete session ${title}`, title: "Delete this session",
          onclick: () => this.remove("sessions", session, `“${title}”`, () => riskNodes(session)),
        }, "×"),
      ),
      session.chats.length === 1
        ? null
        : el("ul", {}, ...session.chats.map((chat, n) => el("li", {}, this.chatLink(chat, chat.title || `Chat ${n + 1}`)))),
    );
  }

  chatLink(chat, title) {
    const dot = el("span", { class: "dot idle" });
    this.dots.set(chat.id, dot);
    showStatus(dot, this.status.get(chat.id) ?? "idle");
    return el("a", { class: "chat-link", href: `#/chat/${encodeURIComponent(chat.id)}`, "data-chat": chat.id }, dot, el("span", {}, title));
  }
}

export function showStatus(dot, status) {
  dot.className = `dot ${status}`;
  dot.title = STATUS_WORDS[status] ?? status;
  setText(dot, "");
  dot.append(el("span", { class: "unseen" }, `(${dot.title})`));
}
