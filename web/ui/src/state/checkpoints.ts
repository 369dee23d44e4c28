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

interface Known extends SessionCheckpoints {
  /** Somebody shows them. */
  isWatched: boolean;
  /** Something changed while nobody did. */
  isOld: boolean;
}

/** Of sessions that nobody shows any more, so many are kept. */
const MOST_IDLE = 16;
const known = new Map<string, Known>();
let isFollowing = false;

export function checkpointsOf(sessionId: string): SessionCheckpoints {
  let found = known.get(sessionId);
  if (!found) {
    followOnce();
    found = made(sessionId);
    forgetIdle();
    known.set(sessionId, found);
    void found.load();
  } else if (found.isOld) {
    found.isOld = false;
    void found.load();
  }
  return found;
}

/** The ones that were asked for first. */
function forgetIdle(): void {
  const idle = [...known].filter(([, each]) => !each.isWatched);
  for (const [sessionId] of idle.slice(0, Math.max(0, idle.length - MOST_IDLE))) known.delete(sessionId);
}

function made(sessionId: string): Known {
  const watch = (isWatched: boolean): void => {
    self.isWatched = isWatched;
  };
  const list = signal<readonly Checkpoint[]>([], { watched: () => watch(true), unwatched: () => watch(false) });
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
  const self: Known = { list, byTask: by("task_id"), byMessage: by("message_id"), isLoaded, error, load, isWatched: false, isOld: false };
  return self;
}

/** At once for who shows them; else when they are asked for next. */
function renew(each: Known): void {
  if (each.isWatched) void each.load();
  else each.isOld = true;
}

function followOnce(): void {
  if (isFollowing) return;
  isFollowing = true;
  onSessionNews((news) => {
    const found = news.type === "pending_changes_updated" ? undefined : known.get(news.session_id);
    if (found) renew(found);
  });
  let seen = reconnections.peek();
  reconnections.subscribe((count) => {
    if (count !== seen) for (const each of known.values()) renew(each);
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
