import { useLayoutEffect, useRef } from "preact/hooks";
import { closePane, closeView, moveView, showView, sidebar } from "../../state/layout";
import type { Pane } from "../../state/panes";
import { keyOf, type View } from "../../state/view";
import { SIDEBAR_KEY, SPLIT_KEY, closeShown, split, toggleSidebar } from "../app/frameKeys";
import { isPhone } from "../app/screen";
import { focusShownTab } from "../app/tabFocus";
import { IconButton } from "../common/IconButton";
import { Menu, type MenuItem } from "../common/Menu";
import { dragged } from "./dragging";
import { Tab } from "./Tab";
import "./tabs.css";

export interface TabBarProps {
  id: string;
  pane: Pane;
  tabs: readonly View[];
  isFocused: boolean;
  isFirst: boolean;
  isOnly: boolean;
}

/** One row: the tabs, and what can be done with the pane. Arrows go from tab to tab; Delete closes; Ctrl+Shift+arrow moves. */
export function TabBar({ id, pane, tabs, isFirst, isOnly }: TabBarProps) {
  const list = useRef<HTMLDivElement>(null);
  const shownAt = tabs.findIndex((view) => keyOf(view) === pane.shown);
  useLayoutEffect(() => {
    list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [pane.shown, tabs.length]);
  const onKeyDown = (event: KeyboardEvent) => {
    const view = tabs[shownAt];
    if (!view || event.altKey || event.metaKey) return;
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key] ?? 0;
    if (step && event.ctrlKey && event.shiftKey) moveView(view, pane.id, pane.views.indexOf(view) + step);
    else if (event.ctrlKey || event.shiftKey) return;
    else if (step) go(tabs, shownAt + step);
    else if (event.key === "Home") go(tabs, 0);
    else if (event.key === "End") go(tabs, -1);
    else if (event.key === "Delete") closeShown();
    else return;
    event.preventDefault();
    if (event.key !== "Delete") focusShownTab();
  };
  return (
    <div class="tab-bar" onDragOver={(event) => dragged() && event.preventDefault()} onDrop={(event) => drop(event, pane, tabs.length)}>
      {isFirst && !isPhone.value && (
        <IconButton label={sidebar.value.isOpen ? "Hide the sidebar" : "Show the sidebar"} hint={SIDEBAR_KEY} icon="sidebar" onClick={toggleSidebar} />
      )}
      {tabs.length > 0 && (
        <div ref={list} class="tab-list" role="tablist" aria-label="Tabs" onKeyDown={onKeyDown} onWheel={scrollAside}>
          {tabs.map((view, at) => (
            <Tab
              key={keyOf(view)}
              id={`${id}-${keyOf(view)}`}
              view={view}
              bodyId={`${id}-body`}
              isShown={at === shownAt}
              onDrop={(event, isAfter) => drop(event, pane, isAfter ? at + 1 : at)}
            />
          ))}
        </div>
      )}
      <div class="tab-tools">
        {!isPhone.value && <IconButton label="Split: a pane to the right" hint={SPLIT_KEY} icon="split" onClick={() => split("row")} />}
        <Menu label="Tab and pane" items={actions(pane, tabs, isOnly)} />
      </div>
    </div>
  );
}

/** A wheel that only turns up and down reaches all tabs. */
function scrollAside(event: WheelEvent): void {
  if (!event.deltaX && !event.shiftKey) (event.currentTarget as HTMLElement).scrollLeft += event.deltaY;
}

function go(tabs: readonly View[], at: number): void {
  const view = tabs.at(at % tabs.length);
  if (view) showView(view);
}

function drop(event: DragEvent, pane: Pane, at: number): void {
  const view = dragged();
  if (!view) return;
  event.preventDefault();
  event.stopPropagation();
  const from = pane.views.findIndex((other) => keyOf(other) === keyOf(view));
  moveView(view, pane.id, from >= 0 && from < at ? at - 1 : at);
}

function actions(pane: Pane, tabs: readonly View[], isOnly: boolean): MenuItem[] {
  const shown = tabs.find((view) => keyOf(view) === pane.shown);
  const at = shown ? pane.views.indexOf(shown) : -1;
  const has = (item: MenuItem, isFit: boolean) => (isFit ? [item] : []);
  const closeAndFocus = (views: readonly View[]) => {
    views.forEach(closeView);
    focusShownTab();
  };
  return [
    ...has({ label: "Close the tab", icon: "close", onSelect: closeShown }, Boolean(shown)),
    ...has({ label: "Close the other tabs", onSelect: () => closeAndFocus(tabs.filter((view) => view !== shown)) }, tabs.length > 1),
    ...has({ label: "Move the tab left", icon: "arrow-left", onSelect: () => shown && moveView(shown, pane.id, at - 1) }, at > 0),
    ...has({ label: "Move the tab right", icon: "arrow-right", onSelect: () => shown && moveView(shown, pane.id, at + 1) }, at >= 0 && at < pane.views.length - 1),
    ...has({ label: "Split: a pane to the right", icon: "split", onSelect: () => split("row") }, !isPhone.peek()),
    ...has({ label: "Split: a pane below", icon: "split-down", onSelect: () => split("column") }, !isPhone.peek()),
    ...has({ label: "Close the pane, keep its tabs", onSelect: () => closePane(pane.id) }, !isOnly),
  ];
}
