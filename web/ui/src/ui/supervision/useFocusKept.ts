import type { RefObject } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { active } from "../../state/supervisionLooking";
import type { Row } from "../../state/supervisionRows";

interface FocusKept {
  /** The active row is to have the focus once it is drawn. */
  want: () => void;
  handlers: { onFocusIn: () => void; onFocusOut: (event: FocusEvent) => void };
}

/** Keeps the focus in the grid: on the active row, and when that is gone, on the one that took its place. */
export function useFocusKept(ref: RefObject<HTMLElement | null>, rows: readonly Row[]): FocusKept {
  const isInside = useRef(false);
  const isWanted = useRef(false);
  const place = useRef(0);
  useLayoutEffect(() => {
    const index = rows.findIndex((row) => row.path === active.peek());
    if (index >= 0) place.current = index;
    const isLost = isInside.current && document.activeElement === document.body;
    if (isLost && index < 0) active.value = rows[Math.min(place.current, rows.length - 1)]?.path ?? null;
    if (!isWanted.current && !isLost) return;
    const row = ref.current?.querySelector<HTMLElement>('.sv-row[tabindex="0"]');
    row?.focus({ preventScroll: true });
    isWanted.current = row === undefined || row === null;
  });
  return {
    want: () => {
      isWanted.current = true;
    },
    handlers: {
      onFocusIn: () => {
        isInside.current = true;
      },
      onFocusOut: (event) => {
        const left = event.target as Node;
        if (event.relatedTarget instanceof Node) {
          isInside.current = ref.current?.contains(event.relatedTarget) ?? false;
        } else {
          // A row that is just taken out of the page says the same; that is not leaving the grid.
          queueMicrotask(() => {
            if (left.isConnected && document.activeElement !== left) isInside.current = false;
          });
        }
      },
    },
  };
}
