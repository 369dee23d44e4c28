// Changes: what the agent changed, as a diff, and what a person decides about it; what was applied can be taken back.

import { diffNode } from "./diff.js";
import { announce, el, fill, plural, problemLine } from "./dom.js";
import { api } from "./net.js";

const OP_WORDS = { create: "new", edit: "edited", delete: "deleted", rename: "renamed", chmod: "mode" };
const TIER_WORDS = { trim: "found despite other blanks", canon: "found despite other characters", fuzzy: "found by similar lines" };
const BASE_CHANGED = "The file has changed in your project since. When you apply this, it is matched on the lines of today.";
const MAX_APPLIED = 30;

export class ChangesView {
  constructor(session, showCount) {
    this.session = session;
    this.showCount = showCount;
    this.list = el("div", {});
    this.head = el("div", { class: "row wrap changes-head" });
    this.note = el("div", {});
    this.done = el("div", {});
    this.node = el("section", { class: "changes", "aria-label": "Changes that wait for you" }, this.head, this.note, this.list, this.done);
    this.openPaths = new Set();
    this.items = [];
    this.applied = [];
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
        const path = `sessions/${this.session.id}/pending`;
        [this.items, this.applied] = await Promise.all([api.get(path), api.get(`${path}?state=applied&limit=${MAX_APPLIED}`)]);
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
    const wasOpen = this.done.querySelector("details")?.open ?? false;
    this.done.replaceChildren(...this.appliedNodes(wasOpen));
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
    const body = el("div", { class: "diff-place" });
    const details = el("details", { class: "file" },
      el("summary", {}, ...titleNodes(change)),
      el("div", { class: "row wrap" },
        el("button", { class: "primary small", "aria-label": `Apply ${change.path}`, onclick: () => this.decide(change, "apply") }, "Apply"),
        el("button", { class: "quiet small", "aria-label": `Reject ${change.path}`, onclick: () => this.decide(change, "reject") }, "Reject"),
        change.agent ? el("span", { class: "note" }, `by ${change.agent}`) : null),
      change.base_changed ? el("p", { class: "notice" }, change.error ?? BASE_CHANGED) : null,
      body);
    details.addEventListener("toggle", () => {
      if (details.open) {
        this.openPaths.add(change.path);
        if (!body.childNodes.length) fill(body, change.binary ? el("p", { class: "note" }, "A binary file.") : diffNode(change.diff, (n) => this.hunkTools(change, n)));
      } else {
        this.openPaths.delete(change.path);
      }
    });
    if (this.openPaths.has(change.path) || this.items.length <= 3) details.open = true;
    return details;
  }

  hunkTools(change, n) {
    const button = (what, word) => el("button", {
      class: "quiet small", "aria-label": `${word} hunk ${n + 1} of ${change.path}`, onclick: () => this.decide(change, what, { hunks: [n] }),
    }, `${word} this hunk`);
    return [button("apply", "Apply"), button("reject", "Reject")];
  }

  /** The newest first: what is taken back is most often the last thing that was done. */
  appliedNodes(isOpen) {
    if (!this.applied.length) return [];
    const rows = [...this.applied].reverse().map((change) =>
      el("li", { class: "row wrap" },
        ...titleNodes(change),
        change.tier in TIER_WORDS ? el("span", { class: "chip" }, tierWords(change)) : null,
        el("span", { class: "grow" }),
        el("button", { class: "quiet small", "aria-label": `Rewind ${change.path}`, onclick: () => this.decide(change, "rewind") }, "Rewind")));
    return [el("details", { class: "applied", open: isOpen },
      el("summary", {}, this.applied.length < MAX_APPLIED ? `${plural(this.applied.length, "change")} applied` : `The last ${MAX_APPLIED} changes that were applied`),
      el("p", { class: "note" }, "Rewinding takes a change out of your project again. What you wrote there since is never lost: then it refuses."),
      el("ul", {}, ...rows))];
  }

  decide(change, what, body = {}) {
    return this.attempt(async () => {
      await api.post(`pending/${change.id}/${what}`, body);
      const part = body.hunks ? `Hunk ${body.hunks[0] + 1} of ${change.path}` : change.path;
      announce(`${part} was ${{ apply: "applied", reject: "rejected", rewind: "taken out of the project" }[what]}.`);
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
    const hadFocus = this.node.contains(document.activeElement);
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
    if (hadFocus) this.node.querySelector("button, summary")?.focus({ preventScroll: true });
  }
}

const sum = (items, field) => items.reduce((total, item) => total + (item[field] || 0), 0);

function titleNodes(change) {
  const name = change.old_path && change.old_path !== change.path ? `${change.old_path} → ${change.path}` : change.path;
  return [
    el("span", { class: `op ${change.op}` }, OP_WORDS[change.op] ?? change.op),
    el("span", { class: "file-name" }, name),
    el("span", { class: "plus" }, `+${change.additions}`), el("span", { class: "minus" }, `−${change.deletions}`),
  ];
}

function tierWords({ tier, score }) {
  return score === null || score >= 1 ? TIER_WORDS[tier] : `${TIER_WORDS[tier]}, ${Math.round(score * 100)} % alike`;
}
