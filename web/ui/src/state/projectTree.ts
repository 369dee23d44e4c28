/**
 * The sidebar's tree as rows from top to bottom, and what a key does in it. Pure.
 *
 * A session of one chat is one row, which is that chat; one of several has a row for each beneath it. Of a long
 * project only the newest sessions are rows, then one row that shows more.
 */

import type { Chat, Project, Session } from "../wire/types";
import { chatName, sessionName } from "./catalogModel";

interface Place {
  /** Steady from drawing to drawing. */
  key: string;
  level: 1 | 2 | 3;
  name: string;
  /** Its number among its siblings, from 1, and how many they are. */
  place: number;
  siblings: number;
}

export type ProjectRow = Place & { kind: "project"; project: Project; isOpen: boolean; sessions: Session[] };
/** `isOpen` is null when it is one row with its lone chat. */
export type SessionRow = Place & { kind: "session"; session: Session; isOpen: boolean | null };
export type ChatRow = Place & { kind: "chat"; session: Session; chat: Chat };
export type MoreRow = Place & { kind: "more"; projectId: string; left: number };
export type Row = ProjectRow | SessionRow | ChatRow | MoreRow;

export interface TreeOptions {
  /** Keys of rows that are folded. */
  folded: ReadonlySet<string>;
  filter: string;
  /** How many sessions of a project are rows. */
  most: (projectId: string) => number;
}

export function treeRows(projects: Project[], sessions: Session[], options: TreeOptions): Row[] {
  const words = options.filter.toLowerCase().split(/\s+/).filter(Boolean);
  const byProject = new Map<string, Session[]>(projects.map((project) => [project.id, []]));
  for (const session of sessions) byProject.get(session.project_id)?.push(session);
  const shown = projects
    .map((project) => ({ project, mine: matching(project, byProject.get(project.id) ?? [], words) }))
    .filter(({ project, mine }) => mine.length > 0 || isMatch(textOf(project), words));
  return shown.flatMap(({ project, mine }, n) => projectRows(project, mine, n + 1, shown.length, words, options));
}

function projectRows(
  project: Project,
  mine: Session[],
  place: number,
  siblings: number,
  words: string[],
  options: TreeOptions,
): Row[] {
  const key = `project ${project.id}`;
  const isOpen = words.length > 0 || !options.folded.has(key);
  const head: Row = { kind: "project", key, level: 1, name: project.name, place, siblings, project, isOpen, sessions: mine };
  if (!isOpen) return [head];
  const most = options.most(project.id);
  const isLong = mine.length > most;
  const count = isLong ? most + 1 : mine.length;
  const rows = [head, ...mine.slice(0, most).flatMap((session, n) => sessionRows(session, n + 1, count, words, options))];
  const left = mine.length - most;
  if (isLong) {
    const more = { key: `more ${project.id}`, name: `Show more sessions (${left} left)`, place: count, siblings: count };
    rows.push({ kind: "more", level: 2, projectId: project.id, left, ...more });
  }
  return rows;
}

function sessionRows(session: Session, place: number, siblings: number, words: string[], options: TreeOptions): Row[] {
  const key = `session ${session.id}`;
  const isSplit = session.chats.length > 1;
  const isOpen = isSplit ? words.length > 0 || !options.folded.has(key) : null;
  const head: Row = { kind: "session", key, level: 2, name: sessionName(session), place, siblings, session, isOpen };
  if (!isOpen) return [head];
  const chats = session.chats.map((chat, n): Row => {
    const among = { place: n + 1, siblings: session.chats.length };
    return { kind: "chat", key: `chat ${chat.id}`, level: 3, name: chatName(chat, session), ...among, session, chat };
  });
  return [head, ...chats];
}

/** The sessions that match together with their project; all of them when the project alone matches. */
function matching(project: Project, sessions: Session[], words: string[]): Session[] {
  if (isMatch(textOf(project), words)) return sessions;
  return sessions.filter((session) => {
    const texts = [textOf(project), sessionName(session), ...session.chats.map((chat) => chat.title)];
    return isMatch(texts.join(" ").toLowerCase(), words);
  });
}

const textOf = (project: Project): string => `${project.name} ${project.path}`.toLowerCase();

const isMatch = (text: string, words: string[]): boolean => words.every((word) => text.includes(word));

/** `next`, with the very objects of `before` where a row is as it was: whoever draws them draws only the others. */
export function withKnown(before: readonly Row[], next: Row[]): Row[] {
  const known = new Map(before.map((row) => [row.key, row]));
  return next.map((row) => {
    const old = known.get(row.key);
    return old && isSame(old, row) ? old : row;
  });
}

/** The lists in a row are compared by what is in them. */
function isSame(a: Row, b: Row): boolean {
  const [before, after] = [a as unknown as Record<string, unknown>, b as unknown as Record<string, unknown>];
  return Object.entries(after).every(([name, value]) => {
    const other = before[name];
    if (!Array.isArray(value) || !Array.isArray(other)) return other === value;
    return value.length === other.length && value.every((each, n) => each === other[n]);
  });
}

// ---- keys

export type TreeAct =
  | { act: "focus"; key: string }
  | { act: "fold" | "unfold" | "open" | "rename" | "delete"; row: Row };

/** What `pressed` does when the row of `key` has the focus; null: nothing. */
export function treeKey(rows: readonly Row[], key: string, pressed: string): TreeAct | null {
  const at = rows.findIndex((row) => row.key === key);
  const row = rows[at];
  if (!row) return null;
  const to = (target: Row | undefined): TreeAct | null => (target ? { act: "focus", key: target.key } : null);
  switch (pressed) {
    case "ArrowDown":
      return to(rows[at + 1]);
    case "ArrowUp":
      return to(rows[at - 1]);
    case "Home":
      return to(rows[0]);
    case "End":
      return to(rows.at(-1));
    case "ArrowRight":
      if (isFoldable(row) && !row.isOpen) return { act: "unfold", row };
      return rows[at + 1] && (rows[at + 1]?.level ?? 0) > row.level ? to(rows[at + 1]) : null;
    case "ArrowLeft":
      if (isFoldable(row) && row.isOpen) return { act: "fold", row };
      return to(rows.slice(0, at).findLast((above) => above.level < row.level));
    case "Enter":
    case " ":
      return { act: "open", row };
    case "F2":
      return row.kind === "more" ? null : { act: "rename", row };
    case "Delete":
      return row.kind === "more" ? null : { act: "delete", row };
    default:
      return null;
  }
}

export const isFoldable = (row: Row): row is ProjectRow | SessionRow =>
  row.kind === "project" || (row.kind === "session" && row.isOpen !== null);
