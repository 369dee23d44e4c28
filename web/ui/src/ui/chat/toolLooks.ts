/** What a row of a tool call shows: its icon, its state in words, its title. */

import type { Part } from "../../wire/types";
import type { IconName } from "../common/Icon";

const ICONS: Record<string, IconName> = {
  read: "file",
  edit: "pencil",
  delete: "trash",
  move: "arrow-right",
  search: "search",
  execute: "play",
  think: "spark",
  fetch: "external",
  switch_mode: "gear",
};

export const toolIcon = (kind: string | null): IconName => ICONS[kind ?? ""] ?? "wrench";

export type ToolState = NonNullable<Part["status"]>;

export const TOOL_WORDS: Record<ToolState, string> = {
  pending: "waiting",
  running: "running",
  completed: "done",
  failed: "failed",
};

export const toolTitle = ({ title, kind }: Part): string => title || kind || "Tool";

/** What a closed row says of a permission that no person gave. */
export function leaveWords(permission: string | null): string | null {
  if (permission?.startsWith("Timed out")) return "timed out";
  return permission?.startsWith("Allowed by the project") ? "allowed by policy" : null;
}

/** The end of a path, a line number included: `src/app.py:12` is `app.py:12`. */
export const fileName = (path: string): string => path.split(/[/\\]/).findLast(Boolean) ?? path;

/** A place as it is called in the project; one outside of `folder`, where the agent works, keeps its whole path. */
export function placeIn(folder: string | null, path: string): string {
  if (!folder || !path.startsWith(folder)) return path;
  const rest = path.slice(folder.length);
  if (!/^[/\\]|^$/.test(rest)) return path;
  return rest.slice(1) || ".";
}

export function wordsIn(text: string): number {
  return text.match(/\S+/g)?.length ?? 0;
}
