import { signal } from "@preact/signals";

const AGAIN = "\u00a0";
const said = signal("");

/** Tells it to people who cannot see the page, through the one hidden live region. */
export function announce(text: string): void {
  // The same words twice would not be heard twice.
  said.value = said.peek() === text ? text + AGAIN : text;
}

/** Mounted once, by the frame. */
export function LiveRegion() {
  return (
    <div class="unseen" role="status" aria-live="polite" aria-label="Announcements">
      {said}
    </div>
  );
}
