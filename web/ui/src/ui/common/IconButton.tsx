import type { ButtonHTMLAttributes } from "preact";
import { Icon, type IconName } from "./Icon";
import "./button.css";

export interface IconButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, "icon" | "label"> {
  /** What it does: its accessible name and its tooltip. */
  label: string;
  icon: IconName;
  /** Shown in the tooltip only, such as a key. */
  hint?: string | undefined;
}

export function IconButton({ label, icon, hint, class: more, ...rest }: IconButtonProps) {
  return (
    <button type="button" aria-label={label} title={hint ? `${label} (${hint})` : label} {...rest} class={more ? `icon-button ${more}` : "icon-button"}>
      <Icon name={icon} />
    </button>
  );
}
