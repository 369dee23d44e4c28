import { useSignal, useSignalEffect, type ReadonlySignal } from "@preact/signals";
import type { RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { newClientId, restAfter, type Draft } from "../../state/drafts";
import type { Transcript } from "../../state/transcript";
import { useDraft } from "./useDraft";

export interface Writing {
  area: RefObject<HTMLTextAreaElement | null>;
  isEmpty: ReadonlySignal<boolean>;
  /** The browser could keep what is written. */
  hasRoom: ReadonlySignal<boolean>;
  /** As if a person had written it. */
  write(text: string): void;
  /** A person wrote. */
  written(): void;
  /** The text is about to be sent, `as` this choice: its id, which is the one of an equal attempt before. */
  attempt(as: string): string;
  /** The server has it: only what was written on since stays. */
  arrived(clientId: string): void;
  /** It has turned up in the chat already. */
  hasArrived(clientId: string): boolean;
  /** The server has refused it: sent again it is another attempt. */
  refused(): void;
}

interface Attempt {
  clientId: string;
  text: string;
  /** Null: of before a reload. */
  as: string | null;
}

/**
 * The text of a composer. It belongs to the browser: it is read when it is needed and never drawn anew, so that a text
 * of any length stays quick. `onArrived`: an attempt whose answer was lost has turned up in the chat.
 */
export function useWriting(chatId: string, transcript: ReadonlySignal<Transcript>, onArrived: () => void): Writing {
  const area = useRef<HTMLTextAreaElement>(null);
  const isEmpty = useSignal(true);
  const hasRoom = useSignal(true);
  const last = useRef<Attempt | null>(null);
  const draft = useDraft(chatId, (other) => {
    // Another window wrote in this chat: what is being written here stays.
    if (document.activeElement !== area.current || isEmpty.peek()) open(other);
  });

  useEffect(() => open(draft.first), []);

  useSignalEffect(() => {
    const { messages } = transcript.value;
    const id = last.current?.clientId;
    if (id === undefined || !messages.some((message) => message.client_id === id)) return;
    arrived(id);
    onArrived();
  });

  function open({ text, clientId }: Draft): void {
    last.current = clientId === null ? null : { clientId, text, as: null };
    show(text);
  }

  function show(text: string): void {
    if (!area.current) return;
    area.current.value = text;
    look(area.current);
  }

  function look(here: HTMLTextAreaElement): void {
    fit(here);
    isEmpty.value = !/\S/.test(here.value);
  }

  function written(): void {
    if (!area.current) return;
    look(area.current);
    const text = area.current.value;
    const clientId = last.current?.text === text ? last.current.clientId : null;
    hasRoom.value = draft.keep({ text, clientId });
  }

  function write(text: string): void {
    show(text);
    written();
  }

  function attempt(as: string): string {
    const text = area.current?.value ?? "";
    const before = last.current;
    const isSame = before !== null && before.text === text && (before.as === null || before.as === as);
    last.current = { clientId: isSame ? before.clientId : newClientId(), text, as };
    draft.keep({ text, clientId: last.current.clientId });
    return last.current.clientId;
  }

  function arrived(clientId: string): void {
    const before = last.current;
    if (before?.clientId !== clientId) return;
    last.current = null;
    write(restAfter(area.current?.value ?? "", before.text));
    if (isEmpty.peek()) draft.forget();
  }

  const hasArrived = (clientId: string): boolean => last.current?.clientId !== clientId;
  return { area, isEmpty, hasRoom, write, written, attempt, arrived, hasArrived, refused: () => void (last.current = null) };
}

const GROWS_BY_ITSELF = globalThis.CSS?.supports?.("field-sizing", "content") ?? false;
const LARGE_CHARS = 5_000;

/** As high as its text, up to the bound of the stylesheet. The height of a long text is not asked for: it is beyond. */
function fit(area: HTMLTextAreaElement): void {
  if (GROWS_BY_ITSELF) return;
  area.style.height = "auto";
  area.style.height = area.value.length > LARGE_CHARS ? "100vh" : `${area.scrollHeight + 2}px`;
}
