import { tree } from "../../state/supervision";
import { closePanel, isPanelOpen, panel, selected } from "../../state/supervisionLooking";
import { callName } from "../../state/supervisionWords";
import { Dialog } from "../common/Dialog";
import { Panels } from "./Panels";

const TITLES = { timeline: "Timeline", warm: "Warm agents", letters: "Dead letters", processes: "Processes" };

/** The panel over the tree, where there is no room beside it. */
export function DetailsSheet() {
  if (!isPanelOpen.value) return null;
  const path = selected.value ?? "";
  const title = panel.value === "why" ? callName(path, tree.value.nodes.get(path)?.subject) : TITLES[panel.value];
  return (
    <Dialog title={title} isWide onClose={closePanel}>
      <Panels isInDialog />
    </Dialog>
  );
}
