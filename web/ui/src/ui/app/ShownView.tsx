import { memo } from "./memo";
import { closeView } from "../../state/layout";
import { keyOf } from "../../state/view";
import { Lazy } from "../common/Lazy";
import { Boundary } from "./Boundary";
import { focusShownTab } from "./tabFocus";
import { entryOf, titleOf, type ViewProps } from "./views";

/** Draws a view, whatever its kind. */
export const ShownView = memo(function ShownView({ view, isActive }: ViewProps) {
  const { shown } = entryOf(view);
  const props = { view, isActive };
  const close = () => {
    closeView(view);
    focusShownTab();
  };
  return (
    <Boundary key={keyOf(view)} what={titleOf(view)} onClose={close}>
      {"load" in shown ? <Lazy load={shown.load} what={titleOf(view)} props={props} /> : <shown.component {...props} />}
    </Boundary>
  );
});
