/** Keys in a list of rows: arrows, and the first letters of a row. */

const PAUSE_MS = 700;

interface KeyPress {
  key: string;
  timeStamp: number;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
}

let typed = "";
let last_ms = 0;

/** The row after `at` that begins with what was typed within a moment; null: none, or not a letter. */
export function typedAhead(event: KeyPress, at: number, labels: readonly string[]): number | null {
  if (event.key.length !== 1 || event.ctrlKey || event.metaKey || event.altKey) return null;
  const isContinued = typed !== "" && event.timeStamp - last_ms < PAUSE_MS;
  if (event.key === " " && !isContinued) return null;
  last_ms = event.timeStamp;
  typed = isContinued ? typed + event.key.toLowerCase() : event.key.toLowerCase();
  // One letter again and again walks through the rows that begin with it.
  const isRepeated = [...typed].every((letter) => letter === typed[0]);
  const wanted = isRepeated ? (typed[0] ?? "") : typed;
  const first = isRepeated ? at + 1 : Math.max(at, 0);
  for (let step = 0; step < labels.length; step++) {
    const row = (first + step) % labels.length;
    if (labels[row]?.toLowerCase().startsWith(wanted)) return row;
  }
  return null;
}

/** The row that an arrow goes to from `at`, around the ends; null: another key, or no rows. */
export function nextRow(key: string, at: number, count: number): number | null {
  if (!count) return null;
  if (key === "ArrowDown") return (at + 1) % count;
  if (key === "ArrowUp") return (at <= 0 ? count : at) - 1;
  if (key === "Home" || key === "PageUp") return 0;
  if (key === "End" || key === "PageDown") return count - 1;
  return null;
}
