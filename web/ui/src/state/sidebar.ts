/** How the sidebar's tree is shown in this browser: what is folded survives a reload, the rest does not. */

import { computed, signal } from "@preact/signals";
import { projects, sessions } from "./catalog";
import { treeRows, withKnown, type Row } from "./projectTree";
import { keepItem, recallItem } from "./shelf";

const KEY = "folded";
/** Sessions of a project that are rows at once. */
const PAGE = 100;

const folded = signal<ReadonlySet<string>>(remembered());
const most = signal<ReadonlyMap<string, number>>(new Map());

export const filter = signal("");
/** The key of the row that the Tab key leads to. */
export const focusedKey = signal<string | null>(null);
/** The key of the row whose name is being edited. */
export const renamedKey = signal<string | null>(null);

let drawn: Row[] = [];

export const rows = computed(() => {
  const next = treeRows(projects.value, sessions.value, {
    folded: folded.value,
    filter: filter.value,
    most: (projectId) => most.value.get(projectId) ?? PAGE,
  });
  return (drawn = withKnown(drawn, next));
});

export function fold(key: string, isFolded: boolean): void {
  const next = new Set(folded.peek());
  if (isFolded) next.add(key);
  else next.delete(key);
  folded.value = next;
  keepItem(KEY, JSON.stringify([...next]));
}

export function showMore(projectId: string): void {
  most.value = new Map(most.peek()).set(projectId, (most.peek().get(projectId) ?? PAGE) + PAGE);
}

function remembered(): ReadonlySet<string> {
  try {
    const value: unknown = JSON.parse(recallItem(KEY) ?? "[]");
    return new Set(Array.isArray(value) ? value.filter((key) => typeof key === "string") : []);
  } catch {
    return new Set();
  }
}
