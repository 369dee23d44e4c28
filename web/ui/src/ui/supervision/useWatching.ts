import type { RefObject } from "preact";
import { useLayoutEffect } from "preact/hooks";
import { watch } from "../../state/supervision";

/** Watches the tree exactly while the element can be seen: on the screen, in a tab that is shown. */
export function useWatching(ref: RefObject<HTMLElement | null>): void {
  useLayoutEffect(() => {
    // Seen until the observer says otherwise, which takes a frame or two.
    let isOnScreen = true;
    let end: (() => void) | null = null;
    const update = () => {
      const isSeen = isOnScreen && !document.hidden;
      if (isSeen) end ??= watch();
      else {
        end?.();
        end = null;
      }
    };
    const observer = new IntersectionObserver((entries) => {
      isOnScreen = entries.at(-1)?.isIntersecting ?? false;
      update();
    });
    if (ref.current) observer.observe(ref.current);
    document.addEventListener("visibilitychange", update);
    update();
    return () => {
      document.removeEventListener("visibilitychange", update);
      observer.disconnect();
      end?.();
    };
  }, []);
}
