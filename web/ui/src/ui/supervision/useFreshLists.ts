import { useEffect } from "preact/hooks";
import { refreshLists } from "../../state/supervision";

const AT_MOST_EVERY_MS = 2_000;
let last = 0;

/** Reads dead letters and processes again when `sign` differs, and not more often than every other second. */
export function useFreshLists(sign: unknown): void {
  useEffect(() => {
    const wait = Math.max(0, last + AT_MOST_EVERY_MS - Date.now());
    const timer = setTimeout(() => {
      last = Date.now();
      void refreshLists();
    }, wait);
    return () => clearTimeout(timer);
  }, [sign]);
}
