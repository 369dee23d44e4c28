import { useSignal, type ReadonlySignal } from "@preact/signals";
import type { RefObject } from "preact";
import { useLayoutEffect } from "preact/hooks";

/** A click that was on its way to what stood here before has come by then. */
const UNREAD_MS = 600;

/** True for a moment after `box` has appeared or was moved, so that nobody answers what they have not read. */
export function useUnread(box: RefObject<HTMLElement | null>): ReadonlySignal<boolean> {
  const isUnread = useSignal(true);
  useLayoutEffect(() => {
    let top = topOf(box);
    let since = performance.now();
    let frame = requestAnimationFrame(look);
    function look(now: number): void {
      frame = requestAnimationFrame(look);
      const is = topOf(box);
      if (Math.abs(is - top) > 1) since = now;
      top = is;
      isUnread.value = now - since < UNREAD_MS;
    }
    // Who scrolls knows what moves.
    const onScroll = (): void => void (top = topOf(box));
    document.addEventListener("scroll", onScroll, { capture: true, passive: true });
    return () => {
      cancelAnimationFrame(frame);
      document.removeEventListener("scroll", onScroll, { capture: true });
    };
  }, []);
  return isUnread;
}

const topOf = (box: RefObject<HTMLElement | null>): number => box.current?.getBoundingClientRect().top ?? 0;
