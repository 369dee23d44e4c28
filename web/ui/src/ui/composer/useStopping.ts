import { useSignal, useSignalEffect, type ReadonlySignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { api, explain, pathOf } from "../../net/api";
import type { Transcript } from "../../state/transcript";
import type { Cancelled, Frame, MessageComplete } from "../../wire/types";
import { announce } from "../common/announce";
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
  messageId: string | null;
  since: number;
  agent: string;
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
    const { turn, lastSeq } = transcript.peek();
    isAsked.value = true;
    wish.value = { messageId: turn?.messageId ?? null, since: lastSeq, agent };
    say(askedWords(agent, false));
    try {
      const { cancelled } = await api.post<Cancelled>(pathOf("chats", chatId, "cancel"));
      if (!cancelled) end(NOTHING_TO_STOP);
      else if (turn === null) end(endWords("before_start", agent)); // it never began: no end of it will be told
    } catch (error) {
      end(explain(error));
    }
  }

  function end(text: string | null): void {
    wish.value = null;
    isAsked.value = false;
    say(text);
  }

  useSignalEffect(() => {
    const { turn } = transcript.value;
    const wanted = wish.value;
    if (!wanted || wanted.messageId === null || turn?.messageId === wanted.messageId) return;
    wish.value = null;
    void howItEnded(chatId, wanted.messageId, wanted.since).then(
      (frame) => end(frame?.status === "cancelled" ? endWords(frame.rung, wanted.agent) : null),
      () => end(null),
    );
  });

  useEffect(() => {
    if (!wish.value) return;
    const { agent } = wish.value;
    const timer = setTimeout(() => say(askedWords(agent, true)), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [wish.value]);

  return { words, isAsked, stop, forget: () => !isAsked.peek() && say(null) };
}

/** The last frame of a message, from the log behind `since`. */
async function howItEnded(chatId: string, messageId: string, since: number): Promise<MessageComplete | null> {
  const { items } = await api.get<{ items: Frame[] }>(`${pathOf("chats", chatId, "events")}?since=${since}&limit=1000`);
  return items.find((frame) => frame.type === "message_complete" && frame.message_id === messageId) as MessageComplete | null;
}
