import { describe, expect, it } from "vitest";
import { kindOf, languageOf, placed, type Token } from "./codeColours";

const token = (length: number, kind: Token["kind"] = null): Token => ({ length, kind });

describe("a language", () => {
  it.each([
    ["src/a.py", "py"],
    ["A.TSX", "tsx"],
    ["a.tar.gz", "gz"],
    ["Makefile", null],
    [".bashrc", null],
    ["a/.env", null],
    ["a.b/c", null],
  ])("of %s is %s", (path, language) => expect(languageOf(path)).toBe(language));
});

describe("a kind", () => {
  it("is that of the element, else of what it stands in", () => {
    expect(kindOf("hljs-title function_", null)).toBe("keyword");
    expect(kindOf("hljs-params", "string")).toBe("string");
    expect(kindOf("", null)).toBe(null);
  });
  it("is none for code within a string", () => expect(kindOf("hljs-subst", "string")).toBe(null));
});

describe("a token", () => {
  it("is a stretch of the piece that it stands in", () => {
    expect(placed([{ node: "x", length: 9 }], [token(4), token(3, "keyword"), token(2)])).toEqual([{ node: "x", start: 4, end: 7, kind: "keyword" }]);
  });
  it("over several pieces is a stretch of each that is coloured", () => {
    const pieces = [
      { node: "a", length: 2 },
      { node: null, length: 1 },
      { node: "b", length: 0 },
      { node: "c", length: 3 },
    ];
    expect(placed(pieces, [token(1), token(4, "comment"), token(1, "number")])).toEqual([
      { node: "a", start: 1, end: 2, kind: "comment" },
      { node: "c", start: 0, end: 2, kind: "comment" },
      { node: "c", start: 2, end: 3, kind: "number" },
    ]);
  });
  it("that ends with its piece leaves the next piece to the next token", () => {
    const pieces = [
      { node: "a", length: 2 },
      { node: "b", length: 2 },
    ];
    expect(placed(pieces, [token(2, "string"), token(2, "number")])).toEqual([
      { node: "a", start: 0, end: 2, kind: "string" },
      { node: "b", start: 0, end: 2, kind: "number" },
    ]);
  });
});
