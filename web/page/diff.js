// A diff as nodes: hunks that a person may decide on one by one, and an end that waits until it is asked for.

import { el } from "./dom.js";

const MAX_LINES = 400;
/** What the row above a diff says already. */
const NOISE = /^(diff --git |index [0-9a-f]+\.\.|--- (a\/|"a\/|\/dev\/null)|\+\+\+ (b\/|"b\/|\/dev\/null))/;

const CUT = /^\\ BooCode: .*\n*$/m;

/** `tools(n)` gives the nodes in the heading of hunk n, counted from 0; headings are only where there are several. */
export function diffNode(diff, tools = null) {
  const { head, hunks } = parted(diff);
  const isCut = CUT.test(diff); // then the server does not know all of its hunks either
  const isSplit = tools !== null && hunks.length > 1 && !isCut;
  const parts = isSplit ? hunks : [hunks.flat()];
  if (head.length || !parts[0]?.length) parts[0] = [...head, ...(parts[0] ?? [])];
  const total = parts.reduce((sum, lines) => sum + lines.length, 0);
  const place = el("div", {});
  const draw = (most) => {
    let room = most;
    place.replaceChildren();
    for (const [n, lines] of parts.entries()) {
      if (room <= 0) break;
      if (isSplit) place.append(el("div", { class: "row wrap hunk-head" }, el("span", { class: "note grow" }, `Hunk ${n + 1} of ${hunks.length}`), ...tools(n)));
      place.append(el("pre", { class: "diff", tabindex: "0", "aria-label": isSplit ? `Hunk ${n + 1}` : "Diff" }, ...lines.slice(0, room)));
      room -= lines.length;
    }
    if (total > most) place.append(el("button", { class: "quiet small", onclick: () => draw(Infinity) }, `Show all ${total} lines`));
  };
  draw(MAX_LINES);
  return place;
}

/** The lines before the first hunk, without the noise, and those of each hunk. */
function parted(diff) {
  const [head, hunks] = [[], []];
  for (const line of diff.replace(/\n$/, "").split("\n")) {
    if (line.startsWith("@@ ")) hunks.push([]);
    if (hunks.length) hunks.at(-1).push(hunkLine(line));
    else if (line && !NOISE.test(line)) head.push(lineNode("meta", line));
  }
  return { head, hunks };
}

const KINDS = { "@": "hunk", "+": "add", "-": "del", "\\": "meta" };

const hunkLine = (line) => lineNode(KINDS[line[0]] ?? "same", line);

const lineNode = (kind, line) => el("span", { class: `line ${kind}` }, `${line}\n`);
