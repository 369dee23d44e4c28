/**
 * Characters that would show nothing, or show the rest of a line in another order than it is compiled in, made visible.
 */

/** Controls but the tab, and those that turn the direction of text or have no width. */
const UNSEEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/;

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
      part.length === 1 && UNSEEN.test(part)
        ? { text: `U+${part.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}`, isUnseen: true }
        : { text: part, isUnseen: false },
    );
}
