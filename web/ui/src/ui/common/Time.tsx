import { signal } from "@preact/signals";
import { ago } from "../../state/ago";

const TICK_MS = 20_000;
/** Milliseconds, stepping: whoever shows an age reads it. */
export const now = signal(Date.now());

setInterval(() => {
  if (!document.hidden) now.value = Date.now();
}, TICK_MS);
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) now.value = Date.now();
});

/** How long ago, in words; the very time on hover. `at`: ISO 8601. */
export function Time({ at }: { at: string }) {
  const date = new Date(at);
  return (
    <time dateTime={at} title={date.toLocaleString()}>
      {ago(date.getTime(), Math.max(now.value, date.getTime()))}
    </time>
  );
}
