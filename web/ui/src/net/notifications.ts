/**
 * The browser's own notifications: shown when a person looks elsewhere, wants them, and has allowed them here.
 * The browser is asked only by a person's click; what it said is of this browser, the wish is a setting.
 */

import { signal, type Signal } from "@preact/signals";
import { findChat } from "../state/catalog";
import { chatName } from "../state/catalogModel";
import { openView } from "../state/layout";
import { noticeOf, type Notice } from "../state/notices";
import { settings } from "../state/settings";
import { onUserFrame } from "../state/userFrames";

/** `unsupported`: this browser has none, or the page came unencrypted from another machine. */
export type Allowance = NotificationPermission | "unsupported";

const isThere = typeof Notification !== "undefined";

export const allowance: Signal<Allowance> = signal(isThere ? Notification.permission : "unsupported");

/** To be called by a click. */
export async function askForNotifications(): Promise<Allowance> {
  if (isThere) allowance.value = await Notification.requestPermission();
  return allowance.value;
}

let isStarted = false;
const told = new Set<string>();

export function startNotifications(): void {
  if (isStarted || !isThere) return;
  isStarted = true;
  onUserFrame((frame) => {
    const notice = noticeOf(frame, nameOf);
    if (!notice || told.has(notice.tag)) return;
    // What was told while the person was looking is not told again when they look away.
    told.add(notice.tag);
    if (document.hidden && settings.peek().notifications && Notification.permission === "granted") show(notice);
  });
}

function show({ title, body, chatId, tag }: Notice): void {
  // With a tag, two windows of the same browser show one.
  const shown = new Notification(title, { body, tag });
  shown.onclick = () => {
    window.focus();
    if (chatId !== null) openView({ kind: "chat", chatId });
    shown.close();
  };
}

function nameOf(chatId: string): string {
  const found = findChat(chatId);
  return found ? chatName(found.chat, found.session) : "a chat";
}
