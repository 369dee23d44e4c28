import type { RefObject } from "preact";
import { useLayoutEffect, useState } from "preact/hooks";

/** Rows beyond the edge, so that a small scroll finds them drawn. The window moves in steps of half of it. */
const BEYOND = 12;

/** Of rows of one height below a head, those in sight: the first, and the one behind the last. */
export function useWindow(ref: RefObject<HTMLElement | null>, count: number, row_px: number, head_px: number): [number, number] {
  const [seen, setSeen] = useState<readonly [number, number]>([0, Math.ceil(window.innerHeight / row_px)]);
  const isThere = count > 0;
  useLayoutEffect(() => {
    const element = ref.current;
    if (!element) return;
    const measure = () => {
      const step = BEYOND / 2;
      const top = Math.floor(element.scrollTop / row_px / step) * step;
      const bottom = Math.ceil((element.scrollTop + element.clientHeight - head_px) / row_px / step) * step;
      setSeen((old) => (old[0] === top && old[1] === bottom ? old : [top, bottom]));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    element.addEventListener("scroll", measure, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener("scroll", measure);
    };
  }, [isThere, row_px, head_px]);
  return [Math.max(0, Math.min(seen[0] - BEYOND, count - 1)), Math.min(count, seen[1] + BEYOND)];
}
