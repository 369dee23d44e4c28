/** The focus is never lost: where it goes when what had it is gone. */

let last: EventTarget | null = null;

/** Called once: remembers what has the focus. */
export function watchFocus(): void {
  addEventListener("focusin", (event) => {
    last = event.target;
  });
}

/** Puts it on the tab that is seen, after the page was drawn. */
export function focusShownTab(): void {
  requestAnimationFrame(() => {
    const pane = document.querySelector(".pane-focused") ?? document.querySelector(".pane");
    const tab = pane?.querySelector<HTMLElement>("[role=tab][aria-selected=true]");
    (tab ?? pane?.querySelector<HTMLElement>(".pane-body"))?.focus();
  });
}

/** What had it went with the view that it was in. A page that nobody has touched yet keeps it nowhere. */
export function regainFocus(): void {
  const isNowhere = document.activeElement === document.body || document.activeElement === null;
  if (isNowhere && last instanceof Element && !last.isConnected) focusShownTab();
}
