import { signal } from "@preact/signals";
import type { JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { copyText } from "../chat/copyText";
import { MarkdownText } from "./MarkdownText";
import { visible } from "./visible";
import "./markdown.css";

type Engine = typeof import("./engine");

const engine = signal<Engine | null>(null);
/** Nothing of the chat is drawn before it is known whether there is an engine: text does not jump then. */
export const isMarkdownReady = signal(false);

/** A page that cannot fetch it, offline, shows the text as it was written. */
export async function loadMarkdown(): Promise<void> {
  try {
    engine.value ??= await import("./engine");
  } catch {
    // The next chat that is opened asks again.
  }
  isMarkdownReady.value = true;
}

/** Milliseconds between two drawings of a long open block: a character costs about that much. */
const MS_A_CHARACTER = 1 / 400;
const EVERY_FRAME_MS = 17;

export interface MarkdownProps {
  text: string;
  /** More of it is on its way. */
  isGrowing: boolean;
}

/** Markdown of an agent, which nobody has to trust. */
export function Markdown({ text, isGrowing }: MarkdownProps): JSX.Element {
  const host = useRef<HTMLDivElement>(null);
  const shown = useRef<MarkdownText | null>(null);
  const drawn = useRef({ at: 0, timer: 0 });
  const made = engine.value;

  useLayoutEffect(() => {
    if (!made || !host.current) return;
    shown.current ??= new MarkdownText(host.current, made);
    const view = shown.current;
    const draw = () => {
      drawn.current.at = performance.now();
      view.update(visible(text.includes("\r") ? text.replace(/\r\n?/g, "\n") : text), isGrowing);
    };
    const wait = isGrowing ? view.openLength * MS_A_CHARACTER - (performance.now() - drawn.current.at) : 0;
    clearTimeout(drawn.current.timer);
    if (wait > EVERY_FRAME_MS) drawn.current.timer = window.setTimeout(draw, wait);
    else draw();
  }, [made, text, isGrowing]);
  useLayoutEffect(() => () => clearTimeout(drawn.current.timer), []);

  if (!made) return <div class="markdown markdown-plain">{visible(text)}</div>;
  return <div key="made" class="markdown" ref={host} onClick={copyCode} />;
}

/** The copy buttons in code blocks are not drawn by Preact: their clicks are heard here. */
function copyCode(event: MouseEvent): void {
  const button = (event.target as Element).closest<HTMLButtonElement>(".code-copy");
  const code = button?.closest(".code-block")?.querySelector("code");
  if (button && code) void copyText(code.textContent ?? "", "The code was copied.");
}
