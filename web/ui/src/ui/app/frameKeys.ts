/** The keys and commands of the frame itself, and the one listener that hears all keys of the page. */

import { activeView, closePane, closeView, isDrawerOpen, layout, nextPane, openView, showSidebar, showTab, sidebar, splitPane } from "../../state/layout";
import { handleKey, keyName, registerCommand, registerKey } from "../../state/keys";
import { MOST_PANES, panesOf, type Direction } from "../../state/panes";
import type { View } from "../../state/view";
import { announce } from "../common/announce";
import { toast } from "../common/toast";
import { help } from "../palette/opening";
import { isPhone } from "./screen";
import { focusShownTab } from "./tabFocus";

const TABS = 9;
/** Pixels. */
const LEAST_PANE = { width: 240, height: 160 };
const WRITTEN_IN = "input:not([type=checkbox], [type=radio], [type=button], [type=range]), textarea, select, [contenteditable=true]";

export function toggleSidebar(): void {
  if (isPhone.peek()) isDrawerOpen.value = !isDrawerOpen.peek();
  else showSidebar(!sidebar.peek().isOpen);
}

export function split(direction: Direction): void {
  if (!hasRoom(direction)) toast("This pane is too small to be divided. Make it larger, or close another one.");
  else if (splitPane(direction)) announce("A new pane.");
  else toast(`There are ${MOST_PANES} panes already. Close one first.`);
}

/** Both halves can still be worked in. */
function hasRoom(direction: Direction): boolean {
  const box = document.querySelector(".pane-focused")?.getBoundingClientRect();
  if (!box || isPhone.peek()) return true;
  return direction === "row" ? box.width >= 2 * LEAST_PANE.width : box.height >= 2 * LEAST_PANE.height;
}

export function closeShown(): void {
  const view = activeView.peek();
  if (!view) return;
  closeView(view);
  focusShownTab();
}

/** Called once. */
export function registerFrameKeys(): void {
  const key = (keys: string, what: string, run: () => void, group?: string) => registerKey({ keys, what, run, group });
  key("Mod+K", "Open the palette: any chat, view or command", () => (help.value = "palette"));
  key("?", "Show all keys", () => (help.value = "keys"));
  key("Mod+B", "Show or hide the sidebar", toggleSidebar);
  key("Mod+\\", "Split: a pane to the right", () => split("row"), "Tabs and panes");
  key("Mod+Shift+\\", "Split: a pane below", () => split("column"), "Tabs and panes");
  registerKey({ keys: "F6", what: "Go to the next pane", group: "Tabs and panes", when: hasPanes, run: goToNextPane });
  key("Alt+W", "Close the tab", closeShown, "Tabs and panes");
  for (let number = 1; number <= TABS; number++) {
    registerKey({
      keys: `Alt+${number}`,
      what: "Show a tab by its number",
      group: "Tabs and panes",
      written: "Alt+1…9",
      isInPalette: false,
      run: () => showTab(number - 1),
    });
  }
  registerCommands();
  addEventListener("keydown", hear);
}

function registerCommands(): void {
  const go = (title: string, view: View) => registerCommand({ title, group: "Go to", run: () => openView(view) });
  go("Inbox", { kind: "inbox" });
  go("Supervision", { kind: "supervision" });
  go("Providers", { kind: "providers" });
  go("Settings", { kind: "settings" });
  go("Welcome", { kind: "welcome" });
  registerCommand({
    title: "Close this pane and keep its tabs",
    when: hasPanes,
    run: () => closePane(layout.peek().focused),
  });
}

/** With one pane alone its keys are left to the browser. */
const hasPanes = (): boolean => panesOf(layout.peek().root).length > 1;

function goToNextPane(): void {
  nextPane();
  focusShownTab();
}

function hear(event: KeyboardEvent): void {
  if (event.defaultPrevented || document.querySelector("dialog:modal")) return;
  const isTyping = event.target instanceof Element && event.target.closest(WRITTEN_IN) !== null;
  if (handleKey(event, isTyping)) event.preventDefault();
}

/** For labels of buttons. */
export const SPLIT_KEY = keyName("Mod+\\");
export const SIDEBAR_KEY = keyName("Mod+B");
export const PALETTE_KEY = keyName("Mod+K");
