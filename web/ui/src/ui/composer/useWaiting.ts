import { useComputed, useSignal, type ReadonlySignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { waitingPrompts } from "../../state/queue";
import type { Transcript } from "../../state/transcript";
import type { Message } from "../../wire/types";

const SOON_MS = 1500;

export interface Waiting {
  /** All that wait. */
  all: ReadonlySignal<readonly Message[]>;
  /** Without the one that is about to begin: it stands in the log. One that waits on can be edited and taken back here. */
  shown: ReadonlySignal<readonly Message[]>;
}

/** The prompts that wait; the same array as long as they are the same, so that a stream redraws nothing here. */
export function useWaiting(transcript: ReadonlySignal<Transcript>): Waiting {
  const last = useRef<readonly Message[]>([]);
  const isLate = useSignal(false);
  const all = useComputed(() => {
    const now = waitingPrompts(transcript.value.messages);
    const before = last.current;
    const isSame = now.length === before.length && now.every((message, index) => message === before[index]);
    if (!isSame) last.current = now;
    return last.current;
  });
  const next = useComputed(() => (transcript.value.turn ? null : all.value[0]?.id ?? null));
  const shown = useComputed(() => (next.value === null || isLate.value ? all.value : all.value.slice(1)));

  useEffect(() => {
    isLate.value = false;
    if (next.value === null) return;
    const timer = setTimeout(() => (isLate.value = true), SOON_MS);
    return () => clearTimeout(timer);
  }, [next.value]);

  return { all, shown };
}
