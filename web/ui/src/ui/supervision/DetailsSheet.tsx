import { isPanelOpen, panel, selected } from "../../state/supervisionLooking";
import { nameOf } from "../../state/supervisionWords";
import { Dialog } from "../common/Dialog";
import { Panels } from "./Panels";

const TITLES = { timeline: "Timeline", warm: "Warm agents", letters: "Dead letters", processes: "Processes" };

/** The panel over the tree, where there is no room beside it. */
export function DetailsSheet() {
  if (!isPanelOpen.value) return null;
  const title = panel.value === "why" ? nameOf(selected.value ?? "") : TITLES[panel.value];
  return (
    <Dialog title={title} isWide onClose={close}>
      <Panels isInDialog />
    </Dialog>
  );
}

function close(): void {
  isPanelOpen.value = false;
}
