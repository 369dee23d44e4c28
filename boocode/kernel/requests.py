"""Decisions about administrative requests; part of `decide`, hence pure.

    request       | STOPPED          | STARTING, WAITING | RUNNING, STOPPING | no such child
    --------------+------------------+-------------------+-------------------+--------------
    start_child   | already_present  | already_started   | already_started   | starts it
    terminate     | done             | cancelled         | stops it          | not_found
    restart_child | starts it        | restarting        | running           | not_found
    delete_child  | spec gone        | restarting        | running           | not_found
    operator's    | starts it        | starts it anew    | stops, starts     | not_found

Every request is decided at once; the answer to a start comes when the child is ready or failed, the answer to a
termination when it is gone. While the supervisor stops, nothing is started.
"""

from __future__ import annotations

from boocode.kernel.draft import Draft
from boocode.kernel.errors import (
    AdminRefused,
    AlreadyPresent,
    AlreadyStarted,
    ChildNotFound,
    ChildRestarting,
    ChildRunning,
    SpecError,
    TooManyChildren,
)
from boocode.kernel.exits import Shutdown
from boocode.kernel.spec import check_significance
from boocode.kernel.state import (
    LIVE,
    Add,
    Adopt,
    Cycle,
    Delete,
    Kid,
    Phase,
    Revive,
    Status,
    Terminate,
    kid_of,
)

_TERMINATED = Shutdown("terminated by request")


def add(draft: Draft, event: Add) -> None:
    refusal = _refuse_add(draft, event)
    if refusal is not None:
        draft.answer(event.token, event.spec.id, refusal)
        return
    draft.actions.append(Adopt(event.spec))
    draft.next_order += 1
    draft.start(kid_of(event.spec, draft.next_order - 1, asked_by=event.token))


def _refuse_add(draft: Draft, event: Add) -> AdminRefused | SpecError | None:
    child = event.spec.id
    if _is_ending(draft):
        return _ending(child)
    kid = draft.kids.get(child)
    if kid is not None:
        if kid.status is Status.STOPPED and child not in draft.starts:
            return AlreadyPresent(child, "it is stopped; use restart_child or delete_child")
        return AlreadyStarted(child, f"it is {kid.status.value} already")
    if draft.max_children is not None and len(draft.kids) >= draft.max_children:
        return TooManyChildren(child, f"the supervisor holds its {draft.max_children} children already")
    try:
        check_significance(event.spec, draft.auto_shutdown)
    except SpecError as error:
        return error
    return None


def terminate(draft: Draft, event: Terminate) -> None:
    kid = _known(draft, event.token, event.id)
    if kid is None:
        return
    draft.starts = tuple(other for other in draft.starts if other != kid.id)
    kid = draft.put(kid, stoppers=(*kid.stoppers, event.token))
    if kid.status not in LIVE:
        draft.rest(kid, _TERMINATED)
    elif kid.status is not Status.STOPPING and not _is_ending(draft):  # else its turn comes in order
        draft.stop(kid)


def revive(draft: Draft, event: Revive) -> None:
    kid = _stopped(draft, event)
    if kid is not None:
        draft.start(draft.put(kid, on_request="revive", starters=(*kid.starters, event.token)))


def delete(draft: Draft, event: Delete) -> None:
    kid = _stopped(draft, event)
    if kid is not None:
        draft.forget(kid)
        draft.answer(event.token, event.id)


def cycle(draft: Draft, event: Cycle) -> None:
    if _is_ending(draft):
        draft.answer(event.token, event.id, _ending(event.id))
        return
    kid = _known(draft, event.token, event.id)
    if kid is None:
        return
    kid = draft.put(kid, starters=(*kid.starters, event.token))
    draft.starts_due = None
    draft.enlist(draft.concerned(kid), asked=kid.id)


def _known(draft: Draft, token: int, id: str) -> Kid | None:
    """The child, or None after answering that there is none."""
    kid = draft.kids.get(id)
    if kid is None:
        draft.answer(token, id, ChildNotFound(id, f"{draft.path} has no such child"))
    return kid


def _stopped(draft: Draft, event: Revive | Delete) -> Kid | None:
    """The child if it is stopped for good, or None after answering what it is instead."""
    child = event.id
    if _is_ending(draft):
        draft.answer(event.token, child, _ending(child))
        return None
    kid = _known(draft, event.token, child)
    if kid is None:
        return None
    if kid.status in (Status.RUNNING, Status.STOPPING):
        draft.answer(event.token, child, ChildRunning(child, f"it is {kid.status.value}; terminate it first"))
    elif kid.status is not Status.STOPPED or child in draft.starts:
        draft.answer(event.token, child, ChildRestarting(child, "it is being restarted; terminate it first"))
    else:
        return kid
    return None


def _is_ending(draft: Draft) -> bool:
    return draft.phase in (Phase.STOPPING, Phase.STOPPED)


def _ending(id: str) -> AdminRefused:
    return AdminRefused(id, "its supervisor is stopping and starts nothing", code="stopping")
