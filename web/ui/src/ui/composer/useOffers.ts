import { useSignal, type ReadonlySignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { api, pathOf } from "../../net/api";
import type { CommandInfo, FilePage } from "../../wire/types";
import { announce } from "../common/announce";
import { askedAt, commandOffers, fileOffers, taken, type Asked, type Offer } from "./offers";

const PAUSE_MS = 120;
const MOST_FILES = 30;
/** A key waits no longer for a slow look-up. */
const MOST_WAIT_MS = 3000;

export interface Shown {
  asked: Asked;
  offers: readonly Offer[];
  at: number;
  /** More files fit than are shown. */
  isTruncated: boolean;
}

export interface Offers {
  shown: ReadonlySignal<Shown | null>;
  /** To be called whenever the text or the caret moved. */
  look(area: HTMLTextAreaElement): void;
  /** Whether the key was for the list. */
  key(event: KeyboardEvent, area: HTMLTextAreaElement): boolean;
  take(row: number, area: HTMLTextAreaElement): void;
  close(): void;
}

/** Slash commands and files, offered while they are written. `changed` is called when an offer was taken. */
export function useOffers(commands: () => readonly CommandInfo[], sessionId: () => string | null, changed: () => void): Offers {
  const shown = useSignal<Shown | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const asks = useRef(0);
  /** Closed by Esc: the same mention stays closed. */
  const declined = useRef<number | null>(null);
  /** Files are being looked for, since then. */
  const lookingSince = useRef<number | null>(null);
  /** Enter or Tab came before the list, in this text: it takes the first offer when it is there. */
  const hasty = useRef<HTMLTextAreaElement | null>(null);
  useEffect(() => () => clearTimeout(timer.current), []);

  function show(asked: Asked, offers: readonly Offer[], isTruncated: boolean): void {
    const wasOpen = shown.peek() !== null;
    shown.value = offers.length ? { asked, offers, at: 0, isTruncated } : null;
    const what = asked.kind === "command" ? "commands" : "files";
    if (shown.peek() && !wasOpen) announce(`${offers.length} ${what}. Arrow keys choose, Enter or Tab takes one, Escape closes.`);
  }

  function look(area: HTMLTextAreaElement): void {
    clearTimeout(timer.current);
    stopLooking();
    const asked = area.selectionStart === area.selectionEnd ? askedAt(area.value, area.selectionStart) : null;
    if (asked === null) declined.current = null;
    if (asked === null || asked.start === declined.current) return close();
    if (asked.kind === "command") return show(asked, commandOffers(commands(), asked.query), false);
    narrow(asked);
    lookingSince.current = performance.now();
    timer.current = setTimeout(() => void lookForFiles(asked), PAUSE_MS);
  }

  /** Until the answer is there: what was offered and fits no more must not be taken by a quick Enter. */
  function narrow(asked: Asked): void {
    const now = shown.peek();
    if (!now) return;
    const query = asked.query.toLowerCase();
    const offers = now.asked.start === asked.start ? now.offers.filter((offer) => offer.label.toLowerCase().includes(query)) : [];
    shown.value = offers.length ? { ...now, asked, offers, at: 0 } : null;
  }

  async function lookForFiles(asked: Asked): Promise<void> {
    const session = sessionId();
    if (session === null) return stopLooking();
    const ask = ++asks.current;
    const query = new URLSearchParams({ query: asked.query, limit: String(MOST_FILES) });
    try {
      const page = await api.get<FilePage>(`${pathOf("sessions", session, "files")}?${query}`);
      if (ask === asks.current) found(asked, page);
    } catch {
      if (ask === asks.current) close(); // an offer is a help: without it the path can be written
    }
  }

  function found(asked: Asked, page: FilePage): void {
    const area = hasty.current;
    stopLooking();
    show(asked, fileOffers(page.items), page.truncated);
    if (area) take(0, area);
  }

  function stopLooking(): void {
    lookingSince.current = null;
    hasty.current = null;
  }

  /** Whether the key was meant for a list that is on its way. Without a list it does nothing: nobody sends half a name. */
  function isAhead(event: KeyboardEvent): boolean {
    const since = lookingSince.current;
    if (since === null || performance.now() - since > MOST_WAIT_MS) return false;
    return (event.key === "Enter" || event.key === "Tab") && !event.shiftKey && !event.ctrlKey && !event.metaKey && !event.altKey;
  }

  function close(): void {
    stopLooking();
    asks.current += 1;
    clearTimeout(timer.current);
    shown.value = null;
  }

  function take(row: number, area: HTMLTextAreaElement): void {
    const now = shown.peek();
    const offer = now?.offers[row];
    // What was written since the list was made is part of what the offer takes the place of.
    const asked = askedAt(area.value, area.selectionStart);
    if (!now || !offer || asked?.kind !== now.asked.kind || asked.start !== now.asked.start) return close();
    const { text, caret } = taken(area.value, asked, offer);
    replaceText(area, text, caret);
    close();
    changed();
    if (offer.goesOn) look(area);
  }

  function move(by: number): void {
    const now = shown.peek();
    if (now) shown.value = { ...now, at: (now.at + by + now.offers.length) % now.offers.length };
  }

  function key(event: KeyboardEvent, area: HTMLTextAreaElement): boolean {
    const now = shown.peek();
    if (!now && isAhead(event)) {
      hasty.current = area;
      event.preventDefault();
      event.stopPropagation();
      return true;
    }
    if (!now || event.ctrlKey || event.metaKey || event.altKey) return false;
    switch (event.key) {
      case "ArrowDown":
        move(1);
        break;
      case "ArrowUp":
        move(-1);
        break;
      case "Escape":
        declined.current = now.asked.start;
        close();
        break;
      case "Tab":
      case "Enter":
        if (event.shiftKey) return false;
        // A command that is written in full is sent, not written again.
        if (event.key === "Enter" && isWhole(area.value, now)) {
          close();
          return false;
        }
        take(now.at, area);
        break;
      default:
        return false;
    }
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  return { shown, look, key, take, close };
}

const isWhole = (text: string, { asked, offers, at }: Shown): boolean =>
  asked.kind === "command" && text.trim() === offers[at]?.label;

function replaceText(area: HTMLTextAreaElement, text: string, caret: number): void {
  area.setRangeText(text, 0, area.value.length, "end");
  area.setSelectionRange(caret, caret);
}
