/** What the screen is like. */

import { signal, type ReadonlySignal } from "@preact/signals";

/** As in the style sheets. */
const PHONE = "(max-width: 700px)";

const media = matchMedia(PHONE);
const narrow = signal(media.matches);
media.addEventListener("change", (event) => {
  narrow.value = event.matches;
});

/** One pane is shown, and the sidebar lies over it. */
export const isPhone: ReadonlySignal<boolean> = narrow;
