/** Keys written as people read them: `Mod+K`, `Alt+1`, `?`, `Escape`. Mod is ⌘ on a Mac and Ctrl elsewhere. */

export interface Chord {
  readonly mod: boolean;
  readonly alt: boolean;
  readonly shift: boolean;
  /** As `KeyboardEvent.key`; a letter in lower case. */
  readonly key: string;
}

/** What of a `KeyboardEvent` counts. */
export interface KeyPress {
  readonly key: string;
  readonly code: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
  readonly isComposing: boolean;
  readonly keyCode: number;
  /** The key is held down. */
  readonly repeat: boolean;
}

/** Composing with an input method: 229 is what some browsers say instead. */
const COMPOSING_CODE = 229;
const SYMBOLS: Readonly<Record<string, string>> = { "\\": "Backslash", "/": "Slash", ",": "Comma", ".": "Period" };
const SIGNS: Readonly<Record<string, string>> = {
  Escape: "Esc",
  ArrowUp: "↑",
  ArrowDown: "↓",
  ArrowLeft: "←",
  ArrowRight: "→",
  " ": "Space",
};

/** Throws `RangeError` for what is no key. */
export function parseKeys(text: string): Chord {
  const isPlus = text.endsWith("++") || text === "+";
  const names = (isPlus ? text.slice(0, -1) : text).split("+");
  const key = isPlus ? "+" : (names.at(-1) ?? "");
  const held = names.slice(0, -1).filter((name) => name !== "");
  const stranger = held.find((name) => !["Mod", "Alt", "Shift"].includes(name));
  if (!key || stranger !== undefined) throw new RangeError(`No keys: ${text}`);
  return {
    mod: held.includes("Mod"),
    alt: held.includes("Alt"),
    shift: held.includes("Shift"),
    key: key.length === 1 ? key.toLowerCase() : key,
  };
}

export const isComposing = (press: KeyPress): boolean => press.isComposing || press.keyCode === COMPOSING_CODE;

export function fits(chord: Chord, press: KeyPress, isMac: boolean): boolean {
  const mod = isMac ? press.metaKey : press.ctrlKey;
  const other = isMac ? press.ctrlKey : press.metaKey;
  if (other || mod !== chord.mod || press.altKey !== chord.alt) return false;
  // Shift is part of how many keyboards write a sign such as “?”.
  const isSign = chord.key.length === 1 && !/[a-z0-9]/.test(chord.key);
  if (!isSign && press.shiftKey !== chord.shift) return false;
  if (isSign && chord.shift && !press.shiftKey) return false;
  return press.key.toLowerCase() === chord.key.toLowerCase() || (isHeld(chord) && press.code === codeOf(chord.key));
}

/** As it is written on this machine's keyboard. */
export function inWords(text: string, isMac: boolean): string {
  const chord = parseKeys(text);
  const key = SIGNS[chord.key] ?? (chord.key.length === 1 ? chord.key.toUpperCase() : chord.key);
  const held = [
    chord.mod && (isMac ? "⌘" : "Ctrl"),
    chord.alt && (isMac ? "⌥" : "Alt"),
    chord.shift && (isMac ? "⇧" : "Shift"),
  ].filter(Boolean);
  return [...held, key].join(isMac ? "" : "+");
}

const isHeld = (chord: Chord): boolean => chord.mod || chord.alt;

/** Where the key is: with Alt or Mod held, a layout may write something else. */
function codeOf(key: string): string {
  if (/^[a-z]$/.test(key)) return `Key${key.toUpperCase()}`;
  if (/^[0-9]$/.test(key)) return `Digit${key}`;
  return SYMBOLS[key] ?? key;
}
