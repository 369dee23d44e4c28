import { effect } from "@preact/signals";
import { waitingCount } from "../../state/inbox";
import { activeView } from "../../state/layout";
import { titleOf } from "./views";

/** The name of what is seen, after how many questions wait for a person. Called once. */
export function keepDocumentTitle(): void {
  effect(() => {
    const view = activeView.value;
    const count = waitingCount.value;
    document.title = `${count ? `(${count}) ` : ""}${view ? `${titleOf(view)} · ` : ""}BooCode`;
  });
}
