/** What sanitised Markdown gets before it is shown: safe links, frames around code and tables. */

export function decorate(fragment: ParentNode): void {
  for (const link of fragment.querySelectorAll("a")) {
    link.target = "_blank";
    link.rel = "noopener noreferrer";
    link.referrerPolicy = "no-referrer";
  }
  for (const pre of fragment.querySelectorAll("pre")) frameCode(pre);
  for (const table of fragment.querySelectorAll("table")) frameTable(table);
  for (const block of fragment.children) block.setAttribute("dir", "auto");
}

/** A heading with the language and a button that copies; `Markdown` hears its clicks. */
function frameCode(pre: HTMLPreElement): void {
  const code = pre.querySelector("code");
  const language = /language-(\S+)/.exec(code?.className ?? "")?.[1] ?? "";
  const frame = element("div", "code-block");
  const head = element("div", "code-head");
  const label = element("span", "code-language", language || "text");
  const copy = element("button", "code-copy", "Copy") as HTMLButtonElement;
  copy.type = "button";
  copy.setAttribute("aria-label", language ? `Copy this ${language} code` : "Copy this code");
  head.append(label, copy);
  reachable(pre, language ? `${language} code` : "Code");
  pre.dir = "ltr";
  pre.replaceWith(frame);
  frame.append(head, pre);
}

function frameTable(table: HTMLTableElement): void {
  const frame = element("div", "md-table");
  reachable(frame, "Table");
  table.replaceWith(frame);
  frame.append(table);
}

/** It may be wider than the page: the keyboard has to get there to scroll it. */
function reachable(node: HTMLElement, label: string): void {
  node.tabIndex = 0;
  node.setAttribute("role", "region");
  node.setAttribute("aria-label", label);
}

function element(tag: string, name: string, text = ""): HTMLElement {
  const node = document.createElement(tag);
  node.className = name;
  node.textContent = text;
  return node;
}
