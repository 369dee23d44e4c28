/** Colours in code: only of blocks that are settled, only when nothing else is to be done, by a chunk of its own. */

import { whenIdle } from "../common/idle";

const MAX_CHARS = 30_000;
const IDLE_MS = 2000;
const waiting = new Set<HTMLElement>();
let isAsked = false;

/** Highlights the code in `node` some time later, if it is still in the page then. */
export function highlightLater(node: HTMLElement): void {
  if (!node.querySelector("code[class*=language-]:not([data-highlighted])")) return;
  waiting.add(node);
  ask();
}

function ask(): void {
  if (isAsked || !waiting.size) return;
  isAsked = true;
  whenIdle(() => void run(), IDLE_MS);
}

/** One block a time: a frame of the screen is never missed for colours. */
async function run(): Promise<void> {
  const [node] = waiting;
  if (node) {
    waiting.delete(node);
    try {
      const { colour } = await import("./languages");
      if (node.isConnected) {
        for (const code of node.querySelectorAll<HTMLElement>("code[class*=language-]")) highlight(code, colour);
      }
    } catch {
      waiting.clear(); // Code without colours is code.
    }
  }
  isAsked = false;
  ask();
}

function highlight(code: HTMLElement, colour: (text: string, language: string) => DocumentFragment | null): void {
  const text = code.textContent ?? "";
  const language = /language-(\S+)/.exec(code.className)?.[1];
  if (!language || text.length > MAX_CHARS || code.dataset.highlighted) return;
  code.dataset.highlighted = "yes";
  const coloured = colour(text, language);
  if (coloured) code.replaceChildren(coloured);
}
