/**
 * What can be gone back to, by session. Read when somebody first asks for a session's, and kept current by the frames
 * of its chats. The preview is asked for each time: it is about the files of that moment.
 */

import { computed, signal, type ReadonlySignal } from "@preact/signals";
import { api, pathOf } from "../net/api";
import { reconnections } from "../net/live";
import type { Checkpoint, RestorePreview } from "../wire/types";
import { refetching } from "./refetch";
import { onSessionNews } from "./sessionNews";

export interface SessionCheckpoints {
  /** Oldest first. */
  readonly list: ReadonlySignal<readonly Checkpoint[]>;
  readonly byTask: ReadonlySignal<ReadonlyMap<string, Checkpoint>>;
  readonly byMessage: ReadonlySignal<ReadonlyMap<string, Checkpoint>>;
  readonly isLoaded: ReadonlySignal<boolean>;
  readonly error: ReadonlySignal<unknown>;
  readonly load: () => Promise<void>;
}

const known = new Map<string, SessionCheckpoints>();
let isFollowing = false;

export function checkpointsOf(sessionId: string): SessionCheckpoints {
  let found = known.get(sessionId);
  if (!found) {
    followOnce();
    found = made(sessionId);
    known.set(sessionId, found);
    void found.load();
  }
  return found;
}

function made(sessionId: string): SessionCheckpoints {
  const list = signal<readonly Checkpoint[]>([]);
  const isLoaded = signal(false);
  const error = signal<unknown>(null);
  const load = refetching(async () => {
    try {
      list.value = await api.get<Checkpoint[]>(pathOf("sessions", sessionId, "checkpoints"));
      isLoaded.value = true;
      error.value = null;
    } catch (failure) {
      error.value = failure;
    }
  });
  const by = (field: "task_id" | "message_id") =>
    computed(() => {
      const found = new Map<string, Checkpoint>();
      for (const each of list.value) if (each.kind === "turn" && each[field]) found.set(each[field], each);
      return found;
    });
  return { list, byTask: by("task_id"), byMessage: by("message_id"), isLoaded, error, load };
}

function followOnce(): void {
  if (isFollowing) return;
  isFollowing = true;
  onSessionNews((news) => {
    if (news.type !== "pending_changes_updated") void known.get(news.session_id)?.load();
  });
  let seen = reconnections.peek();
  reconnections.subscribe((count) => {
    if (count !== seen) for (const each of known.values()) void each.load();
    seen = count;
  });
}

export const previewRestore = (id: string): Promise<RestorePreview> => api.get<RestorePreview>(pathOf("checkpoints", id, "preview"));

/** `safety` of the answer null: everything was as it is there already. */
export const restoreCheckpoint = (id: string): Promise<RestorePreview> =>
  api.post<RestorePreview>(pathOf("checkpoints", id, "restore"));

export const takeCheckpoint = (sessionId: string, chatId: string): Promise<Checkpoint> =>
  api.post<Checkpoint>(pathOf("sessions", sessionId, "checkpoints"), { chat_id: chatId });

/**
 * The way back from the last restore of a chat: its newest checkpoint, when that was taken by a restore. Once a turn has
 * begun after it, it is one checkpoint among others.
 */
export function wayBack(checkpoints: readonly Checkpoint[], chatId: string): Checkpoint | null {
  const last = checkpoints.filter((each) => each.chat_id === chatId).at(-1);
  return last?.kind === "safety" ? last : null;
}

export function changesNothing(preview: RestorePreview): boolean {
  const { written, deleted, hidden_messages: hidden, shown_messages: shown } = preview;
  return written.length + deleted.length + hidden.length + shown.length === 0;
}

/** What a checkpoint is, in a few words. */
export function checkpointWords({ kind, title, agent }: Checkpoint): { title: string; what: string } {
  if (kind === "safety") return { title: "Before going back", what: "What a restore was about to overwrite: the way back from it" };
  if (kind === "manual") return { title: title ?? "Taken by you", what: "Taken when you asked for it" };
  return { title: title ? `Before “${title}”` : "Before a prompt", what: agent ? `Before a turn of ${agent}` : "Before a turn" };
}
