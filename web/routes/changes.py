"""Pending changes: what an agent changed and a person has not judged yet."""

from boocode.contracts.requests import ApplySelection
from boocode.contracts.resources import PendingChange
from boocode.ports.names import WORKTREES
from boocode.ports.worktrees import ApplyChanges, RejectChanges
from web.deps import EdgeDeps
from web.problems import found, not_found
from web.routing import Call, Route

APPLY_TIMEOUT_S = 60.0

Changes = tuple[PendingChange, ...]


async def list_pending(deps: EdgeDeps, call: Call[None, None]) -> Changes:
    changes = await deps.store.list_pending(call["session_id"])
    if not changes:
        found(await deps.store.get_session(call["session_id"]), "session", call["session_id"])
    return changes


async def apply_pending(deps: EdgeDeps, call: Call[ApplySelection, None]) -> Changes:
    request = ApplyChanges(call["session_id"], call.body.ids)
    return await deps.system.whereis(WORKTREES).call(request, APPLY_TIMEOUT_S)


async def apply_one(deps: EdgeDeps, call: Call[None, None]) -> Changes:
    request = ApplyChanges(await _session_of(deps, call["change_id"]), (call["change_id"],))
    return await deps.system.whereis(WORKTREES).call(request, APPLY_TIMEOUT_S)


async def reject_one(deps: EdgeDeps, call: Call[None, None]) -> Changes:
    request = RejectChanges(await _session_of(deps, call["change_id"]), (call["change_id"],))
    return await deps.system.whereis(WORKTREES).call(request, APPLY_TIMEOUT_S)


async def _session_of(deps: EdgeDeps, change_id: str) -> str:
    rows = await deps.store.get_changes((change_id,))
    if not rows:
        raise not_found("change", change_id)
    return rows[0].change.session_id


ROUTES = (
    Route(
        "GET", "/api/sessions/{session_id}/pending", list_pending, "Changes that wait for a person", Changes,
        errors=(404,),
    ),
    Route(
        "POST", "/api/sessions/{session_id}/pending/apply", apply_pending,
        "Apply some or all of them to the project: all or none", Changes, body=ApplySelection,
        errors=(404, 409, 422),
    ),
    Route(
        "POST", "/api/pending/{change_id}/apply", apply_one, "Apply one change to the project", Changes,
        errors=(404, 409),
    ),
    Route(
        "POST", "/api/pending/{change_id}/reject", reject_one, "Reject one change", Changes, errors=(404, 409)
    ),
)  # fmt: skip
