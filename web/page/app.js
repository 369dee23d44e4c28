// The built-in page: what it shows is decided by the address (#/, #/chat/ID, #/tree).

import { byId, el, markCurrent, problemLine, setText } from "./dom.js";
import { api, Live } from "./net.js";
import { ChatView } from "./chat.js";
import { Sidebar } from "./sidebar.js";
import { TreeView } from "./tree.js";

const TASK_STATUS = { running: "working", blocked: "blocked", failed: "error" };

const main = byId("main");
let view = null;
let providers = [];

const live = new Live(showLink);
const sidebar = new Sidebar(byId("sidebar"), (id) => go(`#/chat/${encodeURIComponent(id)}`), () => route(false));

live.follow("user", null, (frame) => {
  if (frame.type === "resync") sidebar.load().catch(() => {}); // something was left out: look again
  if (frame.type === "provider_updated") loadProviders().catch(() => {});
  if (frame.type === "task_updated" && frame.task.chat_id) {
    sidebar.setStatus(frame.task.chat_id, TASK_STATUS[frame.task.state] ?? "idle");
    if (!sidebar.chat(frame.task.chat_id)) sidebar.load().catch(showProblem);
  }
});

addEventListener("hashchange", () => route(true));
byId("menu").addEventListener("click", () => showMenu(!document.body.classList.contains("menu-open")));
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && document.body.classList.contains("menu-open")) showMenu(false);
});
start();

async function start() {
  main.replaceChildren(el("p", { class: "empty" }, "Loading…"));
  try {
    await Promise.all([sidebar.load(), loadProviders()]);
  } catch (error) {
    showProblem(error);
    return;
  }
  isReady = true;
  route(true);
}

var isReady = false; // hoisted: the sidebar may call route() while everything loads

/** One at a time: what is told meanwhile is asked for once more, so that the last answer is the newest. */
function loadProviders() {
  queued ??= Promise.resolve(asking).catch(() => {}).then(() => {
    queued = null;
    return (asking = askProviders());
  });
  return queued;
}

var asking = null, queued = null; // hoisted, like isReady

async function askProviders() {
  providers = await api.get("providers");
  if (view?.setProviders) view.setProviders(providers);
}

function go(hash) {
  if (location.hash === hash) route(true);
  else location.hash = hash;
}

/** Shows what the address names. `isMove` is false when only the lists have changed. */
function route(isMove) {
  if (!isReady) return;
  const [, kind, id] = location.hash.split("/").map(decodeURIComponent);
  const isTree = kind === "tree";
  markCurrent(byId("nav-tree"), isTree);
  markCurrent(byId("nav-work"), !isTree);
  if (isTree) return isMove ? change(() => new TreeView(main, live)) : undefined;
  const wanted = kind === "chat" ? id : sidebar.newestChat();
  const found = wanted && sidebar.chat(wanted);
  sidebar.setCurrent(found ? wanted : null);
  if (found && view instanceof ChatView && view.chat.id === wanted) {
    setText(main.querySelector("h1"), found.session.title || "New session");
    view.session = found.session;
    if (isMove) showMenu(false);
    return;
  }
  if (found) change(() => new ChatView(main, { live, sidebar, providers, ...found }));
  else if (isMove || view instanceof ChatView || !view) change(() => welcome(kind === "chat" ? "This chat does not exist any more." : ""));
}

function change(make) {
  view?.close?.();
  view = null;
  showMenu(false);
  view = make();
  view.focus?.();
}

function welcome(problem) {
  const isNew = sidebar.projects.length === 0;
  main.replaceChildren(
    el("div", { class: "empty welcome" },
      problem ? el("p", { class: "problem" }, problem) : null,
      el("h1", {}, isNew ? "Welcome to BooCode" : "Open a session"),
      el("p", {}, isNew
        ? "BooCode runs coding agents on your projects, each in a worktree of its own, and shows you everything they do. You decide which changes come into your files."
        : "Choose a session at the left, or open a new one in a project."),
      isNew ? el("ol", {},
        el("li", {}, "Add a project: the full path of a git repository on this machine."),
        el("li", {}, "Say in plain words what shall be done, and press Enter."),
        el("li", {}, "Look at the changes, and apply what you like.")) : null,
      el("button", { class: "primary", onclick: () => { showMenu(true); byId("project-path").focus(); } }, "Add a project")));
  return { close() {}, focus() { if (isNew && !matchMedia("(max-width: 800px)").matches) byId("project-path").focus(); } };
}

function showMenu(isOpen) {
  document.body.classList.toggle("menu-open", isOpen);
  byId("menu").setAttribute("aria-expanded", String(isOpen));
}

function showProblem(error) {
  main.replaceChildren(el("div", { class: "empty" }, problemLine(error), el("button", { onclick: () => location.reload() }, "Try again")));
}

function showLink(state, again) {
  const link = byId("link");
  link.className = `link ${state}`;
  setText(link, state === "open" ? "Connected" : "Connection lost. Trying again…");
  if (state === "open" && again) {
    sidebar.load().catch(() => {});
    loadProviders().catch(() => {});
    view?.refresh?.();
  }
}
