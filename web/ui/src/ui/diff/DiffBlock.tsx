import type { JSX } from "preact";
import { useMemo, useRef } from "preact/hooks";
import type { DiffLine, LinePair } from "../../state/diff";
import type { Emphasis } from "../../state/emphasis";
import { useColours } from "./colouring";
import { LineText } from "./LineText";

/** How high a line is taken to be until it was drawn, in rem. */
const LINE_REM = 1.3;

export interface DiffBlockProps {
  /** At most some hundred lines, or pairs of them. The same array is drawn once. */
  rows: readonly DiffLine[] | readonly LinePair[];
  emphasis: Emphasis;
  showsReturn: boolean;
  /** That the code is coloured in; null: none. */
  language: string | null;
}

/** Some lines under each other. The browser draws those blocks alone that are in sight. */
export function DiffBlock({ rows, emphasis, showsReturn, language }: DiffBlockProps): JSX.Element {
  const block = useRef<HTMLDivElement>(null);
  useColours(block, language, rows);
  return useMemo(
    () => (
      <div ref={block} class="diff-block" style={{ containIntrinsicSize: `auto ${rows.length * LINE_REM}rem` }}>
        {rows.map((row) =>
          isPair(row) ? (
            <Pair pair={row} emphasis={emphasis} showsReturn={showsReturn} />
          ) : (
            <div class={`diff-row diff-row-${row.kind}`}>
              <LineNumber at={row.oldNumber} side="old" kind="same" />
              <LineNumber at={row.newNumber} side="new" kind="same" />
              <LineText line={row} words={emphasis(row)} showsReturn={showsReturn} />
            </div>
          ),
        )}
      </div>
    ),
    [rows, emphasis, showsReturn],
  );
}

const isPair = (row: DiffLine | LinePair): row is LinePair => "left" in row;

interface PairProps {
  pair: LinePair;
  emphasis: Emphasis;
  showsReturn: boolean;
}

function Pair({ pair, emphasis, showsReturn }: PairProps): JSX.Element {
  const side = (line: DiffLine | null, number: number | null, which: "old" | "new"): JSX.Element[] => [
    <LineNumber at={number} side={which} kind={line?.kind ?? "nothing"} />,
    line ? (
      <LineText line={line} words={emphasis(line)} showsReturn={showsReturn} />
    ) : (
      <span class="diff-text diff-nothing" />
    ),
  ];
  return (
    <div class="diff-row diff-pair">
      {side(pair.left, pair.left?.oldNumber ?? null, "old")}
      {side(pair.right, pair.right?.newNumber ?? null, "new")}
    </div>
  );
}

/** Drawn by the style sheet, so that it is not copied with the lines. */
function LineNumber({ at, side, kind }: { at: number | null; side: "old" | "new"; kind: DiffLine["kind"] | "nothing" }): JSX.Element {
  return <span class={`diff-no diff-no-${kind}`} data-side={side} data-n={at ?? ""} />;
}
