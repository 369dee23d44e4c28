// Small tools for the DOM. Text always goes in as text: nothing an agent writes is ever parsed as HTML.

/** el("button", {class: "primary", onclick: f}, "Send", child, …) */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "class") node.className = value;
    else if (name === "value") node.value = value;
    else if (name === "hidden" || name === "disabled" || name === "selected") node[name] = Boolean(value);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

/** Like replaceChildren, without the nulls of what is not shown. */
export function fill(node, ...children) {
  node.replaceChildren(...children.filter((child) => child !== null && child !== undefined));
}

export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

export function markCurrent(link, isCurrent) {
  if (isCurrent) link.setAttribute("aria-current", "page");
  else link.removeAttribute("aria-current");
}

export const byId = (id) => document.getElementById(id);

let lastSaid = "";

/** For screen readers: the start and end of things, not every token. */
export function announce(text) {
  lastSaid = lastSaid === text ? `${text} ` : text; // a repeated text must differ to be read again
  byId("announcer").textContent = lastSaid;
}

/** Resolves to whether the person said yes. `content`: a text, or nodes. */
export function confirmed(title, content, yes) {
  const dialog = byId("confirm");
  setText(byId("confirm-title"), title);
  byId("confirm-text").replaceChildren(...[content].flat());
  setText(byId("confirm-yes"), yes);
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}

/** A line for what went wrong, said once to screen readers. */
export function problemLine(error) {
  const line = el("p", { class: "problem", role: "alert" }, error.message);
  for (const conflict of error.conflicts ?? []) {
    line.append(el("br"), el("code", {}, conflict.path), ` ${conflict.reason}`);
  }
  return line;
}

export const plural = (n, one, many = `${one}s`) => `${n} ${n === 1 ? one : many}`;

export function duration(seconds) {
  if (seconds === null || seconds === undefined) return "";
  if (seconds < 60) return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
  if (seconds < 3600) return `${Math.round(seconds / 60)} min`;
  if (seconds < 86400) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86400)} days`;
}

export function bytes(size) {
  if (size === null || size === undefined) return "";
  return size < 1_000_000 ? `${Math.round(size / 1000)} kB` : `${Math.round(size / 1_000_000)} MB`;
}

export function remember(key, value) {
  try {
    if (value === null || value === "") localStorage.removeItem(`boocode.${key}`);
    else localStorage.setItem(`boocode.${key}`, value);
  } catch {
    // storage may be full or forbidden: then nothing is remembered
  }
}

export function remembered(key) {
  try {
    return localStorage.getItem(`boocode.${key}`);
  } catch {
    return null;
  }
}
