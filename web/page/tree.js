// The supervision tree as a table.

const rows = document.getElementById("tree");
const sums = document.getElementById("sums");
const STATES = {
  starting: "starting", idle: "idle", busy: "busy", blocked: "waiting", backing_off: "restarts soon",
  suspended: "suspended", stopping: "stopping", dead: "stopped",
};

export function showTree(tree) {
  const made = [];
  add(tree.root, 0, made);
  rows.replaceChildren(...made);
  sums.textContent = [
    `${made.length} actors`, `${tree.owned_processes.length} processes of BooCode's`, `${tree.dead_letters} dead letters`,
    `event loop lag ${tree.loop_lag_ms.toFixed(1)} ms`,
  ].join(" · ");
}

function add(node, depth, made) {
  const row = document.createElement("tr");
  const name = document.createElement("th");
  name.scope = "row";
  name.textContent = node.name;
  name.title = node.path;
  name.style.paddingLeft = `${depth * 1.1}rem`;
  const mailbox = node.kind === "supervisor" ? "" : `${node.mailbox.depth} waiting, ${node.mailbox.high_water} at most`;
  row.append(
    name, cell(STATES[node.state] ?? node.state, node.waits_for), cell(mailbox), cell(node.restarts || ""),
    cell(node.process ? node.process.pid : ""), cell(node.last_exit ? node.last_exit.reason.slice(0, 80) : "", node.last_exit?.reason),
  );
  row.classList.toggle("trouble", node.state === "backing_off" || node.state === "dead" || !node.is_responsive);
  made.push(row);
  for (const child of node.children) add(child, depth + 1, made);
}

function cell(text, title) {
  const made = document.createElement("td");
  made.textContent = text;
  if (title) made.title = title;
  return made;
}
