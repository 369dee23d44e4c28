/**
 * Which tool calls of a message are open, and which one has the focus. It outlives the rows: they are drawn anew when a
 * label gathers them.
 */

import { createContext } from "preact";
import { useContext, useState } from "preact/hooks";

export class ToolsOfMessage {
  readonly open = new Set<string | null>();
  private focused: string | null = null;

  focus(id: string | null): void {
    this.focused = id;
  }

  /** A row that is drawn elsewhere is gone before its label is there: it has the focus until all of that is done. */
  blur(id: string | null): void {
    queueMicrotask(() => {
      if (this.focused === id) this.focused = null;
    });
  }

  hasFocus(id: string | null): boolean {
    return id !== null && this.focused === id;
  }
}

export const OpenTools = createContext(new ToolsOfMessage());

/** Whether the row of this call is open, and how to change that. */
export function useOpenTool(id: string | null): [boolean, (isOpen: boolean) => void] {
  const { open } = useContext(OpenTools);
  const [isOpen, setOpen] = useState(() => open.has(id));
  const change = (next: boolean): void => {
    if (next) open.add(id);
    else open.delete(id);
    setOpen(next);
  };
  return [isOpen, change];
}
