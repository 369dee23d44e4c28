/** One file's diff, unified or side by side. Its lines are drawn; what is done with a hunk is up to who shows it. */

import type { ComponentChildren, JSX } from "preact";
import { useMemo } from "preact/hooks";
import { parseDiff, type Hunk, type ParsedDiff } from "../../state/diff";

export type DiffLayout = "unified" | "side_by_side";

export interface DiffViewProps {
  /** A unified diff, or one that was parsed already. */
  diff: string | ParsedDiff;
  layout?: DiffLayout;
  /** What stands in a hunk's heading; hunks are counted from 0. */
  hunkTools?: (hunk: Hunk, number: number) => ComponentChildren;
}

export function DiffView({ diff }: DiffViewProps): JSX.Element {
  const parsed = useMemo(() => (typeof diff === "string" ? parseDiff(diff) : diff), [diff]);
  return <pre>{parsed.hunks.flatMap((hunk) => hunk.lines.map((line) => `${line.text}\n`))}</pre>;
}
