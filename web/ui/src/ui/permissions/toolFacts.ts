/** What a tool call is about, from the agent's own words for its input. Nothing of it is left out. */

import type { Diff, Part } from "../../wire/types";

export interface ToolFacts {
  /** Whole command lines, each with its name in the input. */
  commands: readonly { name: string; text: string }[];
  /** Where it runs, or reads, or writes. */
  places: readonly { label: string; path: string }[];
  /** All that the agent said, as JSON; null: everything is shown by the other facts. */
  rest: string | null;
  /** The names of what only `rest` shows. */
  onlyInRest: readonly string[];
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
const OLD_TEXT = ["old_string", "oldString"];
const NEW_TEXT = ["content", "new_string", "newString"];

export function toolFacts(tool: Part): ToolFacts {
  const input = tool.input ?? {};
  const commands: { name: string; text: string }[] = [];
  const places: { label: string; path: string }[] = [];
  const shown = new Set<string>();
  for (const name of COMMANDS) {
    const text = commandText(input[name]);
    if (text === null) continue;
    commands.push({ name, text });
    shown.add(name);
  }
  for (const [name, label] of Object.entries(PLACES)) {
    const path = input[name];
    if (typeof path !== "string" || !path) continue;
    if (!places.some((place) => place.path === path && place.label === label)) places.push({ label, path });
    shown.add(name);
  }
  for (const path of [tool.diff?.path, ...(tool.locations ?? [])]) {
    if (path && !places.some((place) => place.path === path)) places.push({ label: "path", path });
  }
  const names = Object.keys(input);
  const onlyInRest = names.filter((name) => !shown.has(name) && !(tool.diff && isInDiff(name, input[name], tool.diff)));
  return { commands, places, rest: onlyInRest.length ? JSON.stringify(input, null, 2) : null, onlyInRest };
}

/** The diff shows just these words. What says something else than the diff has to be seen. */
function isInDiff(name: string, value: unknown, { old_text, new_text }: Diff): boolean {
  if (OLD_TEXT.includes(name)) return value === (old_text ?? "");
  return NEW_TEXT.includes(name) && value === new_text;
}

/** Agents give a line, or a program with its arguments. */
function commandText(value: unknown): string | null {
  if (typeof value === "string" && value) return value;
  if (Array.isArray(value) && value.length && value.every((each) => typeof each === "string")) return value.map(quoted).join(" ");
  return null;
}

const quoted = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);
