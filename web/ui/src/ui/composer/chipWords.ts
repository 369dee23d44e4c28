/** Numbers of an agent in few letters. What the agent never said is `~`, which is not the same as 0. */

import { NOTHING_USED, type Used } from "../../state/transcript";

export const UNKNOWN = "~";

const THOUSAND = 1000;

/** 999 · 1.2k · 12k · 3.4M */
export function tokenWords(count: number | null): string {
  if (count === null) return UNKNOWN;
  if (count < THOUSAND) return String(count);
  const [value, unit] = count < 999_500 ? [count / THOUSAND, "k"] : [count / THOUSAND ** 2, "M"];
  return `${value < 9.95 ? value.toFixed(1).replace(/\.0$/, "") : Math.round(value)}${unit}`;
}

/** US dollars, as all agents count. */
export function costWords(cost: number | null): string {
  if (cost === null) return UNKNOWN;
  if (cost === 0) return "$0";
  if (cost < 0.01) return "< $0.01";
  return `$${cost < 100 ? cost.toFixed(2) : Math.round(cost)}`;
}

/** Of several agents: null only where none of them said anything. */
export function sumOfUsed(each: readonly Used[]): Used {
  return each.reduce(
    (sum, one) => ({
      inputTokens: plus(sum.inputTokens, one.inputTokens),
      outputTokens: plus(sum.outputTokens, one.outputTokens),
      cost: plus(sum.cost, one.cost),
    }),
    NOTHING_USED,
  );
}

const plus = (a: number | null, b: number | null): number | null => (a === null ? b : b === null ? a : a + b);
