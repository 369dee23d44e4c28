/** Changes of a session in words: what each does, how it was found, why it was refused and what can be done then. */

import { ApiError } from "../net/api";
import type { IconName } from "../ui/common/icons";
import type { ConflictItem, PendingChange } from "../wire/types";

export type ChangeState = PendingChange["state"];
export type Filter = ChangeState | "all";

export const FILTERS: readonly { value: Filter; label: string; hint: string }[] = [
  { value: "pending", label: "Waiting", hint: "Not decided yet" },
  { value: "applied", label: "Applied", hint: "In your project now" },
  { value: "rejected", label: "Rejected", hint: "Only in the agent's worktree" },
  { value: "rewound", label: "Taken back", hint: "Was in your project and is not any more" },
  { value: "superseded", label: "Replaced", hint: "A later turn changed the same file again" },
  { value: "failed", label: "Failed", hint: "Could not be applied" },
  { value: "all", label: "All", hint: "Whatever was decided" },
];

export const stateWord = (state: ChangeState): string => FILTERS.find(({ value }) => value === state)?.label ?? state;

interface OpWord {
  word: string;
  /** For who cannot see colours or drawings. */
  sentence: string;
  icon: IconName;
}

const OPS: Record<PendingChange["op"], OpWord> = {
  create: { word: "new", sentence: "New file", icon: "add" },
  edit: { word: "edited", sentence: "Edited file", icon: "pencil" },
  delete: { word: "deleted", sentence: "Deleted file", icon: "trash" },
  rename: { word: "renamed", sentence: "Renamed file", icon: "arrow-right" },
  chmod: { word: "mode", sentence: "Other permissions", icon: "shield" },
};

export const opWord = (op: PendingChange["op"]): OpWord => OPS[op];

/** `a → b` of a rename. */
export const nameOf = ({ path, old_path: oldPath }: PendingChange): string =>
  oldPath !== null && oldPath !== path ? `${oldPath} → ${path}` : path;

/** Git quotes a name that is no UTF-8 text: what is between the quotes has bytes as `\351`. */
export const isQuotedName = (path: string): boolean => /^".*\\.*"$/s.test(path);

export interface TierWord {
  word: string;
  title: string;
  isCertain: boolean;
}

/** How the place was found in the project's file; null: it was not looked for. */
export function tierWord({ tier, score }: Pick<PendingChange, "tier" | "score">): TierWord | null {
  const alike = score === null || score >= 1 ? "" : `, ${Math.round(score * 100)} % alike`;
  switch (tier) {
    case null:
      return null;
    case "exact":
      return { word: "exact", title: "The lines were found exactly as the agent saw them.", isCertain: true };
    case "trim":
      return { word: "other blanks", title: "The lines were found, with other blanks around them.", isCertain: true };
    case "canon":
      return { word: "other characters", title: "The lines were found, with other kinds of quotes, dashes or blanks.", isCertain: true };
    case "fuzzy":
      return { word: `similar lines${alike}`, title: "The lines were found by those most like them. Look whether it is where it belongs.", isCertain: false };
  }
}

export const BASE_CHANGED =
  "This file has changed in your project since the agent began with it. Applying looks for these lines in the file of " +
  "today, and refuses rather than overwrite what you wrote.";

/** Behind the server's words on why it would not fit. */
export const BASE_REFUSES =
  "This file has changed in your project since the agent began with it, and nothing that you wrote is overwritten. Ask the " +
  "agent to do it again on top of your file, or reject it.";

export interface ConflictWords {
  path: string;
  what: string;
  todo: string;
}

const ASK_ANEW = "Ask the agent to do it again on top of your file, or reject it.";
const MOVE_AWAY = "Move it out of the way and try again, or reject the change.";
const NEVER = "BooCode never writes there. Reject it.";

const REASONS: Record<string, { what: string; todo: string }> = {
  changed: { what: "Your file is not what the change was made from, and its lines fit nowhere.", todo: ASK_ANEW },
  deleted: { what: "You deleted this file, and the agent changed it.", todo: "Bring the file back and try again, or reject the change." },
  exists: { what: "There is such a file already, with other content.", todo: MOVE_AWAY },
  "is a directory": { what: "There is a folder of this name.", todo: MOVE_AWAY },
  "not a regular file": { what: "There is something of this name that is no ordinary file.", todo: MOVE_AWAY },
  "parent is a symbolic link": { what: "A folder on the way to it is a symbolic link, which is not followed.", todo: "Put a real folder there and try again, or reject the change." },
  "parent is not a directory": { what: "Where a folder should be on the way to it, there is a file.", todo: MOVE_AWAY },
  "outside the project": { what: "It is outside of your project.", todo: NEVER },
  "inside .git": { what: "It is inside of .git.", todo: NEVER },
  "a nested repository": { what: "It is another repository inside of your project.", todo: "Take it over with git there, and reject it here." },
  "changed twice in one set": { what: "Two of these changes are of the same file.", todo: "Apply them one after the other." },
};

/** `reason` as the server has it: one of its words, or `changed: ` and what it found there. */
export function conflictWords({ path, reason }: ConflictItem): ConflictWords {
  const known = REASONS[reason];
  if (known) return { path, ...known };
  const found = /^changed: (.+)$/s.exec(reason)?.[1];
  if (found !== undefined) return { path, what: `You have changed it too: ${found}.`, todo: ASK_ANEW };
  return { path, what: `It was refused: ${reason}.`, todo: "Look at the file, and try again." };
}

/** What a refusal says is in the way; empty: it says nothing of it. */
export const conflictsOf = (error: unknown): readonly ConflictItem[] =>
  (error instanceof ApiError ? error.problem.conflicts : null) ?? [];

/** Those that no conflict is about. */
export function withoutConflicts(changes: readonly PendingChange[], conflicts: readonly ConflictItem[]): PendingChange[] {
  const paths = new Set(conflicts.map((conflict) => conflict.path));
  return changes.filter((change) => !paths.has(change.path) && !(change.old_path !== null && paths.has(change.old_path)));
}

export interface Totals {
  files: number;
  additions: number;
  deletions: number;
}

export const totalsOf = (changes: readonly PendingChange[]): Totals => ({
  files: new Set(changes.map((change) => change.path)).size,
  additions: changes.reduce((sum, change) => sum + change.additions, 0),
  deletions: changes.reduce((sum, change) => sum + change.deletions, 0),
});

/** `1 file`, `2 files`. */
export const plural = (count: number, word: string): string => `${count.toLocaleString("en")} ${word}${count === 1 ? "" : "s"}`;

/** A quote of some lines for the composer: where they are, then they themselves. */
export function quoteOf(path: string, lines: readonly string[], from: number | null, to: number | null): string {
  const where = from === null ? "" : to === null || to === from ? `:${from}` : `:${from}-${to}`;
  return `${path}${where}\n${lines.map((line) => `> ${line}\n`).join("")}\n`;
}
