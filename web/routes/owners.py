"""Asking the owner of a session's worktree. One is only started for a session that exists."""

from typing import TypeVar

from boocode.kernel import Request
from boocode.ports.names import WORKTREES
from web.deps import EdgeDeps
from web.problems import found

T = TypeVar("T")


async def ask_owner(deps: EdgeDeps, session_id: str, request: Request[T], timeout_s: float) -> T:
    """`request` names the session itself. Raises ApiError 404 for an unknown one, else what the owner refuses."""
    found(await deps.store.get_session(session_id), "session", session_id)
    return await deps.system.whereis(WORKTREES).call(request, timeout_s)
