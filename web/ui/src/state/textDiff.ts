/** The diff of two texts, in the shape of one that was parsed: for what a tool says that it changed. */

import type { DiffLine, Hunk, ParsedDiff } from "./diff";
import { commonRuns, type Run } from "./sequence";

const CONTEXT = 3;
/** Texts that differ in more lines than this are shown as one that goes and one that comes. */
const MOST_EDITS = 1000;

/** `oldText` null: there was no such file. Without a newline at the end, the last line says so. */
export function diffTexts(oldText: string | null, newText: string): ParsedDiff {
  const before = linesOf(oldText ?? "");
  const after = linesOf(newText);
  const runs = commonRuns(before, after, MOST_EDITS) ?? [];
  const lines = numbered(before, after, runs);
  const hunks = hunksOf(lines);
  const notes = hunks.length ? [] : [oldText === null ? "A new, empty file." : "Nothing differs."];
  return { hunks, notes, isCut: false, canBeParted: false, lineCount: hunks.reduce((sum, hunk) => sum + hunk.lines.length, 0) };
}

/** With their newlines, so that a missing one at the end counts as a difference. */
function linesOf(text: string): string[] {
  const lines = text.split("\n").map((line) => `${line}\n`);
  const last = lines.pop()?.slice(0, -1);
  if (last) lines.push(last);
  return lines;
}

function numbered(before: readonly string[], after: readonly string[], runs: readonly Run[]): DiffLine[] {
  const lines: DiffLine[] = [];
  let a = 0;
  let b = 0;
  for (const run of [...runs, { a: before.length, b: after.length, length: 0 }]) {
    while (a < run.a) lines.push(lineOf("removed", before[a] ?? "", ++a, null));
    while (b < run.b) lines.push(lineOf("added", after[b] ?? "", null, ++b));
    for (let n = 0; n < run.length; n += 1) lines.push(lineOf("same", before[a] ?? "", ++a, ++b));
  }
  return lines;
}

function lineOf(kind: DiffLine["kind"], raw: string, oldNumber: number | null, newNumber: number | null): DiffLine {
  const hasNoNewline = !raw.endsWith("\n");
  const text = hasNoNewline ? raw : raw.slice(0, -1);
  const hasReturn = text.endsWith("\r");
  return { kind, text: hasReturn ? text.slice(0, -1) : text, oldNumber, newNumber, hasNoNewline, hasReturn };
}

function hunksOf(lines: readonly DiffLine[]): Hunk[] {
  const hunks: Hunk[] = [];
  let start = -1;
  let lastChange = -1;
  lines.forEach((line, at) => {
    if (line.kind === "same") return;
    if (start >= 0 && at - lastChange > 2 * CONTEXT) {
      hunks.push(hunkOf(lines.slice(start, lastChange + CONTEXT + 1)));
      start = -1;
    }
    if (start < 0) start = Math.max(0, at - CONTEXT);
    lastChange = at;
  });
  if (start >= 0) hunks.push(hunkOf(lines.slice(start, lastChange + CONTEXT + 1)));
  return hunks;
}

function hunkOf(lines: readonly DiffLine[]): Hunk {
  const first = (side: "oldNumber" | "newNumber"): number => lines.find((line) => line[side] !== null)?.[side] ?? 0;
  return {
    oldStart: first("oldNumber"),
    oldCount: lines.filter((line) => line.oldNumber !== null).length,
    newStart: first("newNumber"),
    newCount: lines.filter((line) => line.newNumber !== null).length,
    section: "",
    lines,
  };
}
