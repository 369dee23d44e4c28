// Slash commands: offered while the prompt is a slash and the beginning of a name.

import { announce, el, fill, plural } from "./dom.js";

const MOST = 8;
const STARTED = /^\/(\S*)$/;

export class CommandOffer {
  /** `commands()` gives those of the agent that is chosen now. */
  constructor(text, commands) {
    Object.assign(this, { text, commands });
    this.found = [];
    this.at = 0;
    this.node = el("ul", { id: "commands", class: "commands", role: "listbox", "aria-label": "Commands", hidden: true });
    text.setAttribute("aria-controls", "commands");
    text.setAttribute("aria-autocomplete", "list");
    text.addEventListener("input", () => this.look());
    text.addEventListener("blur", () => this.close());
  }

  get isOpen() {
    return !this.node.hidden;
  }

  look() {
    const started = STARTED.exec(this.text.value);
    this.found = started ? matching(this.commands(), started[1].toLowerCase()) : [];
    const wasOpen = this.isOpen;
    this.node.hidden = this.found.length === 0;
    this.at = 0;
    this.draw();
    if (this.isOpen && !wasOpen) announce(`${plural(this.found.length, "command")}. Arrow keys choose, Tab takes one.`);
  }

  draw() {
    fill(this.node, ...this.found.map((command, index) =>
      el("li", { id: `command-${index}`, role: "option", "aria-selected": String(index === this.at), onmousedown: (event) => this.point(event, index) },
        el("b", {}, `/${plain(command.name)}`), command.description ? ` ${command.description}` : null)));
    if (this.isOpen) this.text.setAttribute("aria-activedescendant", `command-${this.at}`);
    else this.text.removeAttribute("aria-activedescendant");
    this.node.children[this.at]?.scrollIntoView({ block: "nearest" });
  }

  point(event, index) {
    event.preventDefault(); // the text keeps the focus
    this.at = index;
    this.take();
  }

  /** Whether the key was for the list. Enter on a name that is whole already sends it. */
  key(event) {
    if (!this.isOpen) return false;
    const isWhole = this.text.value === `/${plain(this.found[this.at].name)}`;
    switch (event.key) {
      case "ArrowDown": this.move(1); break;
      case "ArrowUp": this.move(-1); break;
      case "Escape": this.close(); break;
      case "Tab":
        if (event.shiftKey) return false;
        this.take();
        break;
      case "Enter":
        if (event.shiftKey || isWhole) return this.close();
        this.take();
        break;
      default: return false;
    }
    event.preventDefault();
    return true;
  }

  move(by) {
    this.at = (this.at + by + this.found.length) % this.found.length;
    this.draw();
  }

  take() {
    this.text.value = `/${plain(this.found[this.at].name)} `;
    this.text.dispatchEvent(new Event("input"));
  }

  close() {
    this.node.hidden = true;
    this.draw();
    return false;
  }
}

const plain = (name) => name.replace(/^\//, "");

function matching(commands, begun) {
  const named = commands.map((command) => [plain(command.name).toLowerCase(), command]);
  const first = named.filter(([name]) => name.startsWith(begun));
  const others = named.filter(([name]) => !name.startsWith(begun) && name.includes(begun));
  return [...first, ...others].slice(0, MOST).map(([, command]) => command);
}
