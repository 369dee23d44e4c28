/** The tree of actors as flat maps, and what a sample changes in it. Pure. */

import type { Node, SupervisionSample } from "../wire/types";

/** `nodes` by path, without looking at their `children`; the order of children is in `children`. */
export interface ActorTree {
  readonly root: string;
  readonly nodes: ReadonlyMap<string, Node>;
  readonly children: ReadonlyMap<string, readonly string[]>;
}

export interface Joined {
  readonly tree: ActorTree;
  /** Paths whose node is another one now. */
  readonly changed: readonly string[];
  readonly isReshaped: boolean;
}

export const EMPTY_TREE: ActorTree = { root: "", nodes: new Map(), children: new Map() };
const NO_CHILDREN: readonly string[] = [];

export function parentOf(path: string): string | null {
  const cut = path.lastIndexOf("/");
  return cut < 0 ? null : path.slice(0, cut);
}

export const childrenOf = (tree: ActorTree, path: string): readonly string[] => tree.children.get(path) ?? NO_CHILDREN;

export function treeOf(root: Node): ActorTree {
  const nodes = new Map<string, Node>();
  const children = new Map<string, readonly string[]>();
  const add = (node: Node): void => {
    nodes.set(node.path, node);
    if (node.children.length) children.set(node.path, node.children.map((child) => child.path));
    node.children.forEach(add);
  };
  add(root);
  return { root: root.path, nodes, children };
}

/** Those that are gone first: an actor may come back at the same path. */
export function join(tree: ActorTree, sample: Pick<SupervisionSample, "nodes" | "gone">): Joined {
  const nodes = new Map(tree.nodes);
  const children = new Map(tree.children);
  const changed = new Set<string>();
  let isReshaped = false;
  for (const path of sample.gone) {
    if (!nodes.has(path)) continue;
    isReshaped = true;
    cutOff(path, nodes, children, changed);
  }
  for (const node of sample.nodes) {
    changed.add(node.path);
    if (!nodes.has(node.path)) isReshaped = append(node.path, nodes, children) || isReshaped;
    nodes.set(node.path, node);
  }
  return { tree: { root: tree.root, nodes, children }, changed: [...changed], isReshaped };
}

/** The actor and everything below it, itself first, in the order of the tree. */
export function below(tree: ActorTree, path: string): string[] {
  const found: string[] = [];
  const walk = (at: string): void => {
    if (!tree.nodes.has(at)) return;
    found.push(at);
    childrenOf(tree, at).forEach(walk);
  };
  walk(path);
  return found;
}

function cutOff(
  path: string,
  nodes: Map<string, Node>,
  children: Map<string, readonly string[]>,
  changed: Set<string>,
): void {
  const parent = parentOf(path);
  if (parent !== null) {
    children.set(parent, (children.get(parent) ?? NO_CHILDREN).filter((child) => child !== path));
  }
  const forget = (at: string): void => {
    (children.get(at) ?? NO_CHILDREN).forEach(forget);
    children.delete(at);
    nodes.delete(at);
    changed.add(at);
  };
  forget(path);
}

function append(path: string, nodes: Map<string, Node>, children: Map<string, readonly string[]>): boolean {
  const parent = parentOf(path);
  if (parent === null || !nodes.has(parent)) return false;
  children.set(parent, [...(children.get(parent) ?? NO_CHILDREN), path]);
  return true;
}
