/** What a person does with a row of the tree, by mouse, by key or by its menu. */

import {
  deleteChat,
  deleteProject,
  deleteSession,
  newChat,
  newSession,
  renameChat,
  renameProject,
  renameSession,
  statusOf,
} from "../../state/catalog";
import { wantComposer } from "../../state/composerFocus";
import { openView } from "../../state/layout";
import type { Row } from "../../state/projectTree";
import { fold, focusedKey, renamedKey, rows, showMore } from "../../state/sidebar";
import { mostUrgent } from "../../state/urgency";
import type { Session } from "../../wire/types";
import { toastError } from "../common/toast";
import { askToDelete } from "./deleting";

export type Where = "here" | "beside";

/** To write in it at once, where no keyboard would come up over the page. */
export function openChat(chatId: string, where: Where = "here"): void {
  openView({ kind: "chat", chatId }, where);
  if (!matchMedia("(pointer: coarse)").matches) wantComposer(chatId);
}

/** Told to the person when it cannot be done. */
export async function attempt(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    toastError(error);
    return false;
  }
}

export const startSession = (projectId: string): Promise<boolean> =>
  attempt(async () => openFirst(await newSession(projectId)));

export const startChat = (sessionId: string): Promise<boolean> =>
  attempt(async () => openChat((await newChat(sessionId)).id));

function openFirst(session: Session): void {
  const first = session.chats[0];
  if (first) openChat(first.id);
}

export function openRow(row: Row, where: Where = "here"): void {
  switch (row.kind) {
    case "project":
      return fold(row.key, row.isOpen);
    case "more":
      return showMore(row.projectId);
    case "chat":
      return openChat(row.chat.id, where);
    case "session":
      return openSession(row.session, where);
  }
}

export function openSession(session: Session, where: Where = "here"): void {
  const chat = wantedChat(session);
  if (chat) openChat(chat, where);
  else void startChat(session.id);
}

/** The chat that most wants a person; else the newest. */
function wantedChat(session: Session): string | undefined {
  const wanted = mostUrgent(session.chats.map((chat) => statusOf(chat.id)));
  const urgent = wanted === "idle" ? undefined : session.chats.find((chat) => statusOf(chat.id) === wanted);
  return (urgent ?? session.chats.at(-1))?.id;
}

export function renameRow(row: Row, name: string): Promise<boolean> {
  return attempt(async () => {
    if (row.kind === "project") await renameProject(row.project.id, name);
    if (row.kind === "session") await renameSession(row.session.id, name);
    if (row.kind === "chat") await renameChat(row.chat.id, name);
  });
}

/** Asks first. Afterwards the focus is at what was beneath it, or above. */
export async function deleteRow(row: Row): Promise<void> {
  if (row.kind === "more" || !(await askToDelete(row))) return;
  const beside = neighbour(row);
  const isGone = await attempt(async () => {
    if (row.kind === "project") await deleteProject(row.project.id);
    if (row.kind === "session") await deleteSession(row.session.id);
    if (row.kind === "chat") await deleteChat(row.chat.id);
  });
  if (isGone) focusRow(beside);
}

function neighbour(row: Row): string | null {
  const all = rows.peek();
  const at = all.findIndex((each) => each.key === row.key);
  const below = all.slice(at + 1).find((each) => each.level <= row.level);
  return (below ?? all[at - 1])?.key ?? null;
}

/** At once, or when it is drawn. */
export function focusRow(key: string | null): void {
  if (key === null) return;
  focusedKey.value = key;
  const drawn = document.getElementById(rowId(key));
  if (drawn) drawn.focus();
  else requestAnimationFrame(() => document.getElementById(rowId(key))?.focus());
}

export const rowId = (key: string): string => `row-${key.replace(" ", "-")}`;

export function editName(row: Row): void {
  renamedKey.value = row.key;
}
