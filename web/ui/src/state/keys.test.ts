import { describe, expect, test, vi } from "vitest";
import { fits, inWords, parseKeys, type KeyPress } from "./chord";
import { commands, describeKey, handleKey, keyBindings, keyNotes, registerCommand, registerKey } from "./keys";

const press = (key: string, held: Partial<KeyPress> = {}): KeyPress => ({
  key,
  code: "",
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  isComposing: false,
  keyCode: 0,
  repeat: false,
  ...held,
});
const CTRL = { ctrlKey: true };
const META = { metaKey: true };
const ALT = { altKey: true };

describe("parseKeys", () => {
  test.each([
    ["Mod+K", { mod: true, alt: false, shift: false, key: "k" }],
    ["Mod+Shift+\\", { mod: true, alt: false, shift: true, key: "\\" }],
    ["Alt+1", { mod: false, alt: true, shift: false, key: "1" }],
    ["?", { mod: false, alt: false, shift: false, key: "?" }],
    ["Escape", { mod: false, alt: false, shift: false, key: "Escape" }],
    ["+", { mod: false, alt: false, shift: false, key: "+" }],
    ["Mod++", { mod: true, alt: false, shift: false, key: "+" }],
  ])("%s", (text, chord) => {
    expect(parseKeys(text)).toEqual(chord);
  });

  test.each(["", "Mod+", "Hyper+K", "Ctrl+K"])("%j is refused", (text) => {
    expect(() => parseKeys(text)).toThrow(RangeError);
  });
});

describe("fits", () => {
  const is = (keys: string, pressed: KeyPress, isMac = false) => fits(parseKeys(keys), pressed, isMac);

  test("Mod is Ctrl, and ⌘ on a Mac, and never both", () => {
    expect(is("Mod+K", press("k", CTRL))).toBe(true);
    expect(is("Mod+K", press("k", META), true)).toBe(true);
    expect(is("Mod+K", press("k", META))).toBe(false);
    expect(is("Mod+K", press("k", CTRL), true)).toBe(false);
    expect(is("Mod+K", press("k", { ...CTRL, ...META }))).toBe(false);
  });

  test("nothing else may be held", () => {
    expect(is("Mod+K", press("K", { ...CTRL, shiftKey: true }))).toBe(false);
    expect(is("Mod+K", press("k", { ...CTRL, ...ALT }))).toBe(false);
    expect(is("j", press("j", CTRL))).toBe(false);
    expect(is("j", press("j"))).toBe(true);
    expect(is("j", press("J", { shiftKey: true }))).toBe(false);
  });

  test("a letter counts with the capitals locked", () => {
    expect(is("Mod+B", press("B", CTRL))).toBe(true);
  });

  test("a sign may need Shift to be written", () => {
    expect(is("?", press("?", { shiftKey: true }))).toBe(true);
    expect(is("?", press("?"))).toBe(true);
    expect(is("?", press("/"))).toBe(false);
  });

  test("with Alt held the place of the key counts, whatever it writes", () => {
    expect(is("Alt+1", press("¡", { ...ALT, code: "Digit1" }), true)).toBe(true);
    expect(is("Alt+W", press("∑", { ...ALT, code: "KeyW" }), true)).toBe(true);
    expect(is("1", press("&", { code: "Digit1" }))).toBe(false);
  });

  test("Mod+\\ is found by its place on other keyboards, and is not Mod+Shift+\\", () => {
    expect(is("Mod+\\", press("#", { ...CTRL, code: "Backslash" }))).toBe(true);
    expect(is("Mod+Shift+\\", press("\\", { ...CTRL, code: "Backslash" }))).toBe(false);
    expect(is("Mod+Shift+\\", press("|", { ...CTRL, shiftKey: true, code: "Backslash" }))).toBe(true);
  });
});

test("keys are written as on the machine", () => {
  expect(["Mod+K", "Mod+Shift+\\", "Alt+1", "?", "Escape"].map((keys) => inWords(keys, false))).toEqual([
    "Ctrl+K",
    "Ctrl+Shift+\\",
    "Alt+1",
    "?",
    "Esc",
  ]);
  expect(inWords("Mod+Alt+K", true)).toBe("⌘⌥K");
});

describe("handleKey", () => {
  const bind = (keys: string, more: { when?: () => boolean; repeats?: boolean } = {}) => {
    const run = vi.fn();
    return { run, end: registerKey({ keys, what: keys, run, ...more }) };
  };

  test("runs what was registered, until it ends", () => {
    const { run, end } = bind("Mod+K");
    expect(handleKey(press("k", CTRL), false)).toBe(true);
    end();
    expect(handleKey(press("k", CTRL), false)).toBe(false);
    expect(run).toHaveBeenCalledOnce();
  });

  test("asks the latest first, and only those that want to be asked", () => {
    const first = bind("j");
    const second = bind("j");
    const third = bind("j", { when: () => false });
    handleKey(press("j"), false);
    expect([first, second, third].map(({ run }) => run.mock.calls.length)).toEqual([0, 1, 0]);
    for (const { end } of [first, second, third]) end();
  });

  test("hears nothing while somebody composes", () => {
    const { run, end } = bind("Mod+K");
    handleKey(press("k", { ...CTRL, isComposing: true }), false);
    handleKey(press("k", { ...CTRL, keyCode: 229 }), false);
    expect(run).not.toHaveBeenCalled();
    end();
  });

  test("hears letters only while nobody writes", () => {
    const letter = bind("?");
    const held = bind("Mod+K");
    const named = bind("Escape");
    handleKey(press("?"), true);
    handleKey(press("k", CTRL), true);
    handleKey(press("Escape"), true);
    expect([letter, held, named].map(({ run }) => run.mock.calls.length)).toEqual([0, 1, 1]);
    for (const { end } of [letter, held, named]) end();
  });

  test("a key that is held does its work once, but for one that repeats", () => {
    const once = bind("a");
    const again = bind("j", { repeats: true });
    for (const key of ["a", "j"]) {
      handleKey(press(key), false);
      expect(handleKey(press(key, { repeat: true }), false)).toBe(true);
    }
    expect([once, again].map(({ run }) => run.mock.calls.length)).toEqual([1, 2]);
    for (const { end } of [once, again]) end();
  });

  test("the sheet and the palette see what is registered", () => {
    const ends = [
      registerKey({ keys: "Mod+K", what: "one", run: () => undefined }),
      describeKey({ keys: "Enter", what: "two" }),
      registerCommand({ title: "three", run: () => undefined }),
    ];
    expect(keyBindings.value.map(({ what }) => what)).toEqual(["one"]);
    expect(keyNotes.value.map(({ what }) => what)).toEqual(["two"]);
    expect(commands.value.map(({ title }) => title)).toEqual(["three"]);
    for (const end of ends) end();
    expect([keyBindings.value, keyNotes.value, commands.value]).toEqual([[], [], []]);
  });
});
