/** Puts the focus on the tab that is seen, after the page was drawn: when what had the focus is gone. */
export function focusShownTab(): void {
  requestAnimationFrame(() => {
    const pane = document.querySelector(".pane-focused") ?? document.querySelector(".pane");
    const target = pane?.querySelector<HTMLElement>("[role=tab][aria-selected=true]") ?? pane?.querySelector<HTMLElement>(".pane-body");
    target?.focus();
  });
}
