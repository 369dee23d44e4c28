"""Worktrees: what would be at risk if one went, putting that aside, and those that have lost their session."""

from boocode.contracts.requests import WorktreesQuery
from boocode.contracts.resources import Worktree, WorktreeInfo
from boocode.ports.worktrees import InspectWorktree, StashWorktree
from web.deps import EdgeDeps
from web.problems import ApiError
from web.routes.owners import ask_owner
from web.routing import Call, Route

INSPECT_TIMEOUT_S = 30.0
STASH_TIMEOUT_S = 60.0


async def list_worktrees(deps: EdgeDeps, call: Call[None, WorktreesQuery]) -> tuple[Worktree, ...]:
    return await deps.store.list_worktrees(removed=call.query.removed)


async def inspect(deps: EdgeDeps, call: Call[None, None]) -> WorktreeInfo:
    session_id = call["session_id"]
    info = await ask_owner(deps, session_id, InspectWorktree(session_id), INSPECT_TIMEOUT_S)
    if info is None:
        row = await deps.store.get_worktree(session_id)
        why = "This session has no worktree yet. It gets one with its first prompt."
        if row is not None:
            why = (
                f"The worktree of this session is not at {row.path} any more. The next prompt makes it anew."
            )
        raise ApiError(404, "no_worktree", why)
    return info


async def stash(deps: EdgeDeps, call: Call[None, None]) -> WorktreeInfo:
    session_id = call["session_id"]
    return await ask_owner(deps, session_id, StashWorktree(session_id), STASH_TIMEOUT_S)


ROUTES = (
    Route(
        "GET", "/api/worktrees", list_worktrees, "All worktrees, also those whose session was deleted",
        tuple[Worktree, ...], query=WorktreesQuery, errors=(422,),
    ),
    Route(
        "GET", "/api/sessions/{session_id}/worktree", inspect,
        "The session's worktree, and what would be at risk if it went", WorktreeInfo, errors=(404, 409),
    ),
    Route(
        "POST", "/api/sessions/{session_id}/worktree/stash", stash,
        "Keep all that is in the worktree by a git ref, then clean it", WorktreeInfo, errors=(404, 409),
    ),
)  # fmt: skip
