import { useSignal, useSignalEffect, type ReadonlySignal } from "@preact/signals";
import { ApiError, api, pathOf } from "../../net/api";
import { reconnections } from "../../net/live";
import type { Choice } from "../../state/choices";
import type { NewPrompt, Posted } from "../../wire/types";

export interface Sending {
  isSending: ReadonlySignal<boolean>;
  /** Why the last attempt failed; gone with the next one. */
  problem: ReadonlySignal<unknown>;
  /** The answer; null when there was none, or a refusal. */
  send(text: string, choice: Choice, clientId: string): Promise<Posted | null>;
  forgive(): void;
}

/** Gives prompts to the server. An attempt whose answer was lost is repeated under the same id: it is one prompt. */
export function useSending(chatId: string): Sending {
  const isSending = useSignal(false);
  const problem = useSignal<unknown>(null);

  // The server is there again: what was said of its absence is over, and the text still waits to be sent.
  useSignalEffect(() => {
    if (reconnections.value && isUnreached(problem.peek())) problem.value = null;
  });

  async function send(text: string, choice: Choice, clientId: string): Promise<Posted | null> {
    if (isSending.peek() || choice.agent === null) return null;
    isSending.value = true;
    problem.value = null;
    try {
      return await api.post<Posted>(pathOf("chats", chatId, "messages"), promptOf(text, choice.agent, choice, clientId));
    } catch (error) {
      problem.value = error;
      return null;
    } finally {
      isSending.value = false;
    }
  }

  return { isSending, problem, send, forgive: () => (problem.value = null) };
}

/** Only what was chosen: the rest is the agent's. */
function promptOf(text: string, agent: string, { model, mode, thinking }: Choice, clientId: string): NewPrompt {
  return {
    text,
    agent,
    client_id: clientId,
    ...(model === null ? {} : { model }),
    ...(mode === null ? {} : { mode }),
    ...(thinking === null ? {} : { thinking }),
  };
}

const isUnreached = (error: unknown): boolean => error instanceof ApiError && error.status === 0;

/** Whether the server said no, so that it holds no prompt under that id. */
export const isRefusal = (error: unknown): boolean => error instanceof ApiError && error.status >= 400 && error.status < 500;
