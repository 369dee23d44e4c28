// Pending changes: what the agent changed, as a diff, and what a person decides about it.

import { announce, el, plural, problemLine } from "./dom.js";
import { api } from "./net.js";

const OP_WORDS = { create: "new", edit: "edited", delete: "deleted", rename: "renamed", chmod: "mode" };
const MAX_LINES = 400;

export class ChangesView {
  constructor(session, showCount) {
    this.session = session;
    this.showCount = showCount;
    this.list = el("div", {});
    this.head = el("div", { class: "row wrap changes-head" });
    this.note = el("div", {});
    this.node = el("section", { class: "changes", "aria-label": "Changes that wait for you" }, this.head, this.note, this.list);
    this.openPaths = new Set();
    this.items = [];
    this.render();
  }

  async load() {
    if (this.isLoading) {
      this.loadAgain = true;
      return;
    }
    this.isLoading = true;
    try {
      do {
        this.loadAgain = false;
        this.items = await api.get(`sessions/${this.session.id}/pending`);
      } while (this.loadAgain);
      this.render();
    } catch (error) {
      this.note.replaceChildren(problemLine(error));
    } finally {
      this.isLoading = false;
    }
  }

  render() {
    this.showCount(this.items.length);
    if (!this.items.length) {
      this.head.replaceChildren(el("h2", {}, "Changes"));
      this.list.replaceChildren(el("p", { class: "empty" }, "Nothing waits for you. When a turn of the agent has changed files, they appear here, and nothing reaches your project until you apply it."));
      return;
    }
    const [added, removed] = [sum(this.items, "additions"), sum(this.items, "deletions")];
    this.head.replaceChildren(
      el("h2", {}, `${plural(this.items.length, "file")} changed`),
      el("span", { class: "plus" }, `+${added}`), el("span", { class: "minus" }, `−${removed}`),
      el("span", { class: "grow" }),
      el("button", { class: "primary", onclick: () => this.applyAll() }, "Apply all"),
      el("button", { class: "quiet", onclick: () => this.rejectAll() }, "Reject all"));
    this.list.replaceChildren(...this.items.map((change) => this.fileNode(change)));
  }

  fileNode(change) {
    const name = change.old_path && change.old_path !== change.path ? `${change.old_path} → ${change.path}` : change.path;
    const body = el("div", { class: "diff-place" });
    const details = el("details", { class: "file" },
      el("summary", {},
        el("span", { class: `op ${change.op}` }, OP_WORDS[change.op] ?? change.op),
        el("span", { class: "file-name" }, name),
        el("span", { class: "plus" }, `+${change.additions}`), el("span", { class: "minus" }, `−${change.deletions}`)),
      el("div", { class: "row wrap" },
        el("button", { class: "primary small", "aria-label": `Apply ${change.path}`, onclick: () => this.decide(change, "apply") }, "Apply"),
        el("button", { class: "quiet small", "aria-label": `Reject ${change.path}`, onclick: () => this.decide(change, "reject") }, "Reject"),
        change.agent ? el("span", { class: "note" }, `by ${change.agent}`) : null),
      body);
    details.addEventListener("toggle", () => {
      if (details.open) {
        this.openPaths.add(change.path);
        if (!body.childNodes.length) body.append(change.binary ? el("p", { class: "note" }, "A binary file.") : diffNode(change.diff));
      } else {
        this.openPaths.delete(change.path);
      }
    });
    if (this.openPaths.has(change.path) || this.items.length <= 3) details.open = true;
    return details;
  }

  decide(change, what) {
    return this.attempt(async () => {
      await api.post(`pending/${change.id}/${what}`);
      announce(what === "apply" ? `${change.path} was applied.` : `${change.path} was rejected.`);
    });
  }

  applyAll() {
    return this.attempt(async () => {
      const done = await api.post(`sessions/${this.session.id}/pending/apply`);
      announce(`${plural(done.length, "file")} applied.`);
    });
  }

  rejectAll() {
    return this.attempt(async () => {
      for (const change of [...this.items]) await api.post(`pending/${change.id}/reject`);
      announce("All changes were rejected.");
    });
  }

  async attempt(work) {
    this.note.replaceChildren();
    for (const button of this.node.querySelectorAll("button")) button.disabled = true;
    let problem = null;
    try {
      await work();
    } catch (error) {
      problem = problemLine(error);
    }
    await this.load();
    for (const button of this.node.querySelectorAll("button")) button.disabled = false;
    if (problem) this.note.replaceChildren(problem);
  }
}

/** What the row above says already. */
const NOISE = /^(diff --git |index [0-9a-f]+\.\.|--- (a\/|"a\/|\/dev\/null)|\+\+\+ (b\/|"b\/|\/dev\/null))/;

const sum = (items, field) => items.reduce((total, item) => total + (item[field] || 0), 0);

function diffNode(diff) {
  const lines = diff.replace(/\n$/, "").split("\n").filter((line) => !NOISE.test(line));
  const pre = el("pre", { class: "diff", tabindex: "0", "aria-label": "Diff" }, ...lines.slice(0, MAX_LINES).map(diffLine));
  if (lines.length <= MAX_LINES) return pre;
  const more = el("button", { class: "quiet small" }, `Show all ${lines.length} lines`);
  more.addEventListener("click", () => {
    pre.append(...lines.slice(MAX_LINES).map(diffLine));
    more.remove();
  });
  return el("div", {}, pre, more);
}

function diffLine(line) {
  const kind = /^(diff |index |--- |\+\+\+ |new file|deleted file|similarity|rename |old mode|new mode)/.test(line)
    ? "meta" : line.startsWith("@@") ? "hunk" : line.startsWith("+") ? "add" : line.startsWith("-") ? "del" : "same";
  return el("span", { class: `line ${kind}` }, `${line}\n`);
}
