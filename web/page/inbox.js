// Questions of agents, and tasks that failed. Text goes in as text: nothing an agent writes is read as HTML.

import { ask, refresh } from "/page/page.js";

const place = document.getElementById("inbox");
const NAMES = { permission: "An agent asks", blocked: "A task is blocked", failed: "A task failed" };
let shown = "";

export function showInbox(items) {
  const now = JSON.stringify(items);
  if (now === shown) return; // a button that is being used stays
  shown = now;
  if (items.length) place.replaceChildren(...items.map(article));
  else place.replaceChildren(paragraph("Nothing waits for you.", "note"));
}

function article(item) {
  const node = document.createElement("article");
  node.append(paragraph(`${NAMES[item.kind]}${item.agent ? ` (${item.agent})` : ""}: ${item.title}`));
  const question = item.permission;
  const wanted = question?.tool?.input;
  if (wanted && Object.keys(wanted).length) {
    const detail = document.createElement("pre");
    detail.textContent = JSON.stringify(wanted, null, 2);
    node.append(detail);
  } else if (item.detail) node.append(paragraph(item.detail, "note"));
  const actions = question
    ? question.options.map((option) => [option.label, `permissions/${question.id}`, { option_id: option.id }])
    : [["Try again", `inbox/${item.id}/retry`, {}]];
  for (const [label, path, body] of actions) node.append(button(label, path, body, node));
  return node;
}

function button(label, path, body, node) {
  const made = document.createElement("button");
  made.textContent = label;
  made.addEventListener("click", async () => {
    made.disabled = true;
    try {
      await ask(path, body);
      await refresh();
    } catch (error) {
      made.disabled = false;
      const line = paragraph(error.message, "problem");
      line.setAttribute("role", "alert");
      node.append(line);
    }
  });
  return made;
}

function paragraph(text, kind = "") {
  const made = document.createElement("p");
  made.textContent = text;
  made.className = kind;
  return made;
}
