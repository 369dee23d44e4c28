/** What the text before the caret asks for: a slash command at the beginning, or a file behind an `@`. */

import type { CommandInfo, FoundFile } from "../../wire/types";

export interface Asked {
  kind: "command" | "file";
  /** What was written of the name so far. */
  query: string;
  /** Where in the text the whole mention stands, `/` or `@` included. */
  start: number;
  end: number;
}

export interface Offer {
  id: string;
  label: string;
  hint: string;
  /** What takes the place of what was asked. */
  insert: string;
  /** A folder was taken: look into it. */
  goesOn: boolean;
}

const COMMAND = /^\/(\S*)$/;
const MENTION = /(?:^|[\s([{,;:])@(?:"([^"\n]*)|([^\s"]*))$/;
const LOOK_BACK_CHARS = 1000;
const MOST_COMMANDS = 50;

export function askedAt(text: string, caret: number): Asked | null {
  const before = text.slice(Math.max(0, caret - LOOK_BACK_CHARS), caret);
  if (caret <= LOOK_BACK_CHARS) {
    const command = COMMAND.exec(before);
    if (command) return { kind: "command", query: command[1] ?? "", start: 0, end: caret };
  }
  const mention = MENTION.exec(before);
  if (!mention) return null;
  const query = mention[1] ?? mention[2] ?? "";
  const start = caret - query.length - (mention[1] === undefined ? 1 : 2);
  return { kind: "file", query, start, end: caret };
}

export function commandOffers(commands: readonly CommandInfo[], query: string): Offer[] {
  const wanted = query.toLowerCase();
  const ranked = commands
    .map((command) => ({ command, name: plain(command.name), at: plain(command.name).toLowerCase().indexOf(wanted) }))
    .filter((each) => each.at >= 0);
  const sorted = [...ranked.filter((each) => each.at === 0), ...ranked.filter((each) => each.at > 0)];
  return sorted.slice(0, MOST_COMMANDS).map(({ command, name }) => ({
    id: name,
    label: `/${name}`,
    hint: command.description,
    insert: `/${name} `,
    goesOn: false,
  }));
}

export function fileOffers(files: readonly FoundFile[]): Offer[] {
  return files.map((file) => {
    const isFolder = file.kind === "directory";
    const path = isFolder && !file.path.endsWith("/") ? `${file.path}/` : file.path;
    return { id: path, label: path, hint: "", insert: mention(path, isFolder), goesOn: isFolder };
  });
}

/** As it stands in a prompt. Of a folder the end stays open, so that it can be written on. */
export function mention(path: string, isOpen = false): string {
  if (!/\s/.test(path)) return `@${path}${isOpen ? "" : " "}`;
  return isOpen ? `@"${path}` : `@"${path}" `;
}

/** The text with the offer in place of what was asked, and where the caret goes. */
export function taken(text: string, asked: Asked, offer: Offer): { text: string; caret: number } {
  const rest = text.slice(asked.end);
  const insert = offer.insert.endsWith(" ") && rest.startsWith(" ") ? offer.insert.slice(0, -1) : offer.insert;
  const caret = asked.start + insert.length;
  return { text: text.slice(0, asked.start) + insert + rest, caret: insert === offer.insert ? caret : caret + 1 };
}

const plain = (name: string): string => name.replace(/^\//, "");
