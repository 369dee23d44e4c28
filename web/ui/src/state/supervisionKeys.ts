/** Keys in the tree, as in every tree: what is active next, and what opens or closes. Pure. */

import type { Row } from "./supervisionRows";
import { parentOf } from "./supervisionTree";

export interface Move {
  /** The row that is active now. */
  readonly active?: string;
  /** The row to expand or collapse. */
  readonly toggle?: string;
  /** Open the details of the active row. */
  readonly isOpening?: boolean;
}

export interface Grid {
  /** How many rows a page up or down is. */
  readonly pageRows: number;
  /** False while a filter shows every branch that leads to a match. */
  readonly canToggle: boolean;
}

/** Null: the key means nothing here. */
export function keyMove(key: string, rows: readonly Row[], active: string | null, grid: Grid): Move | null {
  if (!rows.length) return null;
  const found = rows.findIndex((row) => row.path === active);
  const index = found < 0 ? 0 : found;
  const row = rows[index];
  if (!row) return null;
  const at = (wanted: number): Move => {
    const next = rows[Math.max(0, Math.min(rows.length - 1, wanted))];
    return next ? { active: next.path } : {};
  };
  switch (key) {
    case "ArrowDown":
      return at(found < 0 ? 0 : index + 1);
    case "ArrowUp":
      return at(index - 1);
    case "PageDown":
      return at(index + grid.pageRows);
    case "PageUp":
      return at(index - grid.pageRows);
    case "Home":
      return at(0);
    case "End":
      return at(rows.length - 1);
    case "ArrowRight":
      if (row.isExpanded === false) return { active: row.path, toggle: row.path };
      return row.isExpanded ? at(index + 1) : {};
    case "ArrowLeft":
      return row.isExpanded && grid.canToggle ? { active: row.path, toggle: row.path } : toParent(rows, row);
    case "Enter":
    case " ":
      return { active: row.path, isOpening: true };
    default:
      return null;
  }
}

function toParent(rows: readonly Row[], row: Row): Move {
  const parent = parentOf(row.path);
  return parent !== null && rows.some((other) => other.path === parent) ? { active: parent } : {};
}
