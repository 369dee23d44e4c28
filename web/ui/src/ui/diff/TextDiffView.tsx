import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { diffTexts } from "../../state/textDiff";
import type { Diff } from "../../wire/types";
import { DiffView } from "./DiffView";

/** The difference of two texts: what a tool had before it and what it made of it. */
export function TextDiffView({ diff }: { diff: Diff }): JSX.Element {
  const parsed = useMemo(() => diffTexts(diff.old_text, diff.new_text), [diff.old_text, diff.new_text]);
  return <DiffView diff={parsed} name={diff.path} />;
}
