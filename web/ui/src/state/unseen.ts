/**
 * Characters that would show nothing, or show the rest of a line in another order than it is compiled in, made visible.
 */

/** Controls but the tab, those that turn the direction of text or have no width, blank letters, and tags. */
const UNSEEN =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2069\u3164\ufeff\uffa0]|\udb40[\udc00-\udc7f]/;

export interface Piece {
  text: string;
  /** It stands for a character that cannot be seen; its code. */
  isUnseen: boolean;
}

export const hasUnseen = (text: string): boolean => UNSEEN.test(text);

export function visiblePieces(text: string): Piece[] {
  if (!hasUnseen(text)) return text ? [{ text, isUnseen: false }] : [];
  return text
    .split(new RegExp(`(${UNSEEN.source})`))
    .filter(Boolean)
    .map((part) =>
      part.length <= 2 && UNSEEN.test(part) && part.replace(UNSEEN, "") === ""
        ? { text: `U+${(part.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`, isUnseen: true }
        : { text: part, isUnseen: false },
    );
}

/** The same in one string, for what a person decides by: names, labels, commands. Lines and tabs stay. */
export const revealed = (text: string): string =>
  visiblePieces(text).map((piece) => (piece.isUnseen ? `⟦${piece.text}⟧` : piece.text)).join("");
