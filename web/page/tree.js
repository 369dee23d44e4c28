// The live supervision tree: who runs, who waits, what restarted, and the operator's actions.

import { announce, bytes, confirmed, duration, el, fill, plural, problemLine, setText } from "./dom.js";
import { api } from "./net.js";

const REFRESH_MS = 2000;
const MAX_EVENTS = 60;
const STATE_WORDS = {
  starting: "starting", idle: "idle", busy: "busy", blocked: "waiting", backing_off: "restarts soon",
  suspended: "suspended", stopping: "stopping", dead: "stopped",
};
const ACTIONS = {
  restart: ["Restart", "It is stopped and started again, with whatever its supervisor ties to it. What it was doing is lost."],
  stop: ["Stop", "It stays stopped until somebody restarts it. Parts of BooCode that need it will not work meanwhile."],
  suspend: ["Suspend", "It takes no more messages until it is resumed; they wait in its mailbox."],
  resume: ["Resume", "It goes on with the messages that wait."],
};

export class TreeView {
  constructor(main, live) {
    this.main = main;
    this.live = live;
    this.rows = new Map();
    this.order = "";
    this.selected = null;
    this.sums = el("p", { class: "note" });
    this.rowsBody = el("tbody", {});
    this.detail = el("section", { class: "detail", "aria-label": "The selected actor" });
    this.events = el("ol", { class: "events" }, el("li", { class: "note" }, "Nothing has happened yet."));
    this.note = el("div", {});
    main.replaceChildren(
      el("div", { class: "tree-page" },
        el("div", {}, el("h1", {}, "Supervision"), this.sums, this.note,
          el("div", { class: "table-place", tabindex: "0", role: "region", "aria-label": "Actors" },
            el("table", { class: "tree" },
              el("thead", {}, el("tr", {}, ...["Actor", "State", "Mailbox", "Restarts", "Process", "Up"].map((word) => el("th", { scope: "col" }, word)))),
              this.rowsBody))),
        el("div", {}, this.detail, el("h2", {}, "What happened"), this.events)));
    this.showDetail();
    this.timer = setInterval(() => document.hidden || this.load(), REFRESH_MS);
    this.load();
    this.openEvents();
  }

  async openEvents() {
    try {
      const past = await api.get("supervision/events");
      if (this.isGone) return;
      for (const frame of past.items.slice(-MAX_EVENTS)) this.hear(frame);
      this.live.follow("supervision", past.last_seq, (frame) => this.hear(frame));
    } catch (error) {
      if (!this.isGone) this.note.replaceChildren(problemLine(error));
    }
  }

  close() {
    clearInterval(this.timer);
    clearTimeout(this.soon);
    this.isGone = true;
    this.live.leave("supervision");
  }

  refresh() {
    this.load();
  }

  focus() {
    this.main.focus({ preventScroll: true });
  }

  async load() {
    if (this.isLoading) return;
    this.isLoading = true;
    try {
      const tree = await api.get("supervision");
      if (this.isGone) return;
      this.note.replaceChildren();
      this.show(tree);
    } catch (error) {
      if (!this.isGone) this.note.replaceChildren(problemLine(error));
    } finally {
      this.isLoading = false;
    }
  }

  hear(frame) {
    if (frame.type !== "supervision_event") return;
    if (!this.hasEvents) this.events.replaceChildren();
    this.hasEvents = true;
    const time = new Date(frame.at).toLocaleTimeString();
    this.events.prepend(el("li", { class: isBad(frame) ? "bad" : frame.event }, el("time", {}, time), ` ${frame.path} `, el("strong", {}, frame.event), frame.reason ? `: ${frame.reason}` : ""));
    while (this.events.childNodes.length > MAX_EVENTS) this.events.lastChild.remove();
    if (!this.soon) this.soon = setTimeout(() => { this.soon = null; this.load(); }, 250);
  }

  show(tree) {
    const flat = [];
    flatten(tree.root, 0, flat);
    const order = flat.map(({ node }) => node.path).join("\n");
    if (order !== this.order) this.rebuild(flat);
    this.order = order;
    this.nodes = new Map(flat.map(({ node }) => [node.path, node]));
    for (const { node } of flat) this.rows.get(node.path).show(node);
    setText(this.sums, [
      plural(flat.length, "actor"), plural(tree.owned_processes.length, "process", "processes") + " of ours",
      ...(tree.pool ? [`${plural(tree.pool.agents.length, "warm agent")}${tree.pool.next_evicted.length ? `, next to go: ${tree.pool.next_evicted[0]}` : ""}`] : []),
      plural(tree.dead_letters, "dead letter"), `event loop lag ${tree.loop_lag_ms.toFixed(1)} ms`,
    ].join(" · "));
    this.showDetail();
  }

  rebuild(flat) {
    const old = this.rows;
    this.rows = new Map();
    for (const { node, depth } of flat) {
      this.rows.set(node.path, old.get(node.path) ?? new Row(depth, () => this.select(node.path)));
    }
    const focused = document.activeElement;
    this.rowsBody.replaceChildren(...[...this.rows.values()].map((row) => row.node));
    if (focused && this.rowsBody.contains(focused)) focused.focus({ preventScroll: true });
  }

  select(path) {
    this.selected = path;
    this.shownDetail = null;
    this.showDetail();
  }

  showDetail() {
    const node = this.selected ? this.nodes?.get(this.selected) : null;
    for (const [path, row] of this.rows) row.mark(path === this.selected);
    if (!node) {
      this.detail.replaceChildren(el("p", { class: "note" }, "Select an actor to see more of it and to act on it."));
      return;
    }
    const facts = [
      ["Path", node.path], ["Kind", `${node.type}, ${node.kind}${node.strategy ? `, ${node.strategy}` : ""}`],
      ["State", STATE_WORDS[node.state] + (node.waits_for ? `: ${node.waits_for}` : "")],
      ["Incarnation", String(node.incarnation)], ["Messages handled", String(node.handled)],
      ["Mailbox", `${node.mailbox.depth} waiting, at most ${node.mailbox.high_water} so far, ${node.mailbox.capacity} fit`],
      ["Last exit", node.last_exit ? `${node.last_exit.reason} (${new Date(node.last_exit.at).toLocaleTimeString()})` : "none"],
    ];
    const signature = JSON.stringify([facts, node.last_error]);
    if (signature === this.shownDetail) return;
    this.shownDetail = signature;
    const focusedAction = this.detail.contains(document.activeElement) ? document.activeElement.dataset.action : null;
    const actions = node.kind === "supervisor" ? ["restart", "stop"] : [node.state === "suspended" ? "resume" : "suspend", "restart", "stop"];
    fill(this.detail,
      el("h2", {}, node.name),
      el("dl", {}, ...facts.flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, value)])),
      node.last_error ? el("details", {}, el("summary", {}, "Traceback of the last crash"), el("pre", { tabindex: "0" }, node.last_error)) : null,
      node.path.includes("/") ? el("div", { class: "row wrap" }, ...actions.map((action) =>
        el("button", { class: "quiet", "data-action": action, onclick: () => this.act(action, node) }, ACTIONS[action][0]))) : null);
    if (focusedAction) this.detail.querySelector(`[data-action="${focusedAction}"]`)?.focus();
  }

  async act(action, node) {
    const [word, what] = ACTIONS[action];
    if (action !== "resume" && !(await confirmed(`${word} ${node.name}?`, what, word))) return;
    const path = node.path.split("/").map(encodeURIComponent).join("/");
    try {
      await api.post(`supervision/actors/${path}/${action}`);
      announce(`${word}: done.`);
      this.note.replaceChildren();
    } catch (error) {
      this.note.replaceChildren(problemLine(error));
      return;
    }
    await this.load();
  }
}

class Row {
  constructor(depth, onSelect) {
    this.name = el("button", { class: "actor", onclick: onSelect });
    this.name.style.setProperty("--depth", depth);
    this.state = el("td", {});
    this.dot = el("span", { class: "dot" });
    this.word = el("span", {});
    this.state.append(this.dot, " ", this.word);
    this.cells = ["mailbox", "restarts", "process", "up"].map((kind) => el("td", { class: kind }));
    this.node = el("tr", {}, el("th", { scope: "row" }, this.name), this.state, ...this.cells);
  }

  mark(isSelected) {
    this.node.classList.toggle("selected", isSelected);
    this.name.setAttribute("aria-pressed", String(isSelected));
  }

  show(node) {
    setText(this.name, node.name);
    this.name.title = node.path;
    this.dot.className = `dot ${DOTS[node.state]}`;
    setText(this.word, STATE_WORDS[node.state] ?? node.state);
    this.word.title = node.waits_for ?? "";
    const [mailbox, restarts, process, up] = this.cells;
    setText(mailbox, node.kind === "supervisor" ? "" : `${node.mailbox.depth} / ${node.mailbox.high_water}`);
    mailbox.title = "waiting now / most that ever waited";
    setText(restarts, node.restarts ? String(node.restarts) : "");
    restarts.classList.toggle("hot", node.restarts > 0);
    setText(process, node.process ? `${node.process.pid} ${bytes(node.process.rss)}` : "");
    setText(up, duration(node.uptime_s));
  }
}

const DOTS = {
  starting: "working", idle: "idle", busy: "working", blocked: "blocked", backing_off: "error",
  suspended: "blocked", stopping: "blocked", dead: "error",
};

const isBad = ({ event, reason }) =>
  event === "start_failed" || event === "escalated" || (event === "exited" && !/^(normal|shutdown)/.test(reason ?? ""));

function flatten(node, depth, rows) {
  rows.push({ node, depth });
  for (const child of node.children) flatten(child, depth + 1, rows);
}
