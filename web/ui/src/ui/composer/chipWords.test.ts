import { describe, expect, it } from "vitest";
import { costWords, sumOfUsed, tokenWords } from "./chipWords";

describe("words of chips", () => {
  it.each([
    [null, "~"],
    [0, "0"],
    [999, "999"],
    [1000, "1k"],
    [1249, "1.2k"],
    [9949, "9.9k"],
    [9951, "10k"],
    [12_345, "12k"],
    [999_499, "999k"],
    [999_500, "1M"],
    [3_440_000, "3.4M"],
  ])("say %j tokens as %s", (count, words) => expect(tokenWords(count)).toBe(words));

  it.each([
    [null, "~"],
    [0, "$0"],
    [0.004, "< $0.01"],
    [0.04, "$0.04"],
    [1.5, "$1.50"],
    [1234.5, "$1235"],
  ])("say a cost of %j as %s", (cost, words) => expect(costWords(cost)).toBe(words));

  it("tell what nobody said from nothing", () => {
    const silent = { inputTokens: null, outputTokens: null, cost: null };
    expect(sumOfUsed([])).toEqual(silent);
    expect(sumOfUsed([silent, { inputTokens: 0, outputTokens: 2, cost: null }])).toEqual({ inputTokens: 0, outputTokens: 2, cost: null });
  });
});
