/** What a tool call says that it changed. The drawing of diffs is loaded when the first one is shown. */

import type { JSX } from "preact";
import type { Diff } from "../../wire/types";

export interface ToolDiffProps {
  diff: Diff;
}

export function ToolDiff({ diff }: ToolDiffProps): JSX.Element {
  return <pre>{diff.new_text}</pre>;
}
