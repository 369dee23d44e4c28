// A question of an agent to a person: answered once, here or anywhere.

import { el, problemLine, setText } from "./dom.js";
import { api } from "./net.js";
import { longText } from "./transcript.js";

export class QuestionView {
  constructor(permission) {
    this.id = permission.id;
    this.options = permission.options;
    this.buttons = permission.options.map((option) =>
      el("button", {
        class: option.kind === "allow_once" ? "primary" : "quiet",
        onclick: () => this.answer(option),
      }, option.label));
    this.note = el("p", { class: "note" });
    const tool = permission.tool ?? {};
    this.node = el("section", { class: "question", role: "group", "aria-label": `Question: ${permission.title}` },
      el("h3", {}, "The agent asks"),
      el("p", {}, permission.title),
      tool.input && Object.keys(tool.input).length ? longText(JSON.stringify(tool.input, null, 2), "What it wants to do") : null,
      tool.diff ? longText(tool.diff.new_text, `New content of ${tool.diff.path}`) : null,
      el("div", { class: "row wrap" }, ...this.buttons),
      this.note);
    if (permission.outcome) this.resolved(permission.outcome);
    else this.showDeadline(permission.expires_at);
  }

  showDeadline(expiresAt) {
    const until = new Date(expiresAt);
    if (Number.isNaN(until.getTime())) return;
    setText(this.note, `Without an answer by ${until.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" })} it is decided for you.`);
  }

  async answer(option) {
    for (const button of this.buttons) button.disabled = true;
    try {
      const permission = await api.post(`permissions/${this.id}`, { option_id: option.id });
      this.resolved(permission.outcome ?? `selected:${option.id}`);
    } catch (error) {
      if (error.status === 409 || error.status === 404) {
        if (error.outcome) this.resolved(error.outcome);
        else this.close("This question is no longer open.");
      } else {
        for (const button of this.buttons) button.disabled = false;
        this.note.replaceChildren(problemLine(error));
      }
    }
  }

  resolved(outcome) {
    const [how, what] = [outcome.split(":")[0], outcome.slice(outcome.indexOf(":") + 1)];
    const label = this.options.find((option) => option.id === what)?.label ?? what;
    const words = { selected: `Answered: ${label}.`, timed_out: `Nobody answered in time: ${label}.`, withdrawn: `No longer needed: ${what}.` };
    this.close(words[how] ?? outcome);
  }

  close(words) {
    if (this.isClosed) return;
    this.isClosed = true;
    this.node.replaceChildren(el("p", { class: "note" }, words));
    this.node.classList.add("closed");
    setTimeout(() => this.node.remove(), 6000);
  }
}
