import { describe, expect, it } from "vitest";
import { blocksOf, languageOf } from "./engine";
import { visible, withoutColours } from "./visible";

const SAMPLE = [
  "# Title",
  "A *paragraph* with [a link][ref] and `code`.",
  "- one\n- [ ] two\n\n  more of two\n- three",
  "| a | b |\n| - | -: |\n| 1 | 2 |",
  "```python\nprint('hi')\n\nprint('ho')\n```",
  "> quoted\n> more",
  "1. first\n2. second",
  "    indented\n    code",
  "<div onclick=alert(1)>raw</div>",
  "[ref]: https://example.org",
  "last words",
].join("\n\n");

describe("blocks", () => {
  it("make up the text exactly", () => {
    const blocks = blocksOf(SAMPLE, {});
    expect(blocks?.map((block) => block.raw).join("")).toBe(SAMPLE);
  });

  it("tell code from the rest, with its language", () => {
    const code = blocksOf(SAMPLE, {})?.filter((block) => block.kind === "code");
    expect(code).toMatchObject([{ language: "python", text: "print('hi')\n\nprint('ho')" }]);
  });

  it("that have two more behind them do not change by what comes later", () => {
    for (let length = 1; length <= SAMPLE.length; length++) {
      const blocks = (blocksOf(SAMPLE.slice(0, length), {}) ?? []).filter((block) => block.kind !== "space");
      const settled = blocks.slice(0, -2).map((block) => block.raw.trimEnd());
      const whole = (blocksOf(SAMPLE, {}) ?? []).filter((block) => block.kind !== "space");
      expect(settled).toEqual(whole.slice(0, settled.length).map((block) => block.raw.trimEnd()));
    }
  });

  it("that are nested deeper than the stack are none", () => {
    for (const sign of [">", "- ", "> - "]) expect(blocksOf(`${sign.repeat(10_000)}x`, {})).toBeNull();
  }, 60_000);

  it("of long words take a moment", () => {
    const words = ["foo_bar.baz-".repeat(8_000), `${"a".repeat(100_000)}@`, `| a |\n| - |\n| ${"a.".repeat(50_000)} |`];
    const started = performance.now();
    for (const word of words) {
      expect(blocksOf(`before\n\n${word}\n\n*after*`, {})?.map((block) => block.raw).join("")).toContain(word);
    }
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  it("take no language from what is none", () => {
    expect(["Python {1,2}", "c++", '"><script>', undefined].map(languageOf)).toEqual(["python", "c++", "", ""]);
  });
});

describe("characters that make text look other than it is", () => {
  it("are shown", () => {
    expect(visible("safe\u202egpj.exe\u2066")).toBe("safe⟦RLO⟧gpj.exe⟦LRI⟧");
  });

  it("colours of terminals are left out", () => {
    expect(withoutColours("\u001b[31mred\u001b[0m \u001b]0;title\u0007plain")).toBe("red plain");
  });
});
