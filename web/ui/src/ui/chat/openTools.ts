/** Which tool calls of a message are open. It outlives the rows: they are drawn anew when a label gathers them. */

import { createContext } from "preact";
import { useContext, useState } from "preact/hooks";

export const OpenTools = createContext<Set<string | null>>(new Set());

/** Whether the row of this call is open, and how to change that. */
export function useOpenTool(id: string | null): [boolean, (isOpen: boolean) => void] {
  const open = useContext(OpenTools);
  const [isOpen, setOpen] = useState(() => open.has(id));
  const change = (next: boolean): void => {
    if (next) open.add(id);
    else open.delete(id);
    setOpen(next);
  };
  return [isOpen, change];
}
