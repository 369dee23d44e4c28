/** What a tool call says that it changed. The drawing of diffs is loaded when the first one is shown. */

import type { JSX } from "preact";
import type { Diff } from "../../wire/types";
import { Lazy } from "../common/Lazy";

export interface ToolDiffProps {
  diff: Diff;
}

const load = () => import("./TextDiffView").then((module) => module.TextDiffView);

export function ToolDiff({ diff }: ToolDiffProps): JSX.Element {
  return <Lazy load={load} what="the diff" props={{ diff }} />;
}
