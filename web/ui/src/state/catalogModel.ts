/**
 * Projects, sessions and chats as the frames of `user` change them. Pure.
 *
 * A frame says how a thing is now and may come twice or in any order, so all goes by id. What belongs to something
 * that is not known is left out: the frame of that one brings it along.
 */

import type { Chat, Frame, Project, Session } from "../wire/types";

/** `projects` oldest first, `sessions` newest first, the chats of a session oldest first: as the server lists them. */
export interface Catalog {
  projects: Project[];
  sessions: Session[];
}

export const EMPTY: Catalog = { projects: [], sessions: [] };

export const UNNAMED_SESSION = "New session";
const UNNAMED_CHAT = "New chat";
const NAME_CHARS = 60;

/** The very same object when the frame tells nothing about the catalog. */
export function changed(catalog: Catalog, frame: Frame): Catalog {
  switch (frame.type) {
    case "project_updated":
      return { ...catalog, projects: put(catalog.projects, frame.project, "last") };
    case "project_removed":
      return {
        projects: catalog.projects.filter((each) => each.id !== frame.id),
        sessions: catalog.sessions.filter((each) => each.project_id !== frame.id),
      };
    case "session_updated":
      return { ...catalog, sessions: put(catalog.sessions, frame.session, "first") };
    case "session_removed":
      return { ...catalog, sessions: catalog.sessions.filter((each) => each.id !== frame.id) };
    case "chat_updated":
      return withChats(catalog, frame.chat.session_id, (chats) => put(chats, frame.chat, "last"));
    case "chat_removed":
      return withChats(catalog, frame.session_id, (chats) => chats.filter((each) => each.id !== frame.id));
    default:
      return catalog;
  }
}

/** The ids of chats that `before` has and `after` has not. */
export function goneChats(before: Catalog, after: Catalog): Set<string> {
  const left = new Set(before.sessions.flatMap((session) => session.chats.map((chat) => chat.id)));
  for (const session of after.sessions) for (const chat of session.chats) left.delete(chat.id);
  return left;
}

/** `listed` is the newest part of a longer list: nothing says that an older session of `before` is gone. */
export function withOlder(listed: readonly Session[], before: readonly Session[]): Session[] {
  const oldest = listed.at(-1)?.created_at ?? "";
  const ids = new Set(listed.map((session) => session.id));
  return [...listed, ...before.filter((session) => session.created_at <= oldest && !ids.has(session.id))];
}

/** The name that a session gets from its first prompt: its first line; null when there is nothing to take. */
export function nameFrom(prompt: string): string | null {
  const line = prompt.trim().split("\n")[0]?.trim() ?? "";
  if (!line) return null;
  const letters = [...line];
  return letters.length > NAME_CHARS ? `${letters.slice(0, NAME_CHARS - 1).join("").trimEnd()}…` : line;
}

export const isUnnamed = (session: Session): boolean => session.title === "" || session.title === UNNAMED_SESSION;

/** What a chat is called where it is shown: one that nobody named bears the name of its session, or its number in it. */
export function chatName(chat: Chat, session: Session): string {
  if (chat.title && chat.title !== UNNAMED_CHAT) return chat.title;
  const place = session.chats.findIndex((each) => each.id === chat.id);
  return session.chats.length <= 1 ? sessionName(session) : `Chat ${place + 1}`;
}

export const sessionName = (session: Session): string => session.title || UNNAMED_SESSION;

function put<T extends { id: string }>(items: T[], item: T, where: "first" | "last"): T[] {
  const place = items.findIndex((each) => each.id === item.id);
  if (place >= 0) return items.with(place, item);
  return where === "first" ? [item, ...items] : [...items, item];
}

function withChats(catalog: Catalog, sessionId: string, change: (chats: Chat[]) => Chat[]): Catalog {
  const place = catalog.sessions.findIndex((each) => each.id === sessionId);
  const session = catalog.sessions[place];
  if (!session) return catalog;
  return { ...catalog, sessions: catalog.sessions.with(place, { ...session, chats: change(session.chats) }) };
}
