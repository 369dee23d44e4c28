import type { ReadonlySignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { earlier, later, promptsOf, type Recall } from "../../state/recall";
import type { Transcript } from "../../state/transcript";

export interface Recaller {
  /** What the composer shall show after this arrow; null: the arrow is for the text. */
  key(event: KeyboardEvent, area: HTMLTextAreaElement): string | null;
}

export function useRecall(transcript: ReadonlySignal<Transcript>): Recaller {
  const recall = useRef<Recall | null>(null);
  return {
    key(event, area) {
      if (event.shiftKey || event.altKey || event.ctrlKey || event.metaKey || area.selectionStart !== area.selectionEnd) return null;
      const isUp = event.key === "ArrowUp";
      const { value, selectionStart: caret } = area;
      // Within a text of several lines the arrows move between them.
      if (isUp ? value.lastIndexOf("\n", caret - 1) >= 0 && caret > 0 : value.indexOf("\n", caret) >= 0) return null;
      const prompts = promptsOf(transcript.peek().messages);
      const next = isUp ? earlier(recall.current, prompts, value) : later(recall.current, prompts, value);
      if (next) recall.current = next;
      return next?.text ?? null;
    },
  };
}
