import type { CSSProperties } from "preact";
import { layout, resizeSplit } from "../../state/layout";
import { placesOf, type Box } from "../../state/panePlaces";
import { focusedPane, panesOf, type Split } from "../../state/panes";
import { isPhone } from "../app/screen";
import { PaneFrame } from "./PaneFrame";
import { Separator } from "./Separator";
import "./panes.css";

/**
 * All panes. They are drawn side by side in the document, not one in the other as in the tree of splits: a pane that is divided, or
 * whose neighbour goes, keeps what it shows, with its place and its focus.
 */
export function Panes() {
  const all = layout.value;
  if (isPhone.value) {
    const pane = focusedPane(all);
    return (
      <div class="panes">
        <PaneFrame key={pane.id} pane={pane} isFocused isFirst isOnly tabs={panesOf(all.root).flatMap((each) => each.views)} box={null} />
      </div>
    );
  }
  const { panes, splits } = placesOf(all.root);
  return (
    <div class="panes">
      {panes.map(({ pane, box }, at) => (
        <PaneFrame
          key={pane.id}
          pane={pane}
          isFocused={pane.id === all.focused}
          isFirst={at === 0}
          isOnly={panes.length === 1}
          tabs={pane.views}
          box={placed(box)}
        />
      ))}
      {splits.map(({ split, box }) => (
        <SplitLine key={split.id} split={split} box={box} />
      ))}
    </div>
  );
}

function SplitLine({ split, box }: { split: Split; box: Box }) {
  const isRow = split.direction === "row";
  const place: CSSProperties = isRow
    ? { left: percent(box.left + box.width * split.share), top: percent(box.top), height: percent(box.height) }
    : { top: percent(box.top + box.height * split.share), left: percent(box.left), width: percent(box.width) };
  return (
    <Separator
      label={isRow ? "Width of the panes" : "Height of the panes"}
      orientation={isRow ? "vertical" : "horizontal"}
      value={split.share * 100}
      least={10}
      most={90}
      step={2}
      usual={50}
      style={{ position: "absolute", ...place }}
      onResize={(value) => resizeSplit(split.id, value / 100)}
      valueAt={(event, line) => {
        const whole = (line.parentElement ?? line).getBoundingClientRect();
        const share = isRow
          ? ((event.clientX - whole.left) / whole.width - box.left) / box.width
          : ((event.clientY - whole.top) / whole.height - box.top) / box.height;
        return share * 100;
      }}
    />
  );
}

const percent = (fraction: number): string => `${fraction * 100}%`;

const placed = (box: Box): CSSProperties => ({
  left: percent(box.left),
  top: percent(box.top),
  width: percent(box.width),
  height: percent(box.height),
});
