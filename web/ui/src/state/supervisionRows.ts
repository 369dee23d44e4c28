/** Which rows the tree shows, in which order: collapsed branches, the filter, "only trouble". Pure. */

import type { Node } from "../wire/types";
import { type ActorTree, childrenOf, parentOf } from "./supervisionTree";
import { troubles } from "./supervisionTrouble";
import { ownerId } from "./supervisionWords";

/** One row; the same object as before while nothing of it is different. */
export interface Row {
  readonly path: string;
  /** 1 is the root. */
  readonly level: number;
  readonly position: number;
  readonly setSize: number;
  /** Null: nothing below it. */
  readonly isExpanded: boolean | null;
  /** It is shown only because something below it matches. */
  readonly isPassage: boolean;
  /** How many below it are in trouble and not shown. */
  readonly hiddenTroubles: number;
}

export interface Looking {
  readonly collapsed: ReadonlySet<string>;
  readonly filter: string;
  readonly isOnlyTrouble: boolean;
  readonly now: number;
  /** The title of a chat or session, so that one finds its actors by its name. */
  readonly titleOf?: (id: string) => string | null;
}

export function rowsOf(tree: ActorTree, looking: Looking, before: readonly Row[] = []): readonly Row[] {
  const known = new Map(before.map((row) => [row.path, row]));
  const rows: Row[] = [];
  const matches = matcher(looking);
  const wanted = matches ? shownPaths(tree, matches) : null;
  const walk = (path: string, level: number, position: number, setSize: number): void => {
    if (!tree.nodes.has(path)) return;
    const all = childrenOf(tree, path);
    const shown = wanted ? all.filter((child) => wanted.has(child)) : all;
    const isExpanded = shown.length ? wanted !== null || !looking.collapsed.has(path) : null;
    const hiddenTroubles = isExpanded === false ? countTroubles(tree, path, looking.now) : 0;
    const isPassage = wanted?.get(path) === false;
    const row = { path, level, position, setSize, isExpanded, isPassage, hiddenTroubles };
    const old = known.get(path);
    rows.push(old && isSame(old, row) ? old : row);
    if (isExpanded) shown.forEach((child, index) => walk(child, level + 1, index + 1, shown.length));
  };
  if (!wanted || wanted.has(tree.root)) walk(tree.root, 1, 1, 1);
  const isUnchanged = rows.length === before.length && rows.every((row, index) => row === before[index]);
  return isUnchanged ? before : rows;
}

/** How many actors are in trouble. */
export function troubled(tree: ActorTree, now: number): number {
  let count = 0;
  for (const node of tree.nodes.values()) if (troubles(node, now).length) count += 1;
  return count;
}

type Matcher = (node: Node) => boolean;

function matcher({ filter, isOnlyTrouble, now, titleOf }: Looking): Matcher | null {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  if (!words.length && !isOnlyTrouble) return null;
  return (node) => {
    if (isOnlyTrouble && !troubles(node, now).length) return false;
    if (!words.length) return true;
    const text = searchText(node, titleOf);
    return words.every((word) => text.includes(word));
  };
}

function searchText(node: Node, titleOf: Looking["titleOf"]): string {
  const { subject, process } = node;
  const title = titleOf?.(ownerId(node)) ?? "";
  const parts = [node.path, node.type, node.state, subject?.agent, subject?.chat_id, subject?.task_id, title, process?.pid];
  return parts.filter((part) => part !== null && part !== undefined).join(" ").toLowerCase();
}

/** Of each shown path, whether it matches itself. */
function shownPaths(tree: ActorTree, matches: Matcher): Map<string, boolean> {
  const shown = new Map<string, boolean>();
  for (const [path, node] of tree.nodes) {
    if (!matches(node)) continue;
    shown.set(path, true);
    for (let up = parentOf(path); up !== null && !shown.has(up); up = parentOf(up)) shown.set(up, false);
  }
  return shown;
}

function countTroubles(tree: ActorTree, path: string, now: number): number {
  let count = 0;
  const walk = (at: string): void => {
    const node = tree.nodes.get(at);
    if (node && troubles(node, now).length) count += 1;
    childrenOf(tree, at).forEach(walk);
  };
  childrenOf(tree, path).forEach(walk);
  return count;
}

const isSame = (a: Row, b: Row): boolean =>
  a.level === b.level &&
  a.position === b.position &&
  a.setSize === b.setSize &&
  a.isExpanded === b.isExpanded &&
  a.isPassage === b.isPassage &&
  a.hiddenTroubles === b.hiddenTroubles;
