import { useSignal, useSignalEffect, type ReadonlySignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { api, explain, pathOf } from "../../net/api";
import { waitingPrompts } from "../../state/queue";
import type { Transcript } from "../../state/transcript";
import type { Cancelled, Frame, MessageComplete } from "../../wire/types";
import { announce } from "../common/announce";
import { standingOf } from "./standing";
import { askedWords, endWords, NOTHING_TO_STOP } from "./stopWords";

const PATIENCE_MS = 2500;

export interface Stopping {
  /** What has become of the wish to stop; null: there is none. */
  words: ReadonlySignal<string | null>;
  /** A stop was asked for and the turn has not ended. */
  isAsked: ReadonlySignal<boolean>;
  stop(agentLabel: string): Promise<void>;
  forget(): void;
}

interface Wish {
  /** Of the turn that shall end: the one that runs, else the next one. */
  taskId: string | null;
  /** The end is told behind it. */
  since: number;
  agent: string;
  /** The server has taken it. */
  isTaken: boolean;
}

/** The honest ladder of a stop: asked · does not listen · how it ended. */
export function useStopping(chatId: string, transcript: ReadonlySignal<Transcript>): Stopping {
  const words = useSignal<string | null>(null);
  const wish = useSignal<Wish | null>(null);
  const isAsked = useSignal(false);

  function say(text: string | null): void {
    words.value = text;
    if (text !== null) announce(text);
  }

  async function stop(agent: string): Promise<void> {
    if (isAsked.peek()) return;
    const { turn, messages, lastSeq } = transcript.peek();
    const running = turn && messages.find((message) => message.id === turn.messageId);
    isAsked.value = true;
    wish.value = { taskId: (running ?? waitingPrompts(messages)[0])?.task_id ?? null, since: lastSeq, agent, isTaken: false };
    say(askedWords(agent, false));
    try {
      const { cancelled } = await api.post<Cancelled>(pathOf("chats", chatId, "cancel"));
      if (!cancelled) end(NOTHING_TO_STOP);
      else taken();
    } catch (error) {
      end(explain(error));
    }
  }

  function taken(): void {
    const wanted = wish.peek();
    if (wanted) wish.value = { ...wanted, isTaken: true };
  }

  function end(text: string | null): void {
    wish.value = null;
    isAsked.value = false;
    say(text);
  }

  useSignalEffect(() => {
    const { messages, turn } = transcript.value;
    const wanted = wish.value;
    if (!wanted) return;
    const standing = standingOf(messages, wanted.taskId, turn !== null);
    if (standing.kind === "gone" && wanted.isTaken) return end(null);
    if (standing.kind !== "ended") return;
    wish.value = null;
    void howItEnded(chatId, standing.messageId, wanted.since).then(
      (frame) => end(frame?.status === "cancelled" ? endWords(frame.rung, wanted.agent) : null),
      () => end(null),
    );
  });

  const agent = wish.value?.agent ?? null;
  useEffect(() => {
    if (agent === null) return;
    const timer = setTimeout(() => say(askedWords(agent, true)), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [agent]);

  return { words, isAsked, stop, forget: () => !isAsked.peek() && say(null) };
}

/** The last frame of a message, from the log behind `since`. */
async function howItEnded(chatId: string, messageId: string, since: number): Promise<MessageComplete | null> {
  const { items } = await api.get<{ items: Frame[] }>(`${pathOf("chats", chatId, "events")}?since=${since}&limit=1000`);
  return items.find((frame) => frame.type === "message_complete" && frame.message_id === messageId) as MessageComplete | null;
}
