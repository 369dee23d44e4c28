// What would be at risk if a session went: told before it is deleted, and put aside with one click.

import { el, fill, plural, problemLine } from "./dom.js";
import { api } from "./net.js";

/** Nodes for a question: the report on the session's worktree, with a button that stashes what is in it. */
export async function riskNodes(session) {
  const place = el("div", { class: "risks", role: "status" });
  try {
    show(place, session, await api.get(`sessions/${session.id}/worktree`));
  } catch (error) {
    if (error.code !== "no_worktree") place.replaceChildren(problemLine(error));
  }
  return [el("p", {}, "Its chats and their history go. Your project is not touched."), place];
}

function show(place, session, info) {
  const risks = [
    info.dirty ? `${plural(info.dirty, "changed file")}` : "",
    info.untracked ? `${plural(info.untracked, "new file")}` : "",
    info.unpushed ? `${plural(info.unpushed, "commit")} of its own` : "",
    info.pending ? `${plural(info.pending, "change")} that you have not judged yet` : "",
  ].filter(Boolean);
  const stash = el("button", { type: "button", class: "small", onclick: () => putAside(place, session, stash) }, "Stash");
  fill(place,
    risks.length ? el("p", {}, `In its worktree: ${risks.join(", ")}.`) : el("p", {}, "Nothing in its worktree would be lost."),
    info.stashed ? el("p", {}, "Kept by git as ", el("code", {}, info.stashed), ".") : null,
    risks.length ? el("p", { class: "note" }, `BooCode removes no worktree that holds work: it stays at ${info.path}, and “boocode worktrees” lists it.`) : null,
    info.dirty || info.untracked ? stash : null);
}

async function putAside(place, session, button) {
  button.disabled = true;
  try {
    show(place, session, await api.post(`sessions/${session.id}/worktree/stash`));
  } catch (error) {
    button.disabled = false;
    button.after(problemLine(error));
  }
}
