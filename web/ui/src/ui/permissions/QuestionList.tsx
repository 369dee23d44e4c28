import { useSignal, useSignalEffect, type ReadonlySignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { api, pathOf } from "../../net/api";
import type { Transcript } from "../../state/transcript";
import { revealed } from "../../state/unseen";
import type { Permission } from "../../wire/types";
import { announce } from "../common/announce";
import { PermissionPrompt, type Question } from "./PermissionPrompt";

const STAYS_MS = 10_000;

export interface QuestionListProps {
  transcript: ReadonlySignal<Transcript>;
  /** The focus was in a question that is over: it wants a place to be. */
  onLeave?: (() => void) | undefined;
}

/** The open questions of a chat, and for a moment how those that are over ended. */
export function QuestionList({ transcript, onLeave }: QuestionListProps) {
  const open = useSignal<readonly Question[]>([]);
  const over = useSignal<readonly Question[]>([]);
  const place = useRef<HTMLDivElement>(null);
  const hasFocus = useRef(false);
  const timers = useRef(new Set<ReturnType<typeof setTimeout>>());
  /** Told for long enough. They go when nothing that can be answered moves by it. */
  const aged = useRef(new Set<string>());

  useSignalEffect(() => {
    const now = transcript.value.questions;
    const before = open.peek();
    if (now === before) return;
    const gone = before.filter((each) => !now.some((other) => other.id === each.id));
    const come = now.filter((each) => !before.some((other) => other.id === each.id));
    for (const each of come) announce(`The agent asks: ${revealed(each.title)}`);
    over.value = [...over.peek().filter((each) => !aged.current.has(each.id) && !now.some((other) => other.id === each.id)), ...gone];
    open.value = now;
    for (const each of gone) void showEnd(each.id);
  });

  useEffect(() => () => timers.current.forEach(clearTimeout), []);

  useEffect(() => {
    // A question that is over has nothing left to have the focus.
    if (hasFocus.current && !place.current?.contains(document.activeElement)) {
      hasFocus.current = false;
      onLeave?.();
    }
  }, [open.value]);

  async function showEnd(id: string): Promise<void> {
    const timer = setTimeout(() => {
      timers.current.delete(timer);
      aged.current.add(id);
      if (!open.peek().length) over.value = over.peek().filter((each) => !aged.current.has(each.id));
    }, STAYS_MS);
    timers.current.add(timer);
    try {
      const end = await api.get<Permission>(pathOf("permissions", id));
      over.value = over.peek().map((each) => (each.id === id ? end : each));
    } catch {
      // It is over all the same; only its end is not told.
    }
  }

  if (!open.value.length && !over.value.length) return null;
  return (
    <div
      class="permission-list"
      ref={place}
      onFocusIn={() => (hasFocus.current = true)}
      onFocusOut={(event) => {
        if (event.relatedTarget) hasFocus.current = false; // a person went elsewhere
      }}
    >
      {/* One list: a question that ends stays the same prompt, which knows who answered. */}
      {[...over.value, ...open.value].map((each) => (
        <PermissionPrompt
          key={each.id}
          question={each}
          isOver={over.value.includes(each)}
          place={open.value.length > 1 ? { at: open.value.indexOf(each) + 1, of: open.value.length } : undefined}
          onAnswer={onLeave}
        />
      ))}
    </div>
  );
}
