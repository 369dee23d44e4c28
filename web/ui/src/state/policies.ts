/** What the agents of a project may do without asking, in words. */

import type { Project } from "../wire/types";

export type Policy = Project["permission_policy"];

export const POLICIES: readonly { value: Policy; label: string; means: string }[] = [
  { value: "ask", label: "do nothing without asking", means: "Every question of an agent comes to you." },
  {
    value: "allow_reads",
    label: "read without asking",
    means: "Reading and searching inside the session's worktree needs no answer of yours; everything else does.",
  },
  {
    value: "allow_worktree",
    label: "read and change without asking",
    means:
      "Reading and changing files inside the session's worktree needs no answer of yours. Commands are still asked about, because a command can reach anywhere.",
  },
];
