// A prompt that waits for its turn: shown as such, edited or taken back until the turn begins.

import { announce, el, problemLine } from "./dom.js";
import { api } from "./net.js";

/** The row under a queued prompt. `takenBack(text)` is called when this window has taken the prompt back. */
export class QueuedPrompt {
  constructor(view, text, takenBack) {
    this.view = view;
    this.text = text;
    this.takenBack = takenBack;
    this.note = el("div", {});
    this.place = el("div", {});
    this.node = el("div", { class: "queued-bar" }, this.place, this.note);
    view.node.append(this.node);
    view.node.classList.add("queued");
    this.showButtons();
  }

  /** Its turn has begun, or it is gone. */
  close() {
    this.node.remove();
    this.view.node.classList.remove("queued");
  }

  edited(text) {
    this.text = text;
  }

  showButtons() {
    this.editButton = el("button", { class: "quiet small", "aria-label": "Edit this prompt", onclick: () => this.edit() }, "Edit");
    this.place.replaceChildren(
      el("div", { class: "row wrap" },
        el("span", { class: "chip" }, "queued"),
        el("span", { class: "note" }, "It begins when the turn before it is over."),
        this.editButton,
        el("button", { class: "quiet small", "aria-label": "Take this prompt back", onclick: () => this.takeBack() }, "Take back")));
  }

  edit() {
    const area = el("textarea", { rows: "3", "aria-label": "The queued prompt" });
    area.value = this.text;
    const leave = () => {
      this.showButtons();
      this.editButton.focus();
    };
    const form = el("form", { class: "queued-form" }, area,
      el("div", { class: "row" },
        el("button", { class: "primary small" }, "Save"),
        el("button", { class: "quiet small", type: "button", onclick: leave }, "Cancel")));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.save(area.value);
    });
    area.addEventListener("keydown", (event) => {
      if (event.isComposing) return;
      if (event.key === "Escape") {
        event.stopPropagation();
        leave();
      } else if (event.key === "Enter" && !event.shiftKey) {
        event.preventDefault();
        this.save(area.value);
      }
    });
    this.place.replaceChildren(form);
    area.focus();
  }

  save(text) {
    return this.attempt(async () => {
      await api.patch(`messages/${this.view.id}`, { text });
      this.showButtons();
      announce("The queued prompt was changed.");
    });
  }

  takeBack() {
    return this.attempt(async () => {
      await api.delete(`messages/${this.view.id}`);
      announce("The queued prompt was taken back.");
      this.takenBack(this.text);
    });
  }

  async attempt(work) {
    this.note.replaceChildren();
    try {
      await work();
    } catch (error) {
      this.note.replaceChildren(problemLine(error));
    }
  }
}
