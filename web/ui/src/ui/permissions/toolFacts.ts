/** What a tool call is about, from the agent's own words for its input. */

import type { Part } from "../../wire/types";

export interface ToolFacts {
  /** The whole command line. */
  command: string | null;
  /** Where it runs, or reads, or writes. */
  places: readonly { label: string; path: string }[];
  /** Everything else that the agent said, as JSON; null: nothing. */
  rest: string | null;
}

const COMMANDS = ["command", "cmd", "script"];
const PLACES: Record<string, string> = {
  cwd: "in",
  workdir: "in",
  directory: "in",
  path: "path",
  file_path: "path",
  filePath: "path",
  filepath: "path",
  abs_path: "path",
  url: "address",
};
/** Shown as a diff already. */
const IN_DIFF = ["content", "old_string", "new_string", "oldString", "newString", "diff"];

export function toolFacts(tool: Part): ToolFacts {
  const input = { ...tool.input };
  const places: { label: string; path: string }[] = [];
  let command: string | null = null;
  for (const name of COMMANDS) {
    command ??= commandText(input[name]);
    if (commandText(input[name]) !== null) delete input[name];
  }
  for (const [name, label] of Object.entries(PLACES)) {
    const value = input[name];
    if (typeof value !== "string" || !value) continue;
    if (!places.some((place) => place.path === value)) places.push({ label, path: value });
    delete input[name];
  }
  for (const path of [tool.diff?.path, ...(tool.locations ?? [])]) {
    if (path && !places.some((place) => place.path === path)) places.push({ label: "path", path });
  }
  if (tool.diff) for (const name of IN_DIFF) delete input[name];
  return { command, places, rest: Object.keys(input).length ? JSON.stringify(input, null, 2) : null };
}

/** Agents give a line, or a program with its arguments. */
function commandText(value: unknown): string | null {
  if (typeof value === "string" && value) return value;
  if (Array.isArray(value) && value.length && value.every((each) => typeof each === "string")) return value.map(quoted).join(" ");
  return null;
}

const quoted = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);
