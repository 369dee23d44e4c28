import { useEffect, useRef, useState } from "preact/hooks";
import { withStaying } from "../../state/staying";

const STAYS_MS = 3000;

/** `items`, and those that have just gone, in their places. */
export function useStaying<T extends { id: string }>(items: readonly T[]): readonly T[] {
  const shown = useRef<readonly T[]>([]);
  const gone = useRef(new Set<string>());
  const timers = useRef(new Set<ReturnType<typeof setTimeout>>());
  const [, redraw] = useState(0);
  useEffect(() => () => timers.current.forEach(clearTimeout), []);

  for (const { id } of items) gone.current.delete(id);
  for (const { id } of shown.current) {
    if (gone.current.has(id) || items.some((item) => item.id === id)) continue;
    gone.current.add(id);
    const timer = setTimeout(() => {
      timers.current.delete(timer);
      gone.current.delete(id);
      shown.current = shown.current.filter((item) => item.id !== id);
      redraw((count) => count + 1);
    }, STAYS_MS);
    timers.current.add(timer);
  }
  shown.current = withStaying(shown.current, items, (item) => gone.current.has(item.id));
  return shown.current;
}
