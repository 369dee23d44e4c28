/** How this browser looks at the tree: what is collapsed, filtered and selected. Only what is collapsed is kept. */

import { computed, type Signal, signal } from "@preact/signals";
import { findChat, findSession } from "./catalog";
import { chatName } from "./catalogModel";
import { keepItem, recallItem } from "./shelf";

export type Panel = "why" | "timeline" | "warm" | "letters" | "processes";

const COLLAPSED = "supervision.collapsed";

export const collapsed: Signal<ReadonlySet<string>> = signal(recalled());
export const filter = signal("");
export const isOnlyTrouble = signal(false);
/** A filter shows every branch that leads to a match. */
export const isFiltering = computed(() => isOnlyTrouble.value || filter.value.trim() !== "");
/** The row that has, or would get, the focus. */
export const active: Signal<string | null> = signal(null);
/** The actor whose details are shown. */
export const selected: Signal<string | null> = signal(null);
export const panel: Signal<Panel> = signal("timeline");
/** Where there is no room for tree and panel side by side: the panel lies over the tree. */
export const isPanelOpen = signal(false);

export function toggle(path: string): void {
  const next = new Set(collapsed.value);
  if (!next.delete(path)) next.add(path);
  setCollapsed(next);
}

export function setCollapsed(paths: Iterable<string>): void {
  collapsed.value = new Set(paths);
  keepItem(COLLAPSED, collapsed.value.size ? JSON.stringify([...collapsed.value]) : null);
}

/** Set to have the panel take the focus once it is drawn. */
export const wantsPanelFocus = signal(false);

export function openDetails(path: string, withFocus = false): void {
  active.value = path;
  selected.value = path;
  wantsPanelFocus.value = withFocus;
  openPanel("why");
}

export function openPanel(which: Panel): void {
  panel.value = which;
  isPanelOpen.value = true;
}

export function closePanel(): void {
  isPanelOpen.value = false;
}

/** What the chat or session of this id is called; null for one that the catalog does not have. */
export function titleOf(id: string): string | null {
  const found = findChat(id);
  return found ? chatName(found.chat, found.session) : (findSession(id)?.session.title ?? null);
}

function recalled(): ReadonlySet<string> {
  try {
    const value: unknown = JSON.parse(recallItem(COLLAPSED) ?? "[]");
    return new Set(Array.isArray(value) ? value.filter((path): path is string => typeof path === "string") : []);
  } catch {
    return new Set();
  }
}
