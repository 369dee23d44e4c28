/** Which words of a changed line are other words now. Said only where that helps: of lines that are much alike. */

import { pairLines, type DiffLine, type LinePair } from "./diff";
import { commonRuns, type Run } from "./sequence";

/** Characters from `start` up to `end`, exclusive. */
export type Span = readonly [start: number, end: number];

const TOKEN = /[\p{L}\p{N}_]+|\s+|[^\p{L}\p{N}_\s]/gu;
const MOST_CHARACTERS = 400;
const MOST_EDITS = 60;
/** Below it, whole lines are read faster than crumbs. */
const LEAST_ALIKE = 0.4;

/** Null: no part of them is to be told from the rest. */
export function changedWords(before: string, after: string): { before: Span[]; after: Span[] } | null {
  if (before.length > MOST_CHARACTERS || after.length > MOST_CHARACTERS || before === after) return null;
  const a = before.match(TOKEN) ?? [];
  const b = after.match(TOKEN) ?? [];
  const runs = commonRuns(a, b, MOST_EDITS);
  if (!runs) return null;
  const alike = runs.reduce((sum, run) => sum + a.slice(run.a, run.a + run.length).join("").trim().length, 0);
  const longest = Math.max(before.trim().length, after.trim().length);
  if (!longest || alike / longest < LEAST_ALIKE) return null;
  return { before: others(a, runs, (run) => run.a), after: others(b, runs, (run) => run.b) };
}

function others(tokens: readonly string[], runs: readonly Run[], startOf: (run: Run) => number): Span[] {
  const ends = [0];
  for (const token of tokens) ends.push((ends.at(-1) ?? 0) + token.length);
  const spans: Span[] = [];
  let at = 0;
  for (const run of [...runs.map((each) => [startOf(each), each.length] as const), [tokens.length, 0] as const]) {
    if (run[0] > at) spans.push([ends[at] ?? 0, ends[run[0]] ?? 0]);
    at = run[0] + run[1];
  }
  return spans;
}

/** The spans of a line of a hunk; undefined: all of it, or nothing. Found out when it is asked for the first time. */
export type Emphasis = (line: DiffLine) => readonly Span[] | undefined;

export function emphasisOf(lines: readonly DiffLine[]): Emphasis {
  const partners = new Map<DiffLine, LinePair>();
  for (const pair of pairLines(lines)) {
    if (!pair.left || !pair.right || pair.left === pair.right) continue;
    partners.set(pair.left, pair);
    partners.set(pair.right, pair);
  }
  const found = new Map<LinePair, ReturnType<typeof changedWords>>();
  return (line) => {
    const pair = partners.get(line);
    if (!pair?.left || !pair.right) return undefined;
    if (!found.has(pair)) found.set(pair, changedWords(pair.left.text, pair.right.text));
    const words = found.get(pair);
    return line === pair.left ? words?.before : words?.after;
  };
}
