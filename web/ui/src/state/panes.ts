/**
 * The arrangement of panes and tabs, as pure functions: each takes a layout and gives the next one, or the same one when there is
 * nothing to do. Panes are the leaves of a tree of splits in two. Laws: a view is open at most once; exactly one pane has the
 * focus; a pane shows one of its tabs unless it has none; a pane whose last tab is closed goes, unless it is the only one.
 */

import { asView, keyOf, type View } from "./view";

export const MOST_PANES = 6;
const LEAST_SHARE = 0.1;

export type Direction = "row" | "column";

export interface Pane {
  readonly is: "pane";
  readonly id: number;
  readonly views: readonly View[];
  /** The key of the tab that is seen; null: it has none. */
  readonly shown: string | null;
}

export interface Split {
  readonly is: "split";
  readonly id: number;
  readonly direction: Direction;
  /** Of the first one, of 1. */
  readonly share: number;
  readonly first: Tree;
  readonly second: Tree;
}

export type Tree = Pane | Split;

export interface Layout {
  readonly root: Tree;
  /** The id of the pane that the keys go to. */
  readonly focused: number;
  /** The next id to give. */
  readonly next: number;
}

export const EMPTY: Layout = { root: { is: "pane", id: 1, views: [], shown: null }, focused: 1, next: 2 };

/** In reading order. */
export const panesOf = (tree: Tree): Pane[] =>
  tree.is === "pane" ? [tree] : [...panesOf(tree.first), ...panesOf(tree.second)];

export const focusedPane = (layout: Layout): Pane =>
  panesOf(layout.root).find((pane) => pane.id === layout.focused) ?? (panesOf(layout.root)[0] as Pane);

export const shownView = (pane: Pane): View | null => pane.views.find((view) => keyOf(view) === pane.shown) ?? null;

export const paneWith = (layout: Layout, key: string): Pane | undefined =>
  panesOf(layout.root).find((pane) => pane.views.some((view) => keyOf(view) === key));

/** Opens a view in the focused pane, or beside it; one that is open already is only shown. */
export function open(layout: Layout, view: View, where: "here" | "beside" = "here"): Layout {
  const key = keyOf(view);
  if (paneWith(layout, key)) return show(layout, key);
  let target = layout;
  if (where === "beside") {
    const empty = focusedPane(layout).views.length === 0;
    const other = besides(layout)[0];
    if (other) target = { ...layout, focused: other.id };
    else if (!empty) target = divide(layout, "row");
  }
  const pane = focusedPane(target);
  // Welcome is what a tab shows before it shows something.
  const views = pane.views.filter((other) => other.kind !== "welcome" || keyOf(other) !== pane.shown);
  const at = pane.views.findIndex((other) => keyOf(other) === pane.shown);
  const place = views.length < pane.views.length ? at : at + 1;
  return withPane(target, { ...pane, views: views.toSpliced(place, 0, view), shown: key });
}

export function show(layout: Layout, key: string): Layout {
  const pane = paneWith(layout, key);
  if (!pane || (pane.shown === key && layout.focused === pane.id)) return layout;
  return withPane({ ...layout, focused: pane.id }, { ...pane, shown: key });
}

export function focus(layout: Layout, paneId: number): Layout {
  const isThere = panesOf(layout.root).some((pane) => pane.id === paneId);
  return isThere && layout.focused !== paneId ? { ...layout, focused: paneId } : layout;
}

export function close(layout: Layout, key: string): Layout {
  const pane = paneWith(layout, key);
  if (!pane) return layout;
  const left = without(pane, key);
  return left.views.length ? withPane(layout, left) : dropPane(withPane(layout, left), pane.id);
}

export const closeWhere = (layout: Layout, match: (view: View) => boolean): Layout =>
  panesOf(layout.root)
    .flatMap((pane) => pane.views)
    .filter(match)
    .reduce((next, view) => close(next, keyOf(view)), layout);

/** Divides the focused pane. Its shown tab goes along when it has others; else the new pane is empty. */
export function split(layout: Layout, direction: Direction): Layout {
  const pane = focusedPane(layout);
  const divided = divide(layout, direction);
  if (divided === layout || pane.views.length < 2 || !pane.shown) return divided;
  return move(divided, pane.shown, divided.focused, 0);
}

/** The pane goes; its tabs go on in the pane beside it. */
export function closePane(layout: Layout, paneId: number): Layout {
  const all = panesOf(layout.root);
  const at = all.findIndex((pane) => pane.id === paneId);
  const pane = all[at];
  const heir = all[at - 1] ?? all[at + 1];
  if (!pane || !heir) return layout;
  const richer = { ...heir, views: [...heir.views, ...pane.views], shown: heir.shown ?? pane.shown };
  return { ...dropPane(withPane(layout, richer), paneId), focused: heir.id };
}

/** Puts a tab to a place in a pane, its own or another; `index` counts without the tab itself. It is shown there. */
export function move(layout: Layout, key: string, paneId: number, index: number): Layout {
  const from = paneWith(layout, key);
  const to = panesOf(layout.root).find((pane) => pane.id === paneId);
  const view = from?.views.find((other) => keyOf(other) === key);
  if (!from || !to || !view) return layout;
  const rest = without(from, key);
  const target = from.id === to.id ? rest : to;
  const place = Math.max(0, Math.min(index, target.views.length));
  let next = withPane(layout, rest);
  next = withPane(next, { ...target, views: target.views.toSpliced(place, 0, view), shown: key });
  next = { ...next, focused: to.id };
  return from.id !== to.id && !rest.views.length ? dropPane(next, from.id) : next;
}

export const resize = (layout: Layout, splitId: number, share: number): Layout => ({
  ...layout,
  root: mapTree(layout.root, (tree) => (tree.is === "split" && tree.id === splitId ? { ...tree, share: bounded(share) } : tree)),
});

/** A layout out of stored data. What is broken, unknown or there twice is left out. */
export function restore(value: unknown): Layout {
  const seen = new Set<string>();
  let next = 1;
  let count = 0;
  const treeOf = (data: unknown, depth: number): Tree | null => {
    if (typeof data !== "object" || data === null || depth > MOST_PANES) return null;
    const fields = data as Record<string, unknown>;
    if (fields.is === "pane") return paneOf(fields);
    if (fields.is !== "split") return null;
    const first = treeOf(fields.first, depth + 1);
    const second = treeOf(fields.second, depth + 1);
    if (!first || !second) return first ?? second;
    const direction = fields.direction === "column" ? "column" : "row";
    const share = typeof fields.share === "number" ? fields.share : 0.5;
    return { is: "split", id: next++, direction, share: bounded(share), first, second };
  };
  const paneOf = (fields: Record<string, unknown>): Pane | null => {
    if (count === MOST_PANES) return null;
    const views: View[] = [];
    for (const entry of Array.isArray(fields.views) ? fields.views : []) {
      const view = asView(entry);
      if (!view || seen.has(keyOf(view))) continue;
      seen.add(keyOf(view));
      views.push(view);
    }
    count += 1;
    const id = next++;
    const shown = views.find((view) => keyOf(view) === fields.shown) ?? views[0];
    if (fields.id === wanted) focused = id;
    return { is: "pane", id, views, shown: shown ? keyOf(shown) : null };
  };
  const data = (typeof value === "object" && value !== null ? value : {}) as Record<string, unknown>;
  const wanted = data.focused;
  let focused = 0;
  const root = treeOf(data.root, 0);
  if (!root) return EMPTY;
  return { root, focused: focused || (panesOf(root)[0]?.id ?? 1), next };
}

/** The other panes, from the one after the focused one on and around. */
export function besides(layout: Layout): Pane[] {
  const all = panesOf(layout.root);
  const at = all.findIndex((pane) => pane.id === layout.focused);
  return [...all.slice(at + 1), ...all.slice(0, at)];
}

function divide(layout: Layout, direction: Direction): Layout {
  if (panesOf(layout.root).length >= MOST_PANES) return layout;
  const added: Pane = { is: "pane", id: layout.next, views: [], shown: null };
  const id = layout.next + 1;
  const root = mapTree(layout.root, (tree) =>
    tree.is === "pane" && tree.id === layout.focused
      ? { is: "split", id, direction, share: 0.5, first: tree, second: added }
      : tree,
  );
  return { root, focused: added.id, next: id + 1 };
}

function without(pane: Pane, key: string): Pane {
  const at = pane.views.findIndex((view) => keyOf(view) === key);
  const views = pane.views.filter((view) => keyOf(view) !== key);
  if (pane.shown !== key) return { ...pane, views };
  const heir = views[at] ?? views[at - 1];
  return { ...pane, views, shown: heir ? keyOf(heir) : null };
}

function dropPane(layout: Layout, paneId: number): Layout {
  const all = panesOf(layout.root);
  if (all.length === 1) return layout;
  const root = pruned(layout.root, paneId);
  if (layout.focused !== paneId) return { ...layout, root };
  const at = all.findIndex((pane) => pane.id === paneId);
  const heir = all[at - 1] ?? all[at + 1];
  return { ...layout, root, focused: heir?.id ?? layout.focused };
}

function pruned(tree: Tree, paneId: number): Tree {
  if (tree.is === "pane") return tree;
  if (tree.first.is === "pane" && tree.first.id === paneId) return tree.second;
  if (tree.second.is === "pane" && tree.second.id === paneId) return tree.first;
  return { ...tree, first: pruned(tree.first, paneId), second: pruned(tree.second, paneId) };
}

const withPane = (layout: Layout, pane: Pane): Layout => ({
  ...layout,
  root: mapTree(layout.root, (tree) => (tree.is === "pane" && tree.id === pane.id ? pane : tree)),
});

function mapTree(tree: Tree, change: (tree: Tree) => Tree): Tree {
  if (tree.is === "pane") return change(tree);
  const first = mapTree(tree.first, change);
  const second = mapTree(tree.second, change);
  return change(first === tree.first && second === tree.second ? tree : { ...tree, first, second });
}

const bounded = (share: number): number =>
  Number.isFinite(share) ? Math.min(1 - LEAST_SHARE, Math.max(LEAST_SHARE, share)) : 0.5;
