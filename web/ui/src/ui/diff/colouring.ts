/**
 * Colours of the code in a diff. The browser lays them over the lines as they are drawn (`CSS.highlights`): nothing in
 * the page changes for them, and a browser that cannot do it shows plain code.
 */

import type { RefObject } from "preact";
import { useEffect } from "preact/hooks";
import { kindOf, placed, type CodeKind, type Piece, type Token } from "../../state/codeColours";
import { whenIdle } from "../common/idle";

/** Of one block on one side; more would hold up the page. */
const MAX_CHARS = 30_000;
const IDLE_MS = 2000;

type Laid = [Highlight, AbstractRange];

/** Colours the lines in `block` once it is in sight; `rows` is what it draws. */
export function useColours(block: RefObject<HTMLElement | null>, language: string | null, rows: unknown): void {
  useEffect(() => {
    const node = block.current;
    if (!node || language === null || !("highlights" in CSS)) return undefined;
    let laid: Laid[] = [];
    let isOver = false;
    let callOff = (): void => {};
    const seen = new IntersectionObserver((entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      seen.disconnect();
      callOff = whenIdle(() => {
        void import("../markdown/languages").then(
          ({ colour }) => {
            if (!isOver) laid = sidesOf(node).flatMap((side) => lay(side, (text) => colour(text, language)));
          },
          () => {}, // Code without colours is code.
        );
      }, IDLE_MS);
    });
    seen.observe(node);
    return () => {
      isOver = true;
      seen.disconnect();
      callOff();
      for (const [highlight, range] of laid) highlight.delete(range);
    };
  }, [language, rows]);
}

interface Side {
  /** The lines of the file on this side, as far as the block has them. */
  cells: readonly HTMLElement[];
  /** A line that both sides have is drawn once where they are not beside each other. */
  isColoured: (cell: HTMLElement) => boolean;
}

function sidesOf(block: HTMLElement): Side[] {
  const cells = [...block.querySelectorAll<HTMLElement>(".diff-text:not(.diff-nothing)")];
  const isOf = (side: "old" | "new") => (cell: HTMLElement) => (cell.previousElementSibling as HTMLElement | null)?.dataset["side"] === side;
  if (block.querySelector(".diff-pair")) return [{ cells: cells.filter(isOf("old")), isColoured: () => true }, { cells: cells.filter(isOf("new")), isColoured: () => true }];
  const isRemoved = (cell: HTMLElement): boolean => cell.tagName === "DEL";
  return [
    { cells: cells.filter((cell) => cell.tagName !== "INS"), isColoured: isRemoved },
    { cells: cells.filter((cell) => !isRemoved(cell)), isColoured: () => true },
  ];
}

function lay({ cells, isColoured }: Side, colour: (text: string) => DocumentFragment | null): Laid[] {
  const pieces: Piece<Text>[] = [];
  let text = "";
  for (const cell of cells) {
    for (const node of textsOf(cell)) {
      // What is other than before stands on a strong ground of its own, and no colour is well seen on that.
      pieces.push({ node: isColoured(cell) && !node.parentElement?.closest("mark") ? node : null, length: node.length });
      text += node.data;
    }
    pieces.push({ node: null, length: 1 });
    text += "\n";
  }
  const coloured = text.length <= MAX_CHARS && pieces.some((piece) => piece.node !== null) ? colour(text) : null;
  if (!coloured) return [];
  return placed(pieces, tokensOf(coloured, null)).map(({ node, start, end, kind }) => {
    const highlight = highlightOf(kind);
    const range = new StaticRange({ startContainer: node, startOffset: start, endContainer: node, endOffset: end });
    highlight.add(range);
    return [highlight, range];
  });
}

/** The line's own characters, without what is said about it. */
function textsOf(cell: HTMLElement): Text[] {
  const walker = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT, (node) =>
    node.parentElement?.closest(".diff-mark, button") ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT,
  );
  const found: Text[] = [];
  while (walker.nextNode()) found.push(walker.currentNode as Text);
  return found;
}

function* tokensOf(node: Node, kind: CodeKind | null): Generator<Token> {
  for (const child of node.childNodes) {
    if (child instanceof Element) yield* tokensOf(child, kindOf(child.className, kind));
    else yield { length: child.textContent?.length ?? 0, kind };
  }
}

function highlightOf(kind: CodeKind): Highlight {
  const name = `code-${kind}`;
  const found = CSS.highlights.get(name) ?? new Highlight();
  CSS.highlights.set(name, found);
  return found;
}
