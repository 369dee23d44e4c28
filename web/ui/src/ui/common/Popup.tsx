import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import "./popup.css";

const ROOM = 8;

export interface PopupProps {
  /** What it hangs on. A press there is left to it. */
  anchor: { readonly current: HTMLElement | null };
  onClose: () => void;
  children: ComponentChildren;
}

/** Something small above the page, beside what opened it; a sheet at the lower edge on a phone. Mounted only while it is open. */
export function Popup({ anchor, onClose, children }: PopupProps) {
  const ref = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const popup = ref.current;
    const from = anchor.current;
    if (!popup || !from) return;
    const place = () => placeBeside(popup, from);
    const closeBeside = (event: Event) => {
      const target = event.target as Node;
      if (!popup.contains(target) && !from.contains(target)) onClose();
    };
    popup.showPopover();
    place();
    // What is in it may come later: it must not grow out of sight, or over what opened it.
    const resized = new ResizeObserver(place);
    for (const child of popup.children) resized.observe(child);
    addEventListener("resize", place);
    addEventListener("pointerdown", closeBeside, true);
    return () => {
      resized.disconnect();
      removeEventListener("resize", place);
      removeEventListener("pointerdown", closeBeside, true);
    };
  }, []);
  return (
    <div
      ref={ref}
      class="popup"
      popover="manual"
      onKeyDown={(event) => {
        // Seen by nobody else: neither by the keys of the page nor by a dialog that it is in.
        event.stopPropagation();
        if (event.key !== "Escape" || event.isComposing) return;
        event.preventDefault();
        onClose();
      }}
    >
      {children}
    </div>
  );
}

function placeBeside(popup: HTMLElement, anchor: HTMLElement): void {
  const from = anchor.getBoundingClientRect();
  const below = innerHeight - from.bottom - 2 * ROOM;
  const above = from.top - 2 * ROOM;
  const isBelow = below >= Math.min(popup.scrollHeight, 320) || below >= above;
  popup.style.maxHeight = `${Math.max(120, isBelow ? below : above)}px`;
  popup.style.minWidth = `${Math.min(from.width, innerWidth - 2 * ROOM)}px`;
  const { width, height } = popup.getBoundingClientRect();
  popup.style.left = `${Math.max(ROOM, Math.min(from.left, innerWidth - width - ROOM))}px`;
  popup.style.top = `${isBelow ? from.bottom + 4 : from.top - height - 4}px`;
}
