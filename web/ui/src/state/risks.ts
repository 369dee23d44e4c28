/** What would be lost, or left lying, if a session went: in words. Pure. */

import type { WorktreeInfo } from "../wire/types";

type Counts = Pick<WorktreeInfo, "dirty" | "untracked" | "unpushed" | "pending">;

/** Nothing when nothing is at risk. */
export function riskWords(info: Counts): string[] {
  return [
    info.dirty ? count(info.dirty, "changed file") : "",
    info.untracked ? count(info.untracked, "new file") : "",
    info.unpushed ? `${count(info.unpushed, "commit")} of its own` : "",
    info.pending ? `${count(info.pending, "change")} that you have not judged yet` : "",
  ].filter(Boolean);
}

/** Only what is not committed can be put aside. */
export const canStash = (info: Counts): boolean => info.dirty > 0 || info.untracked > 0;

export const count = (n: number, what: string): string => `${n} ${what}${n === 1 ? "" : "s"}`;
