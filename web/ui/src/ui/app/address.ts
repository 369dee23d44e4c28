/** The address of the page follows the view that is seen, and the view follows the address: links, back and forward. */

import { effect } from "@preact/signals";
import { activeView, addressOf, openView, viewAt } from "../../state/layout";

/** Called once. An address that names a view wins over the layout that was kept. */
export function followAddress(): void {
  const asked = viewAt(location.hash);
  if (asked) openView(asked);
  history.replaceState(null, "", addressOf(activeView.peek()));
  effect(() => {
    const address = addressOf(activeView.value);
    if (address !== location.hash) history.pushState(null, "", address);
  });
  addEventListener("popstate", () => {
    const view = viewAt(location.hash);
    if (view) openView(view);
    else history.replaceState(null, "", addressOf(activeView.peek()));
  });
}
