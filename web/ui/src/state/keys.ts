/** Which keys do what, and the commands of the palette. Whoever registers later is asked first. */

import { signal, type ReadonlySignal } from "@preact/signals";
import { fits, inWords, isComposing, parseKeys, type Chord, type KeyPress } from "./chord";

export interface KeyBinding {
  /** `Mod+K`, `Alt+1`, `?`, `j`. */
  keys: string;
  /** What it does, for the sheet: "Open the palette". */
  what: string;
  /** The heading on the sheet; "Everywhere" if left out. */
  group?: string | undefined;
  when?: (() => boolean) | undefined;
  /** On the sheet in place of `keys`, for several that are one: "Alt+1…9". */
  written?: string | undefined;
  /** False: not offered in the palette. */
  isInPalette?: boolean | undefined;
  /** A key that is held does it again and again. Without it once: what decides must be pressed anew. */
  repeats?: boolean | undefined;
  run: () => void;
}

export interface Command {
  title: string;
  /** Its heading in the palette. */
  group?: string | undefined;
  hint?: string | undefined;
  when?: (() => boolean) | undefined;
  run: () => void;
}

export type KeyNote = Pick<KeyBinding, "keys" | "what" | "group" | "written">;

interface Bound extends KeyBinding {
  chord: Chord;
}

const bound = signal<readonly Bound[]>([]);
const notes = signal<readonly KeyNote[]>([]);
const registered = signal<readonly Command[]>([]);

export const keyNotes: ReadonlySignal<readonly KeyNote[]> = notes;
export const keyBindings: ReadonlySignal<readonly KeyBinding[]> = bound;
export const commands: ReadonlySignal<readonly Command[]> = registered;

export const isMac = /Mac|iPhone|iPad/.test(globalThis.navigator?.platform ?? "");

/** `Mod+K` as it is called on this machine. */
export const keyName = (keys: string): string => inWords(keys, isMac);

/** Returns its end. Keys without Mod or Alt are not heard while somebody writes. */
export function registerKey(binding: KeyBinding): () => void {
  return added(bound, { ...binding, chord: parseKeys(binding.keys) });
}

/** For the sheet alone: a key that a component hears itself, such as Enter in the composer. */
export function describeKey(note: KeyNote): () => void {
  parseKeys(note.keys);
  return added(notes, { ...note });
}

export function registerCommand(command: Command): () => void {
  return added(registered, { ...command });
}

/** True: the press meant something here. `isTyping`: the focus is in a field. */
export function handleKey(press: KeyPress, isTyping: boolean): boolean {
  if (isComposing(press)) return false;
  const hit = bound.peek().findLast((entry) => {
    if (isTyping && isPlain(entry.chord)) return false;
    return fits(entry.chord, press, isMac) && (entry.when?.() ?? true);
  });
  if (hit && (!press.repeat || hit.repeats)) hit.run();
  return hit !== undefined;
}

/** Would write something into a field. */
const isPlain = (chord: Chord): boolean => !chord.mod && !chord.alt && chord.key.length === 1;

function added<T>(list: { value: readonly T[]; peek(): readonly T[] }, entry: T): () => void {
  list.value = [...list.peek(), entry];
  return () => {
    list.value = list.peek().filter((other) => other !== entry);
  };
}
