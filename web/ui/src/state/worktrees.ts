/** What is in the worktrees of sessions, asked when a person is about to lose them. */

import { api, ApiError, pathOf } from "../net/api";
import type { Worktree, WorktreeInfo } from "../wire/types";

/** Null: the session has none. */
export async function inspectWorktree(sessionId: string): Promise<WorktreeInfo | null> {
  try {
    return await api.get<WorktreeInfo>(pathOf("sessions", sessionId, "worktree"));
  } catch (error) {
    if (error instanceof ApiError && error.code === "no_worktree") return null;
    throw error;
  }
}

/** Keeps all that is in the worktree by a ref of git, then cleans it. */
export const stashWorktree = (sessionId: string): Promise<WorktreeInfo> =>
  api.post<WorktreeInfo>(pathOf("sessions", sessionId, "worktree", "stash"));

/** Which sessions of a project have one now. */
export async function sessionsWithWorktree(projectId: string): Promise<string[]> {
  const all = await api.get<Worktree[]>("worktrees");
  return all.flatMap((each) => (each.project_id === projectId && each.session_id && !each.removed_at ? [each.session_id] : []));
}
