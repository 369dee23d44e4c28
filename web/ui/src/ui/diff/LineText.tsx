import type { ComponentChild, JSX } from "preact";
import { useState } from "preact/hooks";
import type { DiffLine } from "../../state/diff";
import type { Span } from "../../state/emphasis";
import { visiblePieces } from "../../state/unseen";

/** Of a longer line only the beginning is drawn until the rest is asked for. */
const MOST_CHARACTERS = 2000;

export interface LineTextProps {
  line: DiffLine;
  /** What is other than in the line beside it. */
  words: readonly Span[] | undefined;
  /** Some lines of the file end in CR LF and some do not: then each says what it does. */
  showsReturn: boolean;
}

/** A line's own characters, as `<ins>` and `<del>` where it came or went. */
export function LineText({ line, words, showsReturn }: LineTextProps): JSX.Element {
  const Tag = line.kind === "added" ? "ins" : line.kind === "removed" ? "del" : "span";
  return (
    <Tag class={`diff-text diff-${line.kind}`}>
      {line.text.length > MOST_CHARACTERS ? <LongText text={line.text} /> : marked(line.text, words)}
      {showsReturn && line.hasReturn && <Mark title="This line ends in CR LF">CR</Mark>}
      {line.hasNoNewline && <Mark>no newline at the end</Mark>}
    </Tag>
  );
}

function LongText({ text }: { text: string }): JSX.Element {
  const [isWhole, setWhole] = useState(false);
  if (isWhole) return <>{visible(text)}</>;
  const rest = text.length - MOST_CHARACTERS;
  return (
    <>
      {visible(text.slice(0, MOST_CHARACTERS))}
      <button type="button" class="diff-more" onClick={() => setWhole(true)}>
        … {rest.toLocaleString("en")} more characters
      </button>
    </>
  );
}

function marked(text: string, words: readonly Span[] | undefined): ComponentChild[] {
  if (!words?.length) return visible(text);
  const parts: ComponentChild[] = [];
  let at = 0;
  for (const [start, end] of words) {
    parts.push(...visible(text.slice(at, start)), <mark>{visible(text.slice(start, end))}</mark>);
    at = end;
  }
  return [...parts, ...visible(text.slice(at))];
}

const visible = (text: string): ComponentChild[] =>
  visiblePieces(text).map((piece) => (piece.isUnseen ? <Mark title="A character that cannot be seen">{piece.text}</Mark> : piece.text));

const Mark = ({ title, children }: { title?: string; children: ComponentChild }): JSX.Element => (
  <span class="diff-mark" title={title}>
    {children}
  </span>
);
