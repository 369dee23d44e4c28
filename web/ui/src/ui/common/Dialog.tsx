import type { ComponentChildren } from "preact";
import { useId, useLayoutEffect, useRef } from "preact/hooks";
import { IconButton } from "./IconButton";
import "./dialog.css";

export interface DialogProps {
  title: string;
  /** Asked for by Esc, the cross or a click beside it; whoever draws the dialog then draws it no more. */
  onClose: () => void;
  children?: ComponentChildren;
  /** Buttons. */
  footer?: ComponentChildren;
  isWide?: boolean | undefined;
  /** For short questions that must not be passed over. */
  role?: "dialog" | "alertdialog" | undefined;
}

/** A native modal dialog: it keeps the focus, and gives it back to where it was. `autofocus` in the children is heeded. */
export function Dialog({ title, onClose, children, footer, isWide, role }: DialogProps) {
  const id = useId();
  const ref = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const dialog = ref.current;
    const before = document.activeElement;
    dialog?.showModal();
    return () => {
      dialog?.close();
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={ref}
      role={role}
      class={isWide ? "dialog dialog-wide" : "dialog"}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        if (event.target === ref.current) onClose();
      }}
      onMouseDown={(event) => {
        if (event.target === event.currentTarget && isBeside(event, event.currentTarget)) onClose();
      }}
    >
      <header class="dialog-head">
        <h2 id={id}>{title}</h2>
        <IconButton label="Close" icon="close" onClick={onClose} />
      </header>
      <div class="dialog-body">{children}</div>
      {footer && <footer class="dialog-foot">{footer}</footer>}
    </dialog>
  );
}

function isBeside(event: MouseEvent, dialog: HTMLElement): boolean {
  const box = dialog.getBoundingClientRect();
  return event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom;
}
