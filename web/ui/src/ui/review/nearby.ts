import type { RefObject } from "preact";
import { useEffect, useState } from "preact/hooks";

const MARGIN = "1500px 0px";

/** True from the time that an element first came near to what is seen of its list. */
export function useNearby(ref: RefObject<HTMLElement | null>): boolean {
  const [isNear, setNear] = useState(false);
  useEffect(() => {
    const element = ref.current;
    if (isNear || !element) return undefined;
    const observer = new IntersectionObserver((entries) => entries.some((entry) => entry.isIntersecting) && setNear(true), {
      root: element.closest(".changes-scroll"),
      rootMargin: MARGIN,
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [isNear]);
  return isNear;
}
