import { memo } from "./memo";
import { keyOf } from "../../state/view";
import { Lazy } from "../common/Lazy";
import { Boundary } from "./Boundary";
import { entryOf, titleOf, type ViewProps } from "./views";

/** Draws a view, whatever its kind. */
export const ShownView = memo(function ShownView({ view, isActive }: ViewProps) {
  const { shown } = entryOf(view);
  const props = { view, isActive };
  return (
    <Boundary key={keyOf(view)} what={titleOf(view)}>
      {"load" in shown ? <Lazy load={shown.load} what={titleOf(view)} props={props} /> : <shown.component {...props} />}
    </Boundary>
  );
});
