/** A long text in few lines: its beginning, what is left out, its end. */

/** Lines that are mounted until somebody asks for more. */
export const MOUNTED = 200;
/** Characters of one line that are shown. */
export const LINE_CHARS = 4_000;

export interface TextWindow {
  head: string;
  /** Lines between head and tail. */
  left: number;
  tail: string;
  total: number;
  /** A line was longer than is shown. */
  isCut: boolean;
}

/** `more`: lines asked for beside the first ones; they are added to the head. */
export function windowOf(text: string, more = 0): TextWindow {
  const lines = text.endsWith("\n") ? text.slice(0, -1).split("\n") : text.split("\n");
  const total = lines.length;
  const isCut = lines.some((line) => line.length > LINE_CHARS);
  const join = (some: string[]): string => some.map(cut).join("\n");
  if (total <= MOUNTED + more) return { head: join(lines), left: 0, tail: "", total, isCut };
  const ends = MOUNTED / 2;
  const head = lines.slice(0, ends + more);
  const tail = lines.slice(total - ends);
  return { head: join(head), left: total - head.length - tail.length, tail: join(tail), total, isCut };
}

const cut = (line: string): string =>
  line.length <= LINE_CHARS ? line : `${line.slice(0, LINE_CHARS)} … ${(line.length - LINE_CHARS).toLocaleString("en")} more characters`;
