import "./status-dot.css";

export type DotStatus = "working" | "blocked" | "idle" | "error";

export const STATUS_WORDS: Record<DotStatus, string> = {
  working: "working",
  blocked: "waits for an answer",
  idle: "idle",
  error: "error",
};

/** Told apart by shape, not by colour alone: a ring, a square, a hollow circle, a cross. */
export function StatusDot({ status, title }: { status: DotStatus; title?: string | undefined }) {
  const words = title ?? STATUS_WORDS[status];
  return <span class={`status-dot status-${status}`} role="img" aria-label={words} title={words} />;
}
