import type { RefObject } from "preact";
import { useEffect } from "preact/hooks";
import { describeKey, registerCommand, registerKey } from "../../state/keys";
import { setCollapsed, isOnlyTrouble } from "../../state/supervisionLooking";

const GROUP = "Supervision";

/** `/` and the palette's commands, while this view has the focus of the window. */
export function useKeys(ref: RefObject<HTMLElement | null>, isActive: boolean): void {
  useEffect(() => {
    if (!isActive) return;
    const focusFilter = (): void => ref.current?.querySelector<HTMLInputElement>(".sv-filter input")?.focus();
    const ends = [
      registerKey({ keys: "/", what: "Filter the actors", group: GROUP, run: focusFilter }),
      describeKey({ keys: "ArrowRight", what: "Expand, or go to the first below", group: GROUP }),
      describeKey({ keys: "ArrowLeft", what: "Collapse, or go to the one above", group: GROUP }),
      describeKey({ keys: "Enter", what: "Open the details of an actor", group: GROUP }),
      registerCommand({
        title: "Supervision: show only trouble, or everything",
        run: () => {
          isOnlyTrouble.value = !isOnlyTrouble.value;
        },
      }),
      registerCommand({ title: "Supervision: expand everything", run: () => setCollapsed([]) }),
    ];
    return () => ends.forEach((end) => end());
  }, [isActive]);
}
