import "./state-mark.css";

export interface StateMarkProps {
  state: "pending" | "running" | "completed" | "failed";
  words: string;
}

/** Told apart by shape: a hollow circle, a turning ring, a tick, a cross. */
export function StateMark({ state, words }: StateMarkProps) {
  return <span class={`state-mark mark-${state}`} role="img" aria-label={words} title={words} />;
}
