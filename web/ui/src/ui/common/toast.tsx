import { signal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { explain } from "../../net/api";
import { Button } from "./Button";
import { IconButton } from "./IconButton";
import "./toast.css";

const STAYS_MS = 6_000;
/** What an action offers can also be found elsewhere. */
const OFFERS_MS = 20_000;
const MOST = 4;

export interface ToastOptions {
  kind?: "info" | "error" | undefined;
  action?: { label: string; run: () => void } | undefined;
}

interface Toast extends ToastOptions {
  id: number;
  text: string;
}

const toasts = signal<readonly Toast[]>([]);
let lastId = 0;

/** A passing word. An error stays until it is closed; the oldest makes room. */
export function toast(text: string, options: ToastOptions = {}): void {
  const id = ++lastId;
  const others = toasts.peek().filter((known) => known.text !== text);
  toasts.value = [...others, { id, text, ...options }].slice(-MOST);
  if (options.kind !== "error") setTimeout(() => dismiss(id), options.action ? OFFERS_MS : STAYS_MS);
}

/** Whatever was thrown, as a sentence. */
export const toastError = (error: unknown): void => toast(explain(error), { kind: "error" });

const dismiss = (id: number): void => {
  toasts.value = toasts.peek().filter((known) => known.id !== id);
};

/** Mounted once, by the frame. Always shown, so that it is heard; put above a dialog that was opened after it. */
export function Toasts() {
  const ref = useRef<HTMLElement>(null);
  useLayoutEffect(() => {
    const isCovered = document.querySelector("dialog:modal") !== null;
    if (isCovered) ref.current?.hidePopover();
    ref.current?.showPopover();
  }, [toasts.value]);
  return (
    <section ref={ref} class="toasts" popover="manual" aria-label="Notices">
      <div role="status">{toasts.value.filter((known) => known.kind !== "error").map(draw)}</div>
      <div role="alert">{toasts.value.filter((known) => known.kind === "error").map(draw)}</div>
    </section>
  );
}

const draw = ({ id, text, kind, action }: Toast) => (
  <div key={id} class={kind === "error" ? "toast toast-error" : "toast"}>
    <span>{text}</span>
    {action && (
      <Button
        isSmall
        onClick={() => {
          dismiss(id);
          action.run();
        }}
      >
        {action.label}
      </Button>
    )}
    <IconButton label="Close this notice" icon="close" onClick={() => dismiss(id)} />
  </div>
);
