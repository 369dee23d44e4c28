import { expect, test } from "vitest";
import { placesOf } from "./panePlaces";
import * as panes from "./panes";

const half = (layout: panes.Layout, direction: panes.Direction) => panes.split(layout, direction);

test("panes fill the whole, and none lies over another", () => {
  let layout = panes.open(panes.EMPTY, { kind: "inbox" });
  for (const direction of ["row", "column", "row", "column"] as const) layout = half(layout, direction);
  const { panes: placed } = placesOf(panes.resize(layout, layout.root.id, 0.3).root);
  const area = placed.reduce((sum, { box }) => sum + box.width * box.height, 0);
  expect(area).toBeCloseTo(1, 9);
  for (const { box: one } of placed)
    for (const { box: other } of placed) {
      if (one === other) continue;
      const isApart =
        one.left + one.width <= other.left + 1e-9 ||
        other.left + other.width <= one.left + 1e-9 ||
        one.top + one.height <= other.top + 1e-9 ||
        other.top + other.height <= one.top + 1e-9;
      expect(isApart).toBe(true);
    }
});

test("a line lies within both sides that it divides", () => {
  const layout = half(half(panes.open(panes.EMPTY, { kind: "inbox" }), "row"), "column");
  expect(placesOf(layout.root).splits.map(({ split, box }) => [split.direction, box])).toEqual([
    ["row", { left: 0, top: 0, width: 1, height: 1 }],
    ["column", { left: 0.5, top: 0, width: 0.5, height: 1 }],
  ]);
});
