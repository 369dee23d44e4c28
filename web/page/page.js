// The page that works without a build: what waits for a person, and the supervision tree. It asks every two seconds.

import { showInbox } from "/page/inbox.js";
import { showTree } from "/page/tree.js";

const EVERY_MS = 2000;
const link = document.getElementById("link");
document.querySelector(location.pathname === "/" ? ".unbuilt" : ".built").hidden = false;

/** The JSON of the answer; throws an Error with a sentence for people. */
export async function ask(path, body) {
  const init = body === undefined ? {} : { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
  const answer = await fetch(`/api/${path}`, init);
  const value = await answer.json();
  if (!answer.ok) throw new Error(value.detail ?? value.title ?? `BooCode answered ${answer.status}.`);
  return value;
}

export async function refresh() {
  try {
    const [inbox, tree] = await Promise.all([ask("inbox"), ask("supervision")]);
    showInbox(inbox.items);
    showTree(tree);
    link.textContent = "Connected";
  } catch (error) {
    link.textContent = error instanceof TypeError ? "BooCode cannot be reached; trying again …" : error.message;
  }
}

async function goOn() {
  if (!document.hidden) await refresh();
  setTimeout(goOn, EVERY_MS);
}

goOn();
