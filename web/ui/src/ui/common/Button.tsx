import type { ButtonHTMLAttributes } from "preact";
import { Icon, type IconName } from "./Icon";
import { Spinner } from "./Spinner";
import "./button.css";

export interface ButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, "icon"> {
  kind?: "primary" | "quiet" | "danger" | undefined;
  /** The thing asked for is under way: a wheel is shown, and it cannot be asked for again. */
  busy?: boolean | undefined;
  icon?: IconName | undefined;
  isSmall?: boolean | undefined;
}

/** A verb. While `busy` it keeps the focus and swallows clicks. */
export function Button({ kind, busy, icon, isSmall, class: more, onClick, children, ...rest }: ButtonProps) {
  const names = ["button", kind && `button-${kind}`, isSmall && "button-small", more].filter(Boolean).join(" ");
  return (
    <button type="button" {...rest} class={names} aria-busy={busy || undefined} aria-disabled={busy || rest["aria-disabled"]} onClick={busy ? swallow : onClick}>
      {busy ? <Spinner /> : icon && <Icon name={icon} />}
      {children}
    </button>
  );
}

const swallow = (event: Event): void => event.preventDefault();
