import { useEffect, useRef } from "preact/hooks";
import { draftKey, forgetDraft, keepDraft, readDraft, type Draft } from "../../state/drafts";

/** Beyond it a text is kept a moment later, not at each letter: writing it down takes longer than drawing it. */
const LARGE_CHARS = 20_000;
const PAUSE_MS = 300;

export interface DraftKeeper {
  first: Draft;
  /** At each input. False: the browser had no room the last time. */
  keep(draft: Draft): boolean;
  forget(): void;
}

/** What is written in a chat is on the shelf before the page can die. `changed`: another window wrote in the same chat. */
export function useDraft(chatId: string, changed: (draft: Draft) => void): DraftKeeper {
  const first = useRef<Draft | null>(null);
  first.current ??= readDraft(chatId);
  const waiting = useRef<Draft | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const hasRoom = useRef(true);

  function flush(): void {
    clearTimeout(timer.current);
    if (waiting.current) hasRoom.current = keepDraft(chatId, waiting.current);
    waiting.current = null;
  }

  useEffect(() => {
    const onStorage = (event: StorageEvent): void => {
      if (event.key === draftKey(chatId)) changed(readDraft(chatId));
    };
    addEventListener("storage", onStorage);
    addEventListener("pagehide", flush);
    document.addEventListener("visibilitychange", flush);
    return () => {
      flush();
      removeEventListener("storage", onStorage);
      removeEventListener("pagehide", flush);
      document.removeEventListener("visibilitychange", flush);
    };
  }, []);

  return {
    first: first.current,
    keep(draft) {
      waiting.current = draft;
      clearTimeout(timer.current);
      if (draft.text.length <= LARGE_CHARS) flush();
      else timer.current = setTimeout(flush, PAUSE_MS);
      return hasRoom.current;
    },
    forget() {
      waiting.current = null;
      clearTimeout(timer.current);
      forgetDraft(chatId);
    },
  };
}
