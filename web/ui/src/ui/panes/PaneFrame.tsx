import type { CSSProperties } from "preact";
import { useId } from "preact/hooks";
import { focusPane } from "../../state/layout";
import { shownView, type Pane } from "../../state/panes";
import { keyOf, type View } from "../../state/view";
import { ShownView } from "../app/ShownView";
import { EmptyPane } from "./EmptyPane";
import { TabBar } from "./TabBar";

export interface PaneFrameProps {
  pane: Pane;
  isFocused: boolean;
  isFirst: boolean;
  isOnly: boolean;
  /** On a phone those of all panes. */
  tabs: readonly View[];
  /** null: the whole. */
  box: CSSProperties | null;
}

const WELCOME: View = { kind: "welcome" };

export function PaneFrame({ pane, isFocused, isFirst, isOnly, tabs, box }: PaneFrameProps) {
  const id = useId();
  const view = shownView(pane);
  const take = () => focusPane(pane.id);
  const shown = view ?? (isOnly && !tabs.length ? WELCOME : null);
  return (
    <div class={isFocused ? "pane pane-focused" : "pane"} style={box ?? undefined} onFocusIn={take} onPointerDown={take}>
      <TabBar id={id} pane={pane} tabs={tabs} isFocused={isFocused} isFirst={isFirst} isOnly={isOnly} />
      <div
        class="pane-body"
        id={`${id}-body`}
        tabIndex={-1}
        {...(view ? { role: "tabpanel", "aria-labelledby": `${id}-${keyOf(view)}` } : {})}
      >
        {shown ? <ShownView view={shown} isActive={isFocused} /> : <EmptyPane pane={pane} />}
      </div>
    </div>
  );
}
