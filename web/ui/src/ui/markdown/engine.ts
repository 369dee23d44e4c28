/**
 * Markdown into DOM nodes, and nothing else into the page. A chunk of its own: it is fetched while the messages are.
 *
 * Two walls. The renderer writes raw HTML of agents as the text it is, makes links only of http, https and mailto, and
 * images into links. Then DOMPurify lets through only the tags and attributes that this renderer writes.
 */

import DOMPurify from "dompurify";
import { Lexer, Parser, Renderer, type Links, type MarkedOptions, type Token, type Tokens } from "marked";
import { decorate } from "./decorate";

export interface Block {
  raw: string;
  /** Its first tag, as far as it matters: code grows by appending, space is not drawn. */
  kind: "code" | "space" | "other";
  /** Only of code. */
  text: string;
  language: string;
  token: Token;
}

const LINK = /^(?:https?:\/\/|mailto:)/i;
/** Left open, one of these ends with its block; `<b>` would go on in the next one. */
const HARMLESS = /^<(?:br\s*\/?|\/?(?:kbd|sub|sup|mark))>$/i;
const HEADINGS_BELOW = 2;

const TAGS = [
  ..."a blockquote br code del div em h3 h4 h5 h6 hr kbd li mark ol p pre span strong sub sup".split(" "),
  ..."table tbody td th thead tr ul".split(" "),
];
const ATTRIBUTES = ["align", "aria-label", "class", "href", "role", "start", "title"];

/** Of those, values that are no addresses, which DOMPurify does not know by itself. */
const NO_ADDRESSES = ["align", "aria-label", "start"];

const escaped = (text: string): string =>
  text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

class SafeRenderer extends Renderer {
  override html({ raw }: Tokens.HTML | Tokens.Tag): string {
    const text = raw.trim();
    return HARMLESS.test(text) ? raw : escaped(raw);
  }

  override heading({ tokens, depth }: Tokens.Heading): string {
    const level = Math.min(6, depth + HEADINGS_BELOW);
    return `<h${level} class="md-h${depth}">${this.parser.parseInline(tokens)}</h${level}>`;
  }

  override link({ href, title, tokens }: Tokens.Link): string {
    const words = this.parser.parseInline(tokens);
    if (!LINK.test(href)) return elsewhere(words, href);
    return `<a href="${escaped(href)}"${title ? ` title="${escaped(title)}"` : ""}>${words}</a>`;
  }

  override image({ href, title, text }: Tokens.Image): string {
    const words = escaped(text || title || "image");
    if (!LINK.test(href)) return elsewhere(words, href.startsWith("data:") ? "" : href);
    return `<a class="md-image" href="${escaped(href)}" title="${escaped(href)}">${words}</a>`;
  }

  override checkbox({ checked }: Tokens.Checkbox): string {
    return checked
      ? '<span class="md-box md-checked" role="img" aria-label="done"></span> '
      : '<span class="md-box" role="img" aria-label="to do"></span> ';
  }

  override code({ text, lang }: Tokens.Code): string {
    return `<pre><code${lang ? ` class="language-${escaped(languageOf(lang))}"` : ""}>${escaped(text)}\n</code></pre>`;
  }
}

/** A file, a script, a protocol that is not followed: its address is shown, and leads nowhere. */
function elsewhere(words: string, href: string): string {
  if (!href || words === escaped(href)) return words;
  return `<span class="md-elsewhere">${words} <code>${escaped(href)}</code></span>`;
}

/** Characters without a blank: addresses are looked for from each of them on, which takes minutes for a long row. */
const LONG_WORD = /\S{2000}/;

/** What holds a word that no person wrote is not looked through for emphasis and links: it is text. */
class BoundedLexer extends Lexer {
  override inlineTokens(source: string, tokens: Token[] = []): Token[] {
    if (!LONG_WORD.test(source)) return super.inlineTokens(source, tokens);
    tokens.push({ type: "text", raw: source, text: source, escaped: false });
    return tokens;
  }
}

const OPTIONS: MarkedOptions = { gfm: true, renderer: new SafeRenderer() };

export const languageOf = (info: string | undefined): string => /^[\w+#.-]{1,30}/.exec(info ?? "")?.[0].toLowerCase() ?? "";

/**
 * `links`: the definitions known so far; those found are added to it. The blocks' raws make up `text` exactly; null: they
 * do not, or the text is nested deeper than can be followed.
 */
export function blocksOf(text: string, links: Links): Block[] | null {
  const lexer = new BoundedLexer(OPTIONS);
  Object.assign(lexer.tokens.links, links);
  const tokens = unlessTooDeep(() => lexer.lex(text));
  if (!tokens) return null;
  Object.assign(links, tokens.links);
  const length = tokens.reduce((sum, token) => sum + token.raw.length, 0);
  return length === text.length ? tokens.map(blockOf) : null;
}

/** Thousands of quotes or lists in one another are more than the stack holds; each browser has its own error for it. */
function unlessTooDeep<T>(work: () => T): T | null {
  try {
    return work();
  } catch {
    return null;
  }
}

function blockOf(token: Token): Block {
  const isFenced = token.type === "code" && (token as Tokens.Code).codeBlockStyle !== "indented";
  const kind = isFenced ? "code" : token.type === "space" || token.type === "def" ? "space" : "other";
  const { text = "", lang } = token as Partial<Tokens.Code>;
  return { raw: token.raw, kind, text: isFenced ? text : "", language: isFenced ? languageOf(lang) : "", token };
}

/** The nodes of each block. They are sanitised together, which is most of the work, unless a block opens what it does not close. */
export function nodesOf(blocks: readonly Block[]): Node[][] {
  const html = blocks.map((block) => `<div>${htmlOf(block)}</div>`);
  const together = sanitised(html.join(""));
  if (together.length === blocks.length) return together;
  return html.map((each) => sanitised(each).flat());
}

const htmlOf = ({ raw, token }: Block): string =>
  unlessTooDeep(() => Parser.parse([token], OPTIONS)) ?? `<p>${escaped(raw)}</p>`;

function sanitised(html: string): Node[][] {
  const fragment = DOMPurify.sanitize(html, {
    ALLOWED_TAGS: TAGS,
    ALLOWED_ATTR: ATTRIBUTES,
    ALLOW_DATA_ATTR: false,
    ALLOW_ARIA_ATTR: false,
    ALLOWED_URI_REGEXP: LINK,
    ADD_URI_SAFE_ATTR: NO_ADDRESSES,
    RETURN_DOM_FRAGMENT: true,
  });
  return [...fragment.childNodes].map((block) => {
    if (block instanceof HTMLElement) decorate(block);
    return [...block.childNodes];
  });
}
