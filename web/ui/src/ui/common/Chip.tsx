import type { ComponentChildren } from "preact";
import "./chip.css";

export interface ChipProps {
  /** Explains it on hover. */
  title?: string | undefined;
  kind?: "good" | "warn" | "bad" | "accent" | undefined;
  children?: ComponentChildren;
}

/** A small fact: a model, a number of tokens, a tier. */
export function Chip({ title, kind, children }: ChipProps) {
  return (
    <span class={kind ? `chip chip-${kind}` : "chip"} title={title}>
      {children}
    </span>
  );
}
