import { ICONS, type IconName } from "./icons";
import "./icon.css";

export type { IconName };

/** Decoration only: whatever carries it has words of its own. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
      <path d={ICONS[name]} />
    </svg>
  );
}
