"""What a supervisor decided about an exit, read from its state before and after: for people, after the fact.

Pure, and no part of the decision: `decide` knows nothing of this. The rows of its tables, by name:

    verdict              | when
    ---------------------+-----------------------------------------------------------------------
    restarted            | a restart is due at once
    backing_off          | a restart is due later
    escalated            | the budget is used up: everyone stops, the supervisor ends
    left_stopped         | transient and ended cleanly: the spec stays
    removed              | temporary, or the child of a dynamic supervisor: nothing of it stays
    stopped_as_asked     | its supervisor, an operator or the end of the tree had stopped it
    restarted_with_group | it was stopped to be started again, with a sibling or by an operator
    start_refused        | a start that somebody asked for failed: the asker is told, nothing else happens
    start_failed         | a start of the first round failed: the supervisor fails
    supervisor_ends      | a cause that nobody may swallow, or a significant child: everyone stops
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal, TypeAlias

from attrs import frozen

from boocode.kernel.exits import describe, is_fatal
from boocode.kernel.spec import Budget, Restart
from boocode.kernel.state import (
    LIVE,
    Action,
    BackOff,
    Escalate,
    Exited,
    Kid,
    Kill,
    Phase,
    State,
    Status,
    Stop,
)

Verdict: TypeAlias = Literal[
    "restarted",
    "backing_off",
    "escalated",
    "left_stopped",
    "removed",
    "stopped_as_asked",
    "restarted_with_group",
    "start_refused",
    "start_failed",
    "supervisor_ends",
]
_CONSEQUENCES: Final = frozenset({"restarted", "backing_off", "escalated", "start_failed", "supervisor_ends"})
_REASON: Final = 300  # characters


@frozen
class Decision:
    """`due` on trio's clock. Children are named by id; of a restart `counting` includes it. `because`: why the
    supervisor was ending already."""

    verdict: Verdict
    supervisor: str
    strategy: str
    restart: Restart
    budget: Budget
    delay: float | None = None
    due: float | None = None
    counting: int | None = None
    also_stopped: tuple[str, ...] = ()
    also_started: tuple[str, ...] = ()
    because: str | None = None


def judge(
    before: State, event: Exited, after: State, actions: Sequence[Action], now: float
) -> Decision | None:
    """None for stale news: it was decided about nothing."""
    kid = before.kids.get(event.id)
    if kid is None or kid.incarnation != event.incarnation or kid.status not in LIVE:
        return None
    due = next(
        (action.due for action in actions if isinstance(action, BackOff) and action.id == kid.id), None
    )
    verdict = _verdict(before, kid, event, after, actions, due, now)
    strategy = "dynamic" if before.is_dynamic else before.strategy.value
    budget = before.window.budget
    if verdict not in _CONSEQUENCES:
        because = describe(before.exit)[:_REASON] if before.exit is not None else None
        return Decision(verdict, before.path, strategy, kid.restart, budget, because=because)
    return Decision(
        verdict,
        before.path,
        strategy,
        kid.restart,
        budget,
        delay=None if due is None else max(0.0, due - now),
        due=due,
        counting=after.window.count(now) if due is not None or verdict == "escalated" else None,
        also_stopped=_stopped(kid, after, actions),
        also_started=tuple(other for other in after.starts if other != kid.id),
    )


def _verdict(
    before: State,
    kid: Kid,
    event: Exited,
    after: State,
    actions: Sequence[Action],
    due: float | None,
    now: float,
) -> Verdict:
    if is_fatal(event.exit):
        return "supervisor_ends"
    if kid.status is Status.STOPPING or kid.id in before.stops or before.phase is Phase.STOPPING:
        return "restarted_with_group" if kid.id in before.starts else "stopped_as_asked"
    if any(isinstance(action, Escalate) for action in actions):
        return "escalated"
    if due is not None:
        return "restarted" if due <= now else "backing_off"
    if kid.status is Status.STARTING and kid.on_request:
        return "start_refused"
    if after.phase is not before.phase:
        return "start_failed" if kid.status is Status.STARTING else "supervisor_ends"
    return "left_stopped" if kid.id in after.kids else "removed"


def _stopped(kid: Kid, after: State, actions: Sequence[Action]) -> tuple[str, ...]:
    """Those in the queue, or, of a dynamic supervisor, all that are told at once."""
    told = [action.id for action in actions if isinstance(action, Stop | Kill)]
    return tuple(other for other in dict.fromkeys((*told, *after.stops)) if other != kid.id)
