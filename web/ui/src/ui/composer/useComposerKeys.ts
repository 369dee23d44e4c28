import { effect } from "@preact/signals";
import type { RefObject } from "preact";
import { useEffect } from "preact/hooks";
import { isComposerWanted } from "../../state/composerFocus";
import { registerKey } from "../../state/keys";
import { activeView } from "../../state/layout";
import { renamedKey } from "../../state/sidebar";
import { describeComposerKeys } from "./keys";

/** Keys that are heard wherever the focus is, while this chat is the one at hand. */
export function useComposerKeys(chatId: string, area: RefObject<HTMLTextAreaElement | null>, stop: () => void): void {
  useEffect(() => {
    describeComposerKeys();
    const isHere = (): boolean => {
      const view = activeView.peek();
      return view?.kind === "chat" && view.chatId === chatId;
    };
    const ends = [
      registerKey({ keys: "Mod+L", what: "Go to the composer", group: "Chat", when: isHere, run: () => area.current?.focus() }),
      registerKey({ keys: "Escape", what: "Stop the turn", group: "Chat", when: () => isHere() && isOwn(area.current), run: stop }),
      // After a dialog that was closed by the same act has given the focus back. A name that a person has begun to
      // edit meanwhile keeps it: it would be taken half written.
      effect(() => {
        if (!isComposerWanted(chatId)) return;
        requestAnimationFrame(() => renamedKey.peek() === null && area.current?.focus());
      }),
    ];
    return () => ends.forEach((end) => end());
  }, []);
}

/** The focus is in this composer, or nowhere: another part of the page may mean something else by Esc. */
function isOwn(area: HTMLTextAreaElement | null): boolean {
  const active = document.activeElement;
  return active === area || active === document.body || active === null;
}
