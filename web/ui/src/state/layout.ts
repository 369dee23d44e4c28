/** The one layout of this window. Kept by the browser: for this window first, and for a new one as it was left last. */

import { computed, effect, signal, type ReadonlySignal } from "@preact/signals";
import * as panes from "./panes";
import { keyOf, type View } from "./view";

export { addressOf, keyOf, viewAt, type View, type ViewKind } from "./view";
export type { Direction, Layout, Pane, Split, Tree } from "./panes";

const KEY = "boocode.layout";
const SIDEBAR_KEY = "boocode.sidebar";
const LEAST_WIDTH = 180;
const MOST_WIDTH = 480;
const WIDTH = 270;

export interface Sidebar {
  readonly isOpen: boolean;
  /** Pixels. */
  readonly width: number;
}

export const layout = signal<panes.Layout>(panes.restore(stored(KEY)));
export const sidebar = signal<Sidebar>(asSidebar(stored(SIDEBAR_KEY)));
/** On a phone the sidebar lies over the page. Not kept. */
export const isDrawerOpen = signal(false);

/** The tab that is seen in the pane that has the focus. */
export const activeView: ReadonlySignal<View | null> = computed(() => panes.shownView(panes.focusedPane(layout.value)));

/** Shows a view: where it is open already, or in a new tab in the focused pane or in one beside it. */
export function openView(view: View, where: "here" | "beside" = "here"): void {
  layout.value = panes.open(layout.peek(), view, where);
  isDrawerOpen.value = false;
}

/** Closes every tab that shows such a view, as of a chat that was deleted. */
export function closeViews(match: (view: View) => boolean): void {
  layout.value = panes.closeWhere(layout.peek(), match);
}

export const showView = (view: View): void => change(panes.show(layout.peek(), keyOf(view)));
export const closeView = (view: View): void => change(panes.close(layout.peek(), keyOf(view)));
export const focusPane = (id: number): void => change(panes.focus(layout.peek(), id));
export const closePane = (id: number): void => change(panes.closePane(layout.peek(), id));
export const moveView = (view: View, pane: number, index: number): void =>
  change(panes.move(layout.peek(), keyOf(view), pane, index));
export const resizeSplit = (id: number, share: number): void => change(panes.resize(layout.peek(), id, share));

/** False: there are as many panes as there can be. */
export function splitPane(direction: panes.Direction): boolean {
  const before = layout.peek();
  change(panes.split(before, direction));
  return layout.peek() !== before;
}

export function nextPane(): void {
  const other = panes.besides(layout.peek())[0];
  if (other) focusPane(other.id);
}

/** The tab number `index`, from 0, of the focused pane. */
export function showTab(index: number): void {
  const view = panes.focusedPane(layout.peek()).views[index];
  if (view) showView(view);
}

export const showSidebar = (isOpen: boolean): void => {
  sidebar.value = { ...sidebar.peek(), isOpen };
};

export const resizeSidebar = (width: number): void => {
  sidebar.value = { ...sidebar.peek(), width: Math.min(MOST_WIDTH, Math.max(LEAST_WIDTH, Math.round(width))) };
};

export const SIDEBAR_BOUNDS = { least: LEAST_WIDTH, most: MOST_WIDTH } as const;

/** Begins to keep the layout. Called once, by the page. */
export function keepLayout(): void {
  effect(() => store(KEY, layout.value));
  effect(() => store(SIDEBAR_KEY, sidebar.value));
}

function change(next: panes.Layout): void {
  layout.value = next;
}

function asSidebar(value: unknown): Sidebar {
  const { isOpen, width } = (typeof value === "object" && value !== null ? value : {}) as Record<string, unknown>;
  const isFit = typeof width === "number" && width >= LEAST_WIDTH && width <= MOST_WIDTH;
  return { isOpen: isOpen !== false, width: isFit ? width : WIDTH };
}

function stored(key: string): unknown {
  try {
    const text = sessionStorage.getItem(key) ?? localStorage.getItem(key);
    return text === null ? null : JSON.parse(text);
  } catch {
    return null; // unreadable, or the browser keeps nothing
  }
}

function store(key: string, value: unknown): void {
  const text = JSON.stringify(value);
  try {
    sessionStorage.setItem(key, text);
    localStorage.setItem(key, text);
  } catch {
    // A browser that keeps nothing: the layout is that of this page.
  }
}
