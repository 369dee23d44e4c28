import type { Node } from "../../wire/types";
import "./state-mark.css";

type State = Node["state"];

/** Told apart by shape first, on a field of 12 by 12. Strokes, but where the shape is filled. */
const SHAPES: Record<State | "stuck", string> = {
  starting: "M6 2a4 4 0 0 1 4 4",
  idle: "M6 2a4 4 0 1 0 .01 0",
  busy: "M6 2a4 4 0 1 0 .01 0M6 5a1 1 0 1 0 .01 0",
  blocked: "M2.5 2.5h7v7h-7z",
  backing_off: "M6 1.5l5 9H1z",
  suspended: "M4 2v8M8 2v8",
  stopping: "M2 6h8",
  dead: "M2.5 2.5l7 7M9.5 2.5l-7 7",
  stuck: "M6 1v6M6 10v.5",
};

/** Decoration: the word stands beside it. */
export function StateMark({ state, isStuck = false }: { state: State; isStuck?: boolean }) {
  const shape = isStuck ? "stuck" : state;
  return (
    <svg class={`sv-mark sv-mark-${shape}`} viewBox="0 0 12 12" aria-hidden="true">
      <path d={SHAPES[shape]} />
    </svg>
  );
}
