import type { RefObject } from "preact";
import { useLayoutEffect, useState } from "preact/hooks";

/** Below this the details lie over the tree, not beside it. */
const SIDE_BY_SIDE_PX = 940;

/** Of the element, not of the window: the view may stand in half of it. */
export function useNarrow(ref: RefObject<HTMLElement | null>): boolean {
  const [isNarrow, setNarrow] = useState(() => window.innerWidth < SIDE_BY_SIDE_PX);
  useLayoutEffect(() => {
    const element = ref.current;
    if (!element) return;
    const measure = () => setNarrow(element.clientWidth < SIDE_BY_SIDE_PX);
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    measure();
    return () => observer.disconnect();
  }, []);
  return isNarrow;
}
