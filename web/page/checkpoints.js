// Going back: a prompt offers the checkpoint from before its turn; a restore is previewed, done, and can be undone.

import { announce, confirmed, el, plural, problemLine } from "./dom.js";
import { api } from "./net.js";

const MAX_NAMES = 30;

/** The checkpoints of one chat. `viewOf(taskId)` is the prompt's message in the page, if it is there. */
export class Checkpoints {
  constructor(chat, session, viewOf) {
    Object.assign(this, { chat, session, viewOf });
    this.known = new Map(); // by task
    this.note = el("div", { class: "restored" });
  }

  /** The last one being the way back from a restore, no turn has come after it: the way is still offered. */
  async load() {
    const all = await api.get(`sessions/${this.session.id}/checkpoints`);
    for (const checkpoint of all) this.learn(checkpoint);
    const last = all.filter((checkpoint) => checkpoint.chat_id === this.chat.id).at(-1);
    if (last?.kind === "safety" && !this.note.hasChildNodes()) this.offerBack(() => this.ask(last.id, "Undo the restore?"));
  }

  /** A prompt without a checkpoint offers none. */
  learn(checkpoint) {
    if (checkpoint.chat_id !== this.chat.id || !checkpoint.task_id) return;
    this.known.set(checkpoint.task_id, checkpoint);
    this.offer(checkpoint.task_id);
  }

  /** The button under the prompt of this task, once both are known. */
  offer(taskId) {
    const checkpoint = this.known.get(taskId);
    const view = this.viewOf(taskId);
    if (!checkpoint || !view || view.node.querySelector(".restore")) return;
    const button = el("button", {
      class: "quiet small", title: "Take the files and this chat back to before this prompt", onclick: () => this.ask(checkpoint.id),
    }, "Restore to here");
    view.node.append(el("div", { class: "restore" }, button));
  }

  ask(id, question = "Go back to before this prompt?") {
    return this.attempt(async () => {
      const preview = await api.get(`checkpoints/${id}/preview`);
      if (await confirmed(question, previewNodes(preview), "Restore")) await this.go(id);
    });
  }

  async go(id) {
    const done = await api.post(`checkpoints/${id}/restore`);
    if (!done.safety) this.say("Everything was as it is here already.");
  }

  /** A restore happened, here or elsewhere: what it overwrote is one click away until the next turn begins. */
  restored(safetyId) {
    this.offerBack(() => this.attempt(() => this.go(safetyId)));
    announce("The files and the chat were restored.");
  }

  offerBack(go) {
    this.say("Restored.", el("button", { class: "small", onclick: go }, "Go back"));
  }

  turnBegan() {
    this.note.replaceChildren();
  }

  say(words, ...more) {
    this.note.replaceChildren(el("div", { class: "row wrap", role: "status" }, el("span", {}, words), ...more));
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

function previewNodes(preview) {
  const { written, deleted, kept, kept_ignored: ignored, head_moved: moved } = preview;
  const leave = preview.hidden_messages.length;
  const come = preview.shown_messages.length;
  const nodes = [
    ...names("Will be written", written), ...names("Will be deleted", deleted),
    ...names("Left as it is", kept.map((each) => `${each.path} (${each.reason})`)),
    ...names("Left, since it is ignored", ignored),
    leave || come ? el("p", {}, [leave ? `${plural(leave, "message")} will leave this chat` : "", come ? `${plural(come, "message")} will come back` : ""].filter(Boolean).join(", ") + ".") : null,
    moved === null ? el("p", {}, "HEAD is on other history than then; it is left there.")
      : moved ? el("p", {}, `${plural(moved, "commit")} made since: left on the branch.`) : null,
  ].filter(Boolean);
  if (!written.length && !deleted.length) nodes.unshift(el("p", {}, "No file of the worktree changes."));
  return [...nodes, el("p", { class: "note" }, "What is there now is kept, and you can go back to it. Your project is not touched.")];
}

function names(what, paths) {
  if (!paths.length) return [];
  const rest = paths.length - MAX_NAMES;
  return [
    el("h3", {}, `${what}: ${plural(paths.length, "file")}`),
    el("ul", { class: "names" }, ...paths.slice(0, MAX_NAMES).map((path) => el("li", { class: "file-name" }, path)), rest > 0 ? el("li", { class: "note" }, `and ${rest} more`) : null),
  ];
}
