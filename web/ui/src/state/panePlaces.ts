/** Where panes and the lines between them lie, in fractions of the whole, out of the tree. */

import type { Pane, Split, Tree } from "./panes";

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export interface Places {
  readonly panes: readonly { pane: Pane; box: Box }[];
  /** `box` is that of both sides together. */
  readonly splits: readonly { split: Split; box: Box }[];
}

const WHOLE: Box = { left: 0, top: 0, width: 1, height: 1 };

/** Panes in reading order. */
export function placesOf(tree: Tree, box: Box = WHOLE): Places {
  if (tree.is === "pane") return { panes: [{ pane: tree, box }], splits: [] };
  const [one, two] = halves(tree, box);
  const first = placesOf(tree.first, one);
  const second = placesOf(tree.second, two);
  return {
    panes: [...first.panes, ...second.panes],
    splits: [{ split: tree, box }, ...first.splits, ...second.splits],
  };
}

function halves({ direction, share }: Split, box: Box): [Box, Box] {
  if (direction === "row") {
    const width = box.width * share;
    return [
      { ...box, width },
      { ...box, left: box.left + width, width: box.width - width },
    ];
  }
  const height = box.height * share;
  return [
    { ...box, height },
    { ...box, top: box.top + height, height: box.height - height },
  ];
}
