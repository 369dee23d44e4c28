import type { RefObject } from "preact";
import { useEffect } from "preact/hooks";
import { parseDiff } from "../../state/diff";
import { registerKey } from "../../state/keys";
import type { PendingChange } from "../../wire/types";
import { announce } from "../common/announce";
import type { Deciding } from "./deciding";
import { filesIn, goTo, placeOf, stopsIn, type Stop } from "./stops";

const GROUP = "Review";
/** Held, they walk on. Whatever decides is pressed once for each thing that it is about. */
const WALKING = ["j", "k", "n", "p"];

/** j/k hunk, n/p file, a apply, r reject, c comment, u undo: while this is the view that keys are for. */
export function useReviewKeys(isActive: boolean, root: RefObject<HTMLElement | null>, deciding: Deciding): void {
  useEffect(() => {
    if (!isActive) return undefined;
    // A tree goes by first letters.
    const when = (): boolean => !document.activeElement?.closest("[role=tree]");
    const ends = bindings(root, deciding).map(([keys, what, run]) => registerKey({ keys, what, group: GROUP, when, repeats: WALKING.includes(keys), run }));
    return () => ends.forEach((end) => end());
  }, [isActive, deciding]);
}

function bindings(root: RefObject<HTMLElement | null>, deciding: Deciding): [string, string, () => void][] {
  const decide = (doing: "apply" | "reject"): void => {
    const at = current(root.current, deciding);
    if (!at) return announce("Choose a change first: j and k go from hunk to hunk.");
    const { change, stop } = at;
    const canBeParted = stop.hunk !== null && isOneOfSeveral(change);
    if (change.state === "pending") void deciding.decide(doing, change, canBeParted && stop.hunk !== null ? [stop.hunk] : undefined);
  };
  const comment = (): void => {
    const at = current(root.current, deciding);
    if (!at) return;
    const hunk = parseDiff(at.change.diff).hunks[at.stop.hunk ?? 0];
    if (hunk) deciding.commentOnHunk(at.change, hunk);
    else deciding.comment({ change: at.change, lines: [], from: null, to: null });
  };
  return [
    ["j", "Next hunk", () => step(root.current, 1)],
    ["k", "Previous hunk", () => step(root.current, -1)],
    ["n", "Next file", () => stepFile(root.current, 1)],
    ["p", "Previous file", () => stepFile(root.current, -1)],
    ["a", "Apply the hunk, or the file", () => decide("apply")],
    ["r", "Reject the hunk, or the file", () => decide("reject")],
    ["u", "Undo the last apply", () => void deciding.undo()],
    ["c", "Comment on the hunk, or on the marked lines", comment],
  ];
}

/** A cut diff, and one of two patches, can be decided on as a whole only. */
export function isOneOfSeveral(change: PendingChange): boolean {
  const { hunks, canBeParted } = parseDiff(change.diff);
  return canBeParted && hunks.length > 1;
}

function current(root: HTMLElement | null, deciding: Deciding): { change: PendingChange; stop: Stop } | null {
  const stop = placeOf(root);
  const change = deciding.store.changes.peek().find((each) => each.id === stop?.file.dataset["change"]);
  return stop && change ? { change, stop } : null;
}

function step(root: HTMLElement | null, by: 1 | -1): void {
  const stops = stopsIn(root);
  const place = placeOf(root);
  const at = place ? stops.findIndex((stop) => stop.element === place.element) : -1;
  // On the heading of a file that shows hunks: its first one is next, the last of the file before it the previous one.
  const inFile = place && at < 0 ? stops.findIndex((stop) => stop.file === place.file) : -1;
  const to = inFile >= 0 ? (by > 0 ? inFile : inFile - 1) : at < 0 ? (by > 0 ? 0 : stops.length - 1) : at + by;
  goTo(stops[to]?.element);
}

function stepFile(root: HTMLElement | null, by: 1 | -1): void {
  const files = filesIn(root);
  const place = placeOf(root);
  const at = place ? files.indexOf(place.file) : by > 0 ? -1 : files.length;
  // From within a file, back to its own heading first.
  const to = by < 0 && place?.hunk !== null && place ? at : at + by;
  goTo(files[to]);
}
