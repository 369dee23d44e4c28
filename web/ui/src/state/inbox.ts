/** What waits for a person: open questions of agents, and tasks that failed or are blocked. */

import { computed, signal, type ReadonlySignal, type Signal } from "@preact/signals";
import { api, pathOf } from "../net/api";
import type { Frame, InboxItem, InboxPage, Permission, Task } from "../wire/types";
import { dismissed, DISMISSED_KEY, forgetGone, readDismissed } from "./dismissed";
import { refetching } from "./refetch";
import { onMissed, onUserFrame } from "./userFrames";

const all: Signal<InboxItem[]> = signal([]);
/** But for what was dismissed here. */
export const inbox: ReadonlySignal<InboxItem[]> = computed(() => all.value.filter((item) => !dismissed.value.has(item.id)));
export const isInboxLoaded: Signal<boolean> = signal(false);
export const inboxError: Signal<unknown> = signal(null);

/** Questions that an agent cannot go on without: what the title and the sidebar count. */
export const waitingCount = computed(() => inbox.value.filter((item) => item.kind === "permission").length);

export const loadInbox = refetching(async () => {
  try {
    all.value = (await api.get<InboxPage>("inbox")).items;
    forgetGone(all.value.map((item) => item.id));
    isInboxLoaded.value = true;
    inboxError.value = null;
  } catch (error) {
    inboxError.value = error;
  }
});

/** The first answer counts. A 409 is thrown with how it was answered; the question leaves the list all the same. */
export async function answerPermission(id: string, optionId: string): Promise<Permission> {
  try {
    const answered = await api.post<Permission>(pathOf("permissions", id), { option_id: optionId });
    drop(id);
    return answered;
  } catch (error) {
    void loadInbox();
    throw error;
  }
}

/** `id` is an item's, which for a task is the task's own. */
export async function retryTask(id: string): Promise<Task> {
  try {
    const task = await api.post<Task>(pathOf("inbox", id, "retry"));
    drop(id);
    return task;
  } finally {
    void loadInbox();
  }
}

let isStarted = false;

export function startInbox(): void {
  if (isStarted) return;
  isStarted = true;
  onMissed(() => void loadInbox());
  onUserFrame(hear);
  addEventListener("storage", (event) => {
    if (event.key === DISMISSED_KEY) dismissed.value = readDismissed();
  });
}

function hear(frame: Frame): void {
  if (frame.type === "permission_resolved") drop(frame.id);
  if (concerns(frame)) void loadInbox();
}

/** Whether the list may be another one after this frame. */
function concerns(frame: Frame): boolean {
  switch (frame.type) {
    case "permission_requested":
    case "permission_resolved":
    case "project_removed":
    case "session_removed":
    case "chat_removed":
      return true;
    case "task_updated": {
      const { chat_id, id, state } = frame.task;
      if (state === "failed" || state === "blocked") return true;
      // Another task of the chat may be the new try of a failed one.
      return all.peek().some((item) => item.task_id === id || (chat_id !== null && item.chat_id === chat_id));
    }
    default:
      return false;
  }
}

const drop = (id: string): void => {
  all.value = all.peek().filter((item) => item.id !== id);
};
