/** One file's diff, unified or side by side. Its lines are drawn; what is done with a hunk is up to who shows it. */

import type { ComponentChildren, JSX } from "preact";
import { useMemo } from "preact/hooks";
import { languageOf } from "../../state/codeColours";
import { pairLines, parseDiff, type DiffLine, type Hunk, type LinePair, type ParsedDiff } from "../../state/diff";
import { emphasisOf, type Emphasis } from "../../state/emphasis";
import { DiffBlock } from "./DiffBlock";
import { useSlices } from "./slices";
import "./diff.css";

export type DiffLayout = "unified" | "side_by_side";

export interface DiffViewProps {
  /** A unified diff, or one that was parsed already. */
  diff: string | ParsedDiff;
  layout?: DiffLayout | undefined;
  /** The file, for the names of its hunks, and for the language of its code. */
  name?: string | undefined;
  /** What stands in a hunk's heading; hunks are counted from 0. */
  hunkTools?: ((hunk: Hunk, number: number) => ComponentChildren) | undefined;
  /** A line's number was clicked. */
  onLine?: ((line: DiffLine, hunk: Hunk) => void) | undefined;
}

/** Lines, or pairs of them, in one block. */
const BLOCK = 100;

interface Drawing {
  hunk: Hunk;
  emphasis: Emphasis;
  blocks: (readonly DiffLine[] | readonly LinePair[])[];
}

export function DiffView({ diff, layout = "unified", name, hunkTools, onLine }: DiffViewProps): JSX.Element {
  const parsed = useMemo(() => (typeof diff === "string" ? parseDiff(diff) : diff), [diff]);
  const drawings = useMemo(() => parsed.hunks.map((hunk) => drawingOf(hunk, layout)), [parsed, layout]);
  const language = name ? languageOf(name) : null;
  const showsReturn = useMemo(() => hasMixedEndings(parsed), [parsed]);
  const total = drawings.reduce((sum, drawing) => sum + drawing.blocks.length, 0);
  const { shown, showAll } = useSlices(total);
  const isDrawnAsFarAsItGoes = shown < total && shown >= 100;
  let room = shown;
  return (
    <div class={`diff diff-${layout}`} style={{ "--diff-digits": `${digitsOf(parsed) + 1.5}ch` }}>
      {parsed.notes.map((note) => (
        <p class="diff-note note">{note}</p>
      ))}
      {drawings.map(({ hunk, emphasis, blocks }, number) => {
        if (room <= 0) return null;
        const drawn = blocks.slice(0, room);
        room -= blocks.length;
        const label = `Hunk ${number + 1} of ${drawings.length}${name ? ` of ${name}` : ""}`;
        return (
          <div key={number} class="diff-hunk" role="group" aria-label={label} tabIndex={-1} data-hunk={number} onClick={onLine && ((event) => clickLine(event, hunk, onLine))}>
            <div class="diff-hunk-head">
              <span class="diff-where">{whereOf(hunk)}</span>
              <code class="diff-section">{hunk.section}</code>
              {hunkTools?.(hunk, number)}
            </div>
            {drawn.map((rows, at) => (
              <DiffBlock key={at} rows={rows} emphasis={emphasis} showsReturn={showsReturn} language={language} />
            ))}
          </div>
        );
      })}
      {isDrawnAsFarAsItGoes && (
        <button type="button" class="diff-more" onClick={showAll}>
          Show the rest: {(parsed.lineCount - shown * BLOCK).toLocaleString("en")} lines or so
        </button>
      )}
    </div>
  );
}

function drawingOf(hunk: Hunk, layout: DiffLayout): Drawing {
  const rows: readonly (DiffLine | LinePair)[] = layout === "unified" ? hunk.lines : pairLines(hunk.lines);
  const blocks = [];
  for (let at = 0; at < rows.length; at += BLOCK) blocks.push(rows.slice(at, at + BLOCK) as DiffLine[] | LinePair[]);
  return { hunk, emphasis: emphasisOf(hunk.lines), blocks };
}

function hasMixedEndings({ hunks }: ParsedDiff): boolean {
  const lines = hunks.flatMap((hunk) => hunk.lines);
  return lines.some((line) => line.hasReturn) && lines.some((line) => !line.hasReturn && !line.hasNoNewline);
}

const digitsOf = ({ hunks }: ParsedDiff): number => {
  const last = Math.max(1, ...hunks.map((hunk) => Math.max(hunk.oldStart + hunk.oldCount, hunk.newStart + hunk.newCount)));
  return String(last).length;
};

function whereOf(hunk: Hunk): string {
  const [start, count] = hunk.newCount ? [hunk.newStart, hunk.newCount] : [hunk.oldStart, hunk.oldCount];
  return count > 1 ? `Lines ${start}–${start + count - 1}` : `Line ${start}`;
}

function clickLine(event: MouseEvent, hunk: Hunk, onLine: (line: DiffLine, hunk: Hunk) => void): void {
  const cell = event.target instanceof HTMLElement ? event.target.closest<HTMLElement>(".diff-no") : null;
  const number = Number(cell?.dataset["n"]);
  if (!number) return;
  const isOld = cell?.dataset["side"] === "old";
  const line = hunk.lines.find((each) => (isOld ? each.oldNumber : each.newNumber) === number);
  if (line) onLine(line, hunk);
}
