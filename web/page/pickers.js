// Who gets the next prompt: agent, model and mode, from what is known of the agents now. Each chat keeps its last
// choice; a new chat begins with the person's last one.

import { el, fill, remember, remembered, setText } from "./dom.js";
import { api } from "./net.js";

const ITS_DEFAULT = "its default";

export class Pickers {
  /** `onUsable` is told whether there is an agent to send to. */
  constructor(chatId, providers, onUsable) {
    Object.assign(this, { chatId, providers, onUsable });
    this.commandsHere = new Map(); // by agent: what it said in this chat counts more than what it says elsewhere
    this.agent = el("select", { id: "agent", onchange: () => this.pickAgent() });
    this.model = el("select", { id: "model", onchange: () => this.keep() });
    this.mode = el("select", { id: "mode", onchange: () => this.keep() });
    this.again = el("button", { class: "small quiet", type: "button", onclick: () => this.lookAgain() }, "Look again");
    this.words = el("span", {});
    this.note = el("p", { class: "note agent-note", hidden: true }, this.words, " ", this.again);
    this.nodes = [labelled("Agent", this.agent), labelled("Model", this.model), labelled("Mode", this.mode)];
    this.fillAgents(this.last().agent);
  }

  get provider() {
    return this.providers.find((provider) => provider.id === this.agent.value);
  }

  /** For the body of a prompt: only what was chosen. */
  get choice() {
    const choice = { agent: this.agent.value };
    if (this.model.value) choice.model = this.model.value;
    if (this.mode.value) choice.mode = this.mode.value;
    return choice;
  }

  get commands() {
    return this.commandsHere.get(this.agent.value) ?? this.provider?.commands ?? [];
  }

  setProviders(providers) {
    this.providers = providers;
    this.fillAgents(this.agent.value || this.last().agent);
  }

  learnCommands(agent, commands) {
    this.commandsHere.set(agent, commands);
  }

  pickAgent() {
    this.fillChoices();
    this.keep();
  }

  fillAgents(wanted) {
    const chosen = this.providers.find((each) => each.installed && each.id === wanted) ?? this.providers.find((each) => each.installed);
    this.agent.replaceChildren(...this.providers.map((each) =>
      el("option", { value: each.id, disabled: !each.installed, selected: each === chosen, title: each.error || null },
        each.installed ? each.label : `${each.label} (not installed)`)));
    this.onUsable(Boolean(chosen));
    this.fillChoices();
  }

  fillChoices() {
    const { models = [], modes = [], error, label } = this.provider ?? {};
    const wanted = this.last().of?.[this.agent.value] ?? {};
    offer(this.model, models.map((model) => [model.id, model.label || model.id]), wanted.model);
    offer(this.mode, modes.map((mode) => [mode, mode]), wanted.mode);
    this.note.hidden = !error && this.providers.some((each) => each.installed);
    setText(this.words, error ? `${label}: ${error}` : "No agent is installed.");
  }

  async lookAgain() {
    this.again.disabled = true;
    try {
      this.setProviders(await api.post("providers/refresh"));
    } catch (error) {
      this.note.hidden = false;
      setText(this.words, error.message);
    } finally {
      this.again.disabled = false;
    }
  }

  // memory

  last() {
    return { ...read("choice"), ...read(`choice.${this.chatId}`) };
  }

  keep() {
    const agent = this.agent.value;
    const of = { ...this.last().of, [agent]: { model: this.model.value, mode: this.mode.value } };
    const kept = JSON.stringify({ agent, of });
    remember(`choice.${this.chatId}`, kept);
    remember("choice", kept);
  }
}

function labelled(text, select) {
  return el("span", { class: "row" }, el("label", { for: select.id }, text), select);
}

function offer(select, values, wanted) {
  fill(select, el("option", { value: "" }, ITS_DEFAULT),
    ...values.map(([value, text]) => el("option", { value, selected: value === wanted }, text)));
  select.parentNode.hidden = values.length === 0;
}

function read(key) {
  try {
    const value = JSON.parse(remembered(key) ?? "{}");
    return value && typeof value === "object" ? value : {};
  } catch {
    return {}; // somebody else's, or from another version
  }
}
