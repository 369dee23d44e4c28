/** Which part of a code has which colour: from the words of highlight.js to stretches of what is drawn. Pure. */

export type CodeKind = "comment" | "keyword" | "string" | "number";

const CLASSES: Record<CodeKind, readonly string[]> = {
  comment: ["comment", "quote", "meta"],
  keyword: ["keyword", "selector-tag", "section", "title", "name"],
  string: ["string", "attr", "regexp"],
  number: ["number", "literal", "built_in", "type", "symbol"],
};
const KINDS = new Map<string, CodeKind>();
for (const [kind, classes] of Object.entries(CLASSES)) classes.forEach((each) => KINDS.set(`hljs-${each}`, kind as CodeKind));

/** Code within a string, as in `${name}`. */
const PLAIN_WITHIN = "hljs-subst";

/** `classes`: an element's; `outer`: what it stands in. */
export function kindOf(classes: string, outer: CodeKind | null): CodeKind | null {
  const [first = ""] = classes.split(" ");
  return first === PLAIN_WITHIN ? null : (KINDS.get(first) ?? outer);
}

/** The ending of a file's name, by which highlight.js knows most languages; null: it has none. */
export const languageOf = (path: string): string | null => /[^/]\.(\w+)$/.exec(path)?.[1]?.toLowerCase() ?? null;

export interface Token {
  length: number;
  kind: CodeKind | null;
}

/** A piece of the same text as it is drawn; without `node` it is not coloured. */
export interface Piece<T> {
  node: T | null;
  length: number;
}

export interface Stretch<T> {
  node: T;
  start: number;
  end: number;
  kind: CodeKind;
}

/** `pieces` and `tokens` cover the same text, each without a gap. */
export function placed<T>(pieces: readonly Piece<T>[], tokens: Iterable<Token>): Stretch<T>[] {
  const found: Stretch<T>[] = [];
  let piece = 0;
  let pieceStart = 0;
  let start = 0;
  for (const { length, kind } of tokens) {
    const end = start + length;
    for (; piece < pieces.length; piece++) {
      const { node, length: pieceLength } = pieces[piece]!;
      const from = Math.max(start, pieceStart);
      const to = Math.min(end, pieceStart + pieceLength);
      if (kind !== null && node !== null && from < to) found.push({ node, start: from - pieceStart, end: to - pieceStart, kind });
      if (pieceStart + pieceLength > end) break;
      pieceStart += pieceLength;
    }
    start = end;
  }
  return found;
}
