/**
 * The open chats. Each is read once and followed once, however many views show it.
 *
 * Without a gap and without a double: the number of the last frame is read first, then the page of messages, then the
 * topic is followed from that number; what the page knows already is told again and changes nothing. A message that is
 * still being written is whole only in the log: it is folded from its first frame on.
 */

import { computed, signal, type ReadonlySignal } from "@preact/signals";
import { api, ApiError, pathOf } from "../net/api";
import { live, reconnections, type Heard } from "../net/live";
import type { AgentSession, Chat, Frame, Message, Permission } from "../wire/types";
import { tellSessionNews } from "./sessionNews";
import { logOfStreaming } from "./streamingLog";
import { EMPTY, fromPage, isStreaming, prepend, readAnew, reduce, withAgents, withQuestions, type Transcript } from "./transcript";
import { inspectWorktree } from "./worktrees";

export interface ChatStore {
  readonly chatId: string;
  readonly transcript: ReadonlySignal<Transcript>;
  /** Null until it is read for the first time. */
  readonly chat: ReadonlySignal<Chat | null>;
  /** The folder that its agents work in; null: not known yet. */
  readonly folder: ReadonlySignal<string | null>;
  readonly error: ReadonlySignal<unknown>;
  readonly isLoading: ReadonlySignal<boolean>;
  readonly isLoadingOlder: ReadonlySignal<boolean>;
  /** One page more; the same while one is on its way. */
  loadOlder(): Promise<void>;
  /** After an error. */
  retry(): void;
  /** Once for each `openChat`. */
  close(): void;
}

/** 50 turns: prompts and answers. */
const PAGE = 100;

interface MessagePage {
  items: Message[];
  next: string | null;
}

const open = new Map<string, SharedChat>();

export function openChat(chatId: string): ChatStore {
  const shared = open.get(chatId) ?? new SharedChat(chatId);
  open.set(chatId, shared);
  shared.holders += 1;
  let isClosed = false;
  const { transcript, chat, folder, error, isLoading, isLoadingOlder } = shared;
  return {
    ...{ chatId, transcript, chat, folder, error, isLoading, isLoadingOlder },
    loadOlder: () => shared.loadOlder(),
    retry: () => void shared.load(),
    // Closing one hold twice takes nothing from another one.
    close: () => {
      if (!isClosed) shared.release();
      isClosed = true;
    },
  };
}

class SharedChat {
  holders = 0;
  readonly transcript = signal<Transcript>(EMPTY);
  readonly chat = signal<Chat | null>(null);
  readonly folder = signal<string | null>(null);
  readonly error = signal<unknown>(null);
  readonly isLoading = signal(true);
  private readonly older = signal<Promise<void> | null>(null);
  readonly isLoadingOlder = computed(() => this.older.value !== null);
  private cursor: string | null = null;
  private attempt = 0;
  private unfollow = (): void => {};
  private readonly unwatch: () => void;
  /** Questions that a frame has closed: an answer to an older request must not bring them back. */
  private readonly closedQuestions = new Set<string>();
  /** The number of the last frame that told how many changes wait. */
  private pendingTold = 0;
  private isLooking = false;

  constructor(readonly chatId: string) {
    let seen = reconnections.peek();
    this.unwatch = reconnections.subscribe((count) => {
      if (count === seen) return;
      seen = count;
      if (this.error.peek()) void this.load();
      else void this.refresh();
    });
    void this.load();
  }

  release(): void {
    this.holders -= 1;
    if (this.holders > 0) return;
    open.delete(this.chatId);
    this.attempt += 1;
    this.unwatch();
    this.unfollow();
  }

  /** Reads the chat, or reads it anew. What is shown stays until then. */
  async load(): Promise<void> {
    const attempt = ++this.attempt;
    this.isLoading.value = true;
    try {
      const chat = await api.get<Chat>(pathOf("chats", this.chatId));
      const page = await api.get<MessagePage>(`${pathOf("chats", this.chatId, "messages")}?limit=${PAGE}`);
      const log = await logOfStreaming(page.items.find(isStreaming), chat.last_seq, this.readLog);
      if (attempt !== this.attempt) return;
      this.cursor = page.next;
      this.chat.value = chat;
      const fresh = reduce(fromPage(page.items, log.since, page.next !== null), log.frames);
      this.transcript.value = readAnew(this.transcript.peek(), fresh);
      this.error.value = null;
      this.unfollow();
      this.unfollow = live.follow(`chat:${this.chatId}`, this.transcript.peek().lastSeq, this.hear);
      void this.refresh();
      void this.lookAtWorktree();
    } catch (error) {
      if (attempt === this.attempt) this.error.value = error;
    } finally {
      if (attempt === this.attempt) this.isLoading.value = false;
    }
  }

  async loadOlder(): Promise<void> {
    if (this.cursor === null) return;
    this.older.value ??= this.readOlder(this.cursor, this.attempt).finally(() => (this.older.value = null));
    await this.older.value;
  }

  private async readOlder(cursor: string, attempt: number): Promise<void> {
    const path = `${pathOf("chats", this.chatId, "messages")}?limit=${PAGE}&before=${encodeURIComponent(cursor)}`;
    const page = await api.get<MessagePage>(path);
    if (attempt !== this.attempt) return;
    this.cursor = page.next;
    this.transcript.value = prepend(this.transcript.peek(), page.items, page.next !== null);
  }

  private readLog = async (since: number, limit: number): Promise<Frame[]> =>
    (await api.get<{ items: Frame[] }>(`${pathOf("chats", this.chatId, "events")}?since=${since}&limit=${limit}`)).items;

  private hear = (heard: Heard[]): void => {
    const frames = heard.filter((frame): frame is Frame => "seq" in frame);
    for (const frame of frames) {
      if (frame.type === "permission_resolved") this.closedQuestions.add(frame.id);
      else if (frame.type === "pending_changes_updated") this.pendingTold = frame.seq;
    }
    this.transcript.value = reduce(this.transcript.peek(), frames);
    tellSessionNews(frames);
    if (this.transcript.peek().isBehind || heard.some(this.isOfAnotherLog)) void this.load();
    else if (frames.some((frame) => frame.type === "message_complete")) void this.refresh();
    // A session has its worktree from its first turn on.
    if (this.folder.peek() === null && frames.some((frame) => frame.type === "tool_call")) void this.lookAtWorktree();
    for (const frame of heard) {
      if (frame.type === "error") this.error.value = new ApiError(0, { code: frame.code, detail: frame.detail });
    }
  };

  /** The log is shorter than what was heard of it: the database is another one now. */
  private isOfAnotherLog = (frame: Heard): boolean =>
    frame.type === "subscribed" && frame.last_seq < this.transcript.peek().lastSeq;

  /** What is told beside the frames of the chat. A failure leaves what was known: the next one comes soon. */
  private async refresh(): Promise<void> {
    const chat = this.chat.peek();
    if (!chat) return;
    const attempt = this.attempt;
    const asked = this.transcript.peek();
    const questions = api.get<{ items: Permission[] }>(`permissions?chat_id=${encodeURIComponent(this.chatId)}`);
    const agents = api.get<AgentSession[]>(pathOf("sessions", chat.session_id, "agent-sessions"));
    const [open, here] = await Promise.allSettled([questions, agents]);
    if (attempt !== this.attempt) return;
    let next = this.transcript.peek();
    if (open.status === "fulfilled") next = withQuestions(next, open.value.items, this.closedQuestions, asked.lastSeq);
    if (here.status === "fulfilled") {
      next = withAgents(next, here.value.filter((each) => each.chat_id === this.chatId), asked);
    }
    this.transcript.value = next;
  }

  /** Where its agents work, and how many of their changes wait: frames tell of the count only when it is another one. */
  private async lookAtWorktree(): Promise<void> {
    const chat = this.chat.peek();
    if (!chat || this.isLooking) return;
    const told = this.pendingTold;
    this.isLooking = true;
    const worktree = await inspectWorktree(chat.session_id).catch(() => null);
    this.isLooking = false;
    if (!worktree) return;
    this.folder.value = worktree.path;
    if (told === this.pendingTold) this.transcript.value = { ...this.transcript.peek(), pending: worktree.pending };
  }
}
