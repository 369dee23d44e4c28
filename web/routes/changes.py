"""Pending changes: what an agent changed, and what a person decides about it."""

from boocode.contracts.requests import ApplyChoice, ApplySelection, ChangesQuery, RejectChoice, RewindChoice
from boocode.contracts.resources import PendingChange
from boocode.kernel import Request
from boocode.ports.names import WORKTREES
from boocode.ports.worktrees import ApplyChanges, ListChanges, RejectChanges, RewindChanges
from web.deps import EdgeDeps
from web.problems import found, invalid, not_found
from web.routes.owners import ask_owner
from web.routes.paging import page_limit
from web.routing import Call, Route

APPLY_TIMEOUT_S = 60.0
LIST_TIMEOUT_S = 30.0
MAX_SELECTED = 10_000
STATES = ("pending", "applied", "rejected", "superseded", "failed", "rewound")

Changes = tuple[PendingChange, ...]


async def list_pending(deps: EdgeDeps, call: Call[None, ChangesQuery]) -> Changes:
    """Only the owner of the worktree can say whether the project has changed; it is asked where something waits."""
    session_id, state, limit = call["session_id"], call.query.state, call.query.limit
    newest = slice(None) if limit is None else slice(-page_limit(limit, most=MAX_SELECTED), None)
    states = STATES if state == "all" else (state,)
    changes = await deps.store.list_pending(session_id, states)
    if not changes:
        found(await deps.store.get_session(session_id), "session", session_id)
    if not any(change.state == "pending" for change in changes):
        return changes[newest]
    listed = await deps.system.whereis(WORKTREES).call(ListChanges(session_id, states), LIST_TIMEOUT_S)
    return listed[newest]


async def apply_pending(deps: EdgeDeps, call: Call[ApplySelection, None]) -> Changes:
    ids = call.body.ids
    if ids is not None and len(ids) > MAX_SELECTED:
        raise invalid("ids", f"`ids` names {len(ids)} changes; at most {MAX_SELECTED} are taken at once.")
    session_id = call["session_id"]
    request = ApplyChanges(session_id, ids, dry_run=call.body.dry_run)
    return await ask_owner(deps, session_id, request, APPLY_TIMEOUT_S)


async def apply_one(deps: EdgeDeps, call: Call[ApplyChoice, None]) -> Changes:
    hunks, change_id = _hunks(call.body.hunks), call["change_id"]
    session_id = await _session_of(deps, change_id)
    return await _decide(deps, ApplyChanges(session_id, (change_id,), hunks, call.body.dry_run))


async def reject_one(deps: EdgeDeps, call: Call[RejectChoice, None]) -> Changes:
    hunks, change_id = _hunks(call.body.hunks), call["change_id"]
    return await _decide(deps, RejectChanges(await _session_of(deps, change_id), (change_id,), hunks))


async def rewind_one(deps: EdgeDeps, call: Call[RewindChoice, None]) -> Changes:
    change_id = call["change_id"]
    session_id = await _session_of(deps, change_id)
    return await _decide(deps, RewindChanges(session_id, (change_id,), call.body.dry_run))


async def _decide(deps: EdgeDeps, request: Request[Changes]) -> Changes:
    return await deps.system.whereis(WORKTREES).call(request, APPLY_TIMEOUT_S)


async def _session_of(deps: EdgeDeps, change_id: str) -> str:
    rows = await deps.store.get_changes((change_id,))
    if not rows:
        raise not_found("change", change_id)
    return rows[0].change.session_id


def _hunks(asked: tuple[int, ...] | None) -> tuple[int, ...] | None:
    """Each once, in order. Whether the change has them is known where its diff is."""
    if asked is None:
        return None
    if not 1 <= len(asked) <= MAX_SELECTED:
        raise invalid("hunks", f"`hunks` must name 1 to {MAX_SELECTED} hunks; leave it out for all of them.")
    if min(asked) < 0:
        raise invalid(
            "hunks", f"Hunks are counted from 0; there is none with the number {min(asked)}.", "no_such_hunk"
        )
    return tuple(sorted(set(asked)))


ROUTES = (
    Route(
        "GET", "/api/sessions/{session_id}/pending", list_pending,
        "Changes that wait for a person, or those in another state", Changes, query=ChangesQuery,
        errors=(404, 409, 422),
    ),
    Route(
        "POST", "/api/sessions/{session_id}/pending/apply", apply_pending,
        "Apply some or all of them to the project: all or none", Changes, body=ApplySelection,
        errors=(404, 409, 422),
    ),
    Route(
        "POST", "/api/pending/{change_id}/apply", apply_one,
        "Apply one change, or some of its hunks, to the project", Changes, body=ApplyChoice, errors=(404, 409, 422),
    ),
    Route(
        "POST", "/api/pending/{change_id}/reject", reject_one, "Reject one change, or some of its hunks", Changes,
        body=RejectChoice, errors=(404, 409, 422),
    ),
    Route(
        "POST", "/api/pending/{change_id}/rewind", rewind_one, "Take an applied change out of the project again",
        Changes, body=RewindChoice, errors=(404, 409, 422),
    ),
)  # fmt: skip
