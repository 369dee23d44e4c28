/** Stretches of tool calls under one label. The label names its calls; what makes a run, the server decides. Pure. */

import type { Part, ToolLabel } from "../wire/types";

/** A part, and its place in the message: what it is known by while the message grows. */
export interface Placed {
  part: Part;
  index: number;
}

/** From the first to the last call of the label, the thoughts between them included. */
export interface Run {
  label: ToolLabel;
  parts: readonly Placed[];
}

/**
 * The parts in their order, those under a label in one piece. A label whose calls are not there, or which would hide
 * something that the agent said, is passed over; of labels that overlap the first one counts.
 */
export function grouped(parts: readonly Part[], labels: readonly ToolLabel[]): readonly (Placed | Run)[] {
  const placed = parts.map((part, index) => ({ part, index }));
  if (!labels.length) return placed;
  const places = new Map(placed.filter(({ part }) => part.type === "tool").map(({ part, index }) => [part.tool_call_id, index]));
  const runs = new Map<number, Run>();
  const taken = new Set<number>();
  for (const label of labels) {
    const stretch = stretchOf(label, places, placed);
    if (!stretch[0] || stretch.some(({ index }) => taken.has(index))) continue;
    for (const { index } of stretch) taken.add(index);
    runs.set(stretch[0].index, { label, parts: stretch });
  }
  return placed.flatMap<Placed | Run>((each) => runs.get(each.index) ?? (taken.has(each.index) ? [] : each));
}

export const isRun = (piece: Placed | Run): piece is Run => "label" in piece;

export const callsIn = (run: Run): readonly Part[] =>
  run.parts.map(({ part }) => part).filter((part) => part.type === "tool");

/** The state that a person has to know of all its calls: one that failed or still runs says more than those that are done. */
export function stateOf(run: Run): NonNullable<Part["status"]> {
  const states = new Set(callsIn(run).map((part) => part.status ?? "pending"));
  return (["failed", "running", "pending"] as const).find((state) => states.has(state)) ?? "completed";
}

function stretchOf(label: ToolLabel, places: ReadonlyMap<string | null, number>, placed: readonly Placed[]): readonly Placed[] {
  const at = label.tool_call_ids.flatMap((id) => places.get(id) ?? []);
  if (!at.length || at.length < label.tool_call_ids.length) return [];
  const stretch = placed.slice(Math.min(...at), Math.max(...at) + 1);
  return stretch.some(({ part }) => isSaid(part)) ? [] : stretch;
}

const isSaid = ({ type, text }: Part): boolean => (type === "text" || type === "notice") && !!text?.trim();
