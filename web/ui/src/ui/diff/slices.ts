import { useEffect, useState } from "preact/hooks";
import { whenIdle } from "../common/idle";

/** What is in sight at once is drawn first; the rest follows while nothing else is to be done. */
const FIRST = 4;
const STEP = 8;
const MOST_UNASKED = 100;
const IDLE_MS = 500;

/** How many of `total` blocks to draw now, and what draws all of them. */
export function useSlices(total: number): { shown: number; showAll: () => void } {
  const [shown, setShown] = useState(FIRST);
  const [most, setMost] = useState(MOST_UNASKED);
  const goal = Math.min(total, most);
  useEffect(() => {
    if (shown >= goal) return undefined;
    return whenIdle(() => setShown((now) => now + STEP), IDLE_MS);
  }, [shown, goal]);
  return { shown: Math.min(shown, goal), showAll: () => setMost(Infinity) };
}
