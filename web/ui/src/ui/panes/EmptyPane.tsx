import { closePane, openView } from "../../state/layout";
import type { Pane } from "../../state/panes";
import { PALETTE_KEY } from "../app/frameKeys";
import { Button } from "../common/Button";
import { Empty } from "../common/Empty";
import { help } from "../palette/opening";

/** A pane that was just made. */
export function EmptyPane({ pane }: { pane: Pane }) {
  return (
    <Empty title="An empty pane">
      <p>Pick a chat in the sidebar to see it here, or choose:</p>
      <Button kind="primary" icon="search" onClick={() => (help.value = "palette")}>
        Open something… ({PALETTE_KEY})
      </Button>
      <Button icon="inbox" onClick={() => openView({ kind: "inbox" })}>
        Open the inbox
      </Button>
      <Button icon="close" onClick={() => closePane(pane.id)}>
        Close this pane
      </Button>
    </Empty>
  );
}
