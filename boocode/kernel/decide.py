"""What a supervisor does about what happens: `decide(state, event, now) -> (state, actions)`.

Pure: no trio, no clock, no randomness. Everything that affects a supervisor's behaviour lives here, in `draft`
(book-keeping) and in `requests` (administration); `supervisor` performs the actions and reports events, nothing more.

A child's status:

    status    | Ready   | Ignored | Exited                                        | asked to stop
    ----------+---------+---------+-----------------------------------------------+------------------------
    STOPPED   | –       | –       | –                                             | –
    STARTING  | RUNNING | STOPPED | failed start: table below                     | STOPPING (init cancelled)
    RUNNING   | –       | –       | ended by itself: table below                  | STOPPING
    STOPPING  | –       | –       | STOPPED, or WAITING when its group starts anew| –
    WAITING   | –       | –       | –                                             | STOPPED at once

(– : stale or impossible, changes nothing. An event of another incarnation than the child's own is stale.)

It ended by itself:

    restart   | clean exit               | abnormal exit
    ----------+--------------------------+--------------
    permanent | restart                  | restart
    transient | STOPPED, spec stays      | restart
    temporary | spec gone                | spec gone

A failed start: of a child that was asked for by start_child or restart_child, the request is refused; in the first
start of the supervisor, the supervisor fails (StartFailed), no retry; else a restart like any other.

A restart: one entry in the supervisor's window, whatever the number of children it concerns. Budget exhausted: stop
all in order, exit `Crashed(RestartsExhausted)`. Otherwise wait for the child's backoff, then

    strategy     | stopped first, in reverse | started afterwards, in order
    -------------+---------------------------+--------------------------------------------------------
    one_for_one  | –                         | the child
    one_for_all  | every other child         | every child, stopped ones too, temporary ones excepted
    rest_for_one | those after it            | it and those after it, likewise

Children stop right to left and start left to right, each step after the one before is complete: `stops` and `starts`
hold what is left to do and `Draft.advance` takes the next step after each event. So nothing ever waits, and any
event may come in between. A child that crashes while its group is being stopped is simply gone.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from boocode.kernel import requests, restarts
from boocode.kernel.draft import Draft, cause_of
from boocode.kernel.errors import RestartsExhausted, StartFailed
from boocode.kernel.exits import Crashed, Exit, Shutdown, is_clean, is_fatal
from boocode.kernel.spec import AutoShutdown, Restart, Strategy
from boocode.kernel.state import (
    LIVE,
    Action,
    Add,
    BackOff,
    Begin,
    Cycle,
    Delete,
    Due,
    Escalate,
    Exited,
    Halt,
    Happened,
    Ignored,
    Kid,
    Phase,
    Ready,
    Revive,
    State,
    Status,
    StopAll,
    Terminate,
    Wake,
)


def decide(state: State, event: Happened, now: float) -> tuple[State, tuple[Action, ...]]:
    """The state after `event` at `now` (seconds), and what to do, in order."""
    draft = Draft(state, now)
    _HANDLERS[type(event)](draft, event)
    draft.advance()
    return draft.frozen(), tuple(draft.actions)


def _begin(draft: Draft, _: Begin) -> None:
    draft.starts = tuple(kid.id for kid in draft.kids.in_order())


def _current(draft: Draft, event: Ready | Ignored | Exited) -> Kid | None:
    """The child an event speaks of; None when it speaks of an older incarnation."""
    kid = draft.kids.get(event.id)
    return kid if kid is not None and kid.incarnation == event.incarnation else None


def _ready(draft: Draft, event: Ready) -> None:
    kid = _current(draft, event)
    if kid is None or kid.status is not Status.STARTING:
        return
    for token in kid.starters:
        draft.answer(token, kid.id)
    draft.put(kid, status=Status.RUNNING, was_ready=True, ready_at=draft.now, on_request="", starters=())


def _ignored(draft: Draft, event: Ignored) -> None:
    kid = _current(draft, event)
    if kid is None or kid.status not in LIVE:
        return
    for token in kid.starters:
        draft.answer(token, kid.id)
    draft.rest(draft.put(kid, starters=()), Shutdown("ignored"))


def _exited(draft: Draft, event: Exited) -> None:
    kid = _current(draft, event)
    if kid is None or kid.status not in LIVE:
        return
    if is_fatal(event.exit):
        draft.rest(kid, event.exit)
        draft.stop_all(event.exit)
    elif kid.status is Status.STOPPING or kid.id in draft.stops or draft.phase is Phase.STOPPING:
        _gone(draft, kid, event.exit)
    elif kid.status is Status.STARTING:
        _failed_start(draft, kid, event)
    else:
        _ended(draft, kid, event)


def _gone(draft: Draft, kid: Kid, exit: Exit) -> None:
    """It was being stopped: its exit is what was wanted, whatever it says."""
    if kid.id in draft.starts:
        draft.await_turn(kid)
    else:
        draft.rest(kid, exit)


def _failed_start(draft: Draft, kid: Kid, event: Exited) -> None:
    cause = cause_of(f"{draft.path}/{kid.id}", event.exit)
    if kid.on_request:
        added = kid.on_request == "add"
        draft.rest(kid, event.exit)
        if added and kid.id in draft.kids:
            draft.forget(draft.kids[kid.id])
    elif draft.phase is Phase.STARTING and not kid.was_ready:
        draft.rest(kid, event.exit)
        draft.stop_all(Crashed(StartFailed(kid.id, cause)))
    elif kid.restart is Restart.TEMPORARY:
        draft.rest(kid, event.exit)
    else:
        _restart(draft, kid, event)


def _ended(draft: Draft, kid: Kid, event: Exited) -> None:
    stays_away = kid.restart is Restart.TEMPORARY or (
        kid.restart is Restart.TRANSIENT and is_clean(event.exit)
    )
    if not stays_away:
        _restart(draft, kid, event)
        return
    draft.rest(kid, event.exit)
    if kid.significant and _shuts_down(draft):
        draft.stop_all(Shutdown(f"significant child {kid.id!r} ended"))


def _shuts_down(draft: Draft) -> bool:
    if draft.auto_shutdown is AutoShutdown.ALL:
        alive = LIVE | {Status.WAITING}
        return not any(kid.significant and kid.status in alive for kid in draft.kids.values())
    return draft.auto_shutdown is AutoShutdown.ANY


# -- restarts ---------------------------------------------------------------------------------------------------


def _restart(draft: Draft, kid: Kid, event: Exited) -> None:
    draft.window, exhausted = draft.window.recorded(draft.now)
    if exhausted:
        _escalate(draft, kid, event.exit)
        return
    uptime = None if kid.ready_at is None else draft.now - kid.ready_at
    attempt = restarts.attempt_after(draft.backoff, kid.attempt, uptime)
    due = draft.now + restarts.delay(draft.backoff, attempt, event.u)
    for token in kid.starters:
        cause = cause_of(f"{draft.path}/{kid.id}", event.exit)
        draft.answer(token, kid.id, StartFailed(kid.id, cause))
    kid = draft.put(kid, status=Status.WAITING, attempt=attempt + 1, due=due, starters=())
    draft.actions.append(BackOff(kid.id, due))
    if draft.strategy is not Strategy.ONE_FOR_ONE:
        _restart_group(draft, kid, due)
        return
    draft.starts = tuple(
        other for other in draft.starts if other != kid.id
    )  # an operator's restart that failed
    if due <= draft.now:
        draft.start(kid)
    else:
        draft.actions.append(Wake(kid.id, due))


def _escalate(draft: Draft, kid: Kid, last: Exit) -> None:
    budget = draft.window.budget
    escalation = Crashed(RestartsExhausted(draft.path, budget.max_restarts, budget.period, last))
    draft.actions.append(Escalate(escalation))
    draft.rest(kid, last)
    draft.stop_all(escalation)


def _restart_group(draft: Draft, kid: Kid, due: float) -> None:
    """Queue the stops and starts of everyone concerned, beside what is queued already."""
    draft.starts_due = due if draft.starts_due is None else max(due, draft.starts_due)
    draft.enlist(draft.concerned(kid))
    if draft.starts_due > draft.now:
        draft.actions.append(Wake(None, draft.starts_due))


def _due(draft: Draft, event: Due) -> None:
    kid = draft.kids.get(event.id) if event.id is not None else None
    if kid is None or kid.status is not Status.WAITING or kid.id in draft.starts:
        return  # cancelled meanwhile, or a group's time: `advance` looks at that
    if kid.due is not None and kid.due <= draft.now:
        draft.start(kid)


# -- the end ----------------------------------------------------------------------------------------------------


def _stop_all(draft: Draft, event: StopAll) -> None:
    draft.stop_all(event.exit)


def _halt(draft: Draft, event: Halt) -> None:
    draft.halt(event.reason)


_HANDLERS: Final[dict[type, Callable[[Draft, Any], None]]] = {
    Begin: _begin,
    Ready: _ready,
    Ignored: _ignored,
    Exited: _exited,
    Due: _due,
    StopAll: _stop_all,
    Halt: _halt,
    Add: requests.add,
    Terminate: requests.terminate,
    Revive: requests.revive,
    Delete: requests.delete,
    Cycle: requests.cycle,
}
