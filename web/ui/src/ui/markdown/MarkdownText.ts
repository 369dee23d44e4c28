/**
 * One text of Markdown in the page, that may still grow.
 *
 * Blocks that are settled are drawn once and never looked at again; while text streams, only what may still change, its
 * last two blocks, is parsed. When the text is whole it is parsed once more from its beginning, so that what was
 * streamed looks exactly as what was loaded; blocks that are the same keep their nodes.
 */

import type { Links } from "marked";
import type { Block } from "./engine";
import { highlightLater } from "./highlighting";

type Engine = typeof import("./engine");

/** Blocks that may still change: the last one, and the one before that it may turn out to belong to. */
const UNSETTLED = 2;
/** Characters of one block that are parsed and drawn; what is longer is shown as it came, its beginning first. */
const MAX_BLOCK = 60_000;
/** Code is not parsed. */
const MAX_CODE = 500_000;
const SHOWN_OF_LONG = 20_000;

interface Drawn {
  raw: string;
  node: HTMLElement;
  block: Block;
}

export class MarkdownText {
  private settled: Drawn[] = [];
  private open: Drawn[] = [];
  private settledText = "";
  private links: Links = {};
  /** How many of the settled blocks are on their way to be coloured. */
  private coloured = 0;

  constructor(
    private readonly host: HTMLElement,
    private readonly engine: Engine,
  ) {}

  /** Characters that the next update has to parse: what it costs. */
  get openLength(): number {
    return this.open.reduce((sum, drawn) => sum + drawn.raw.length, 0);
  }

  update(text: string, isGrowing: boolean): void {
    if (!isGrowing || !text.startsWith(this.settledText)) this.forget();
    const blocks = this.blocksOf(text.slice(this.settledText.length));
    const drawn = blocks.filter((block) => block.kind !== "space");
    const firstOpen = isGrowing ? drawn.at(-UNSETTLED) : undefined;
    const settledCount = !isGrowing ? blocks.length : firstOpen ? blocks.indexOf(firstOpen) : 0;
    this.draw(blocks, settledCount);
  }

  /** What is too long to be parsed is a block of its own, as are the parts between. */
  private blocksOf(text: string): Block[] {
    const parts = text.length > MAX_BLOCK ? partsOf(text) : [text];
    return parts.flatMap((part) => this.parsed(part) ?? paragraphsOf(part).flatMap((each) => this.parsed(each) ?? [plainBlock(each)]));
  }

  /** Null: it is shown as it came. */
  private parsed(part: string): Block[] | null {
    return part.length > MAX_BLOCK && !FENCE.test(part) ? null : this.engine.blocksOf(part, this.links);
  }

  /** Parsed anew from the beginning; the nodes are kept for blocks that turn out the same. */
  private forget(): void {
    this.open = [...this.settled, ...this.open];
    this.settled = [];
    this.settledText = "";
    this.coloured = 0;
    this.links = {};
  }

  private draw(blocks: readonly Block[], settledCount: number): void {
    const before = this.open;
    const fresh: Drawn[] = [];
    this.open = [];
    let place = 0;
    blocks.forEach((block, index) => {
      const isSettled = index < settledCount;
      if (isSettled) this.settledText += block.raw;
      if (block.kind === "space") return;
      const old = before[place++];
      const isKept = old && (old.raw === block.raw || grewAsCode(old, block));
      const drawn = { raw: block.raw, node: old?.node ?? this.newPlace(), block };
      if (!isKept) fresh.push(drawn);
      (isSettled ? this.settled : this.open).push(drawn);
    });
    for (const drawn of before.slice(place)) drawn.node.remove();
    this.fill(fresh);
    for (const drawn of this.settled.slice(this.coloured)) highlightLater(drawn.node);
    this.coloured = this.settled.length;
  }

  private newPlace(): HTMLElement {
    const node = document.createElement("div");
    node.className = "md-block";
    this.host.append(node);
    return node;
  }

  private fill(fresh: readonly Drawn[]): void {
    const [long, drawable] = [fresh.filter(isLong), fresh.filter((drawn) => !isLong(drawn))];
    const nodes = drawable.length ? this.engine.nodesOf(drawable.map((drawn) => drawn.block)) : [];
    drawable.forEach((drawn, index) => drawn.node.replaceChildren(...(nodes[index] ?? [])));
    for (const drawn of long) drawn.node.replaceChildren(longText(drawn.raw));
  }
}

const isLong = ({ raw, block }: Drawn): boolean => raw.length > (block.kind === "code" ? MAX_CODE : MAX_BLOCK);

const FENCE = /^ {0,3}(?:```|~~~)/m;
const FENCES = new RegExp(FENCE, "gm");

const paragraphsOf = (text: string): string[] => text.split(/(?<=\n\n)/);

/** Text cut where a paragraph of more characters than are parsed begins and ends; within code nothing is cut. */
function partsOf(text: string): string[] {
  const parts: string[] = [];
  let isInCode = false;
  for (const piece of paragraphsOf(text)) {
    const isLong = piece.length > MAX_BLOCK && !isInCode && !FENCE.test(piece);
    const last = parts.at(-1);
    if (isLong || last === undefined || (last.length > MAX_BLOCK && !isInCode)) parts.push(piece);
    else parts[parts.length - 1] = last + piece;
    if ((piece.match(FENCES)?.length ?? 0) % 2) isInCode = !isInCode;
  }
  return parts;
}

/** Code grows by its end: its text node is added to, so that selection, focus and scrolling stay. */
function grewAsCode(old: Drawn, { kind, text, language }: Block): boolean {
  if (kind !== "code" || old.block.kind !== "code" || language !== old.block.language) return false;
  if (!text.startsWith(old.block.text)) return false;
  const shown = old.node.querySelector("code")?.firstChild;
  if (!(shown instanceof Text) || shown.data !== `${old.block.text}\n`) return false;
  shown.replaceData(old.block.text.length, 1, `${text.slice(old.block.text.length)}\n`);
  return true;
}

const plainBlock = (raw: string): Block => ({
  raw,
  kind: "other",
  text: "",
  language: "",
  token: { type: "paragraph", raw, text: raw, tokens: [{ type: "text", raw, text: raw }] },
});

/** Nobody reads a million characters in one go: a page that mounts them at once stands still. */
function longText(text: string): HTMLElement {
  const block = document.createElement("div");
  block.className = "md-long";
  const shown = document.createTextNode(text.slice(0, SHOWN_OF_LONG));
  const more = document.createElement("button");
  more.type = "button";
  more.textContent = `Show all ${text.length.toLocaleString("en")} characters`;
  more.addEventListener("click", () => {
    shown.data = text;
    more.remove();
  });
  block.append(shown, "… ", more);
  return block;
}
