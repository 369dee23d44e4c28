import type { CSSProperties } from "preact";
import { useRef } from "preact/hooks";
import "./separator.css";

export interface SeparatorProps {
  label: string;
  /** How the line itself runs. */
  orientation: "vertical" | "horizontal";
  /** With `least` and `most`, in one unit: per cent, pixels. */
  value: number;
  least: number;
  most: number;
  /** One press of an arrow; ten with Shift. */
  step: number;
  /** Where a double click or Enter puts it. */
  usual: number;
  onResize: (value: number) => void;
  /** The value at a place of the pointer. */
  valueAt: (event: PointerEvent, line: HTMLElement) => number;
  style?: CSSProperties | undefined;
}

/** A line that can be moved, by pointer and by arrows. */
export function Separator({ label, orientation, value, least, most, step, usual, onResize, valueAt, style }: SeparatorProps) {
  const isHeld = useRef(false);
  const set = (wanted: number) => onResize(Math.min(most, Math.max(least, wanted)));
  const onKeyDown = (event: KeyboardEvent) => {
    const size = event.shiftKey ? step * 10 : step;
    const [less, more] = orientation === "vertical" ? ["ArrowLeft", "ArrowRight"] : ["ArrowUp", "ArrowDown"];
    if (event.key === less) set(value - size);
    else if (event.key === more) set(value + size);
    else if (event.key === "Home") set(least);
    else if (event.key === "End") set(most);
    else if (event.key === "Enter") set(usual);
    else return;
    event.preventDefault();
  };
  return (
    <div
      class={`separator separator-${orientation}`}
      role="separator"
      tabIndex={0}
      aria-label={label}
      aria-orientation={orientation}
      aria-valuenow={Math.round(value)}
      aria-valuemin={least}
      aria-valuemax={most}
      style={style}
      onKeyDown={onKeyDown}
      onDblClick={() => set(usual)}
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        isHeld.current = true;
        event.currentTarget.setPointerCapture(event.pointerId);
        event.preventDefault();
        event.currentTarget.focus();
      }}
      onPointerMove={(event) => isHeld.current && set(valueAt(event, event.currentTarget))}
      onLostPointerCapture={() => {
        isHeld.current = false;
      }}
    />
  );
}
