"""The kernel's journal as clients see it. Not an actor."""

from itertools import islice
from typing import Final

from actors.decision_words import words
from actors.tree_view import Iso, iso, iso_clock, subject_of, wall_clock, wire_node_at
from boocode.contracts.codec import encode_body, wire_frame
from boocode.contracts.crashes import Decision
from boocode.contracts.frames import SUPERVISION_TOPIC, SupervisionEvent, WireFrame
from boocode.kernel import Decision as KernelDecision
from boocode.kernel import Entry, System

MAX_COMPANIONS: Final = 100
"""Of those who go or come with an actor."""


def event_frame(system: System, entry: Entry, *, with_node: bool = True) -> WireFrame:
    """The frame of one entry, with its number and its time."""
    body = wire_event(system, entry, with_node=with_node)
    return wire_frame(
        SUPERVISION_TOPIC, entry.number, body.type, iso(wall_clock(entry.at)), encode_body(body)
    )


def wire_event(system: System, entry: Entry, *, with_node: bool = True) -> SupervisionEvent:
    """`node` is the actor as it is now."""
    assert entry.kind != "message"
    due_in = entry.extra.get("due_in")
    return SupervisionEvent(
        path=entry.path,
        event=entry.kind,
        reason=_reason(entry),
        incarnation=entry.incarnation,
        node=wire_node_at(system, entry.path) if with_node else None,
        exit_kind=entry.exit_kind,
        duration_s=None if entry.duration is None else round(entry.duration, 3),
        due_in_s=round(due_in, 3) if isinstance(due_in, float) else None,
        decision=wire_decision(entry.decision, iso_clock()) if entry.decision is not None else None,
        is_notable=entry.is_notable,
        subject=subject_of(entry.path, entry.doing),
    )


def wire_decision(decision: KernelDecision, when: Iso) -> Decision:
    above = decision.supervisor
    return Decision(
        verdict=decision.verdict,
        words=words(decision),
        supervisor=above,
        strategy=decision.strategy,
        restart=decision.restart.value,
        max_restarts=decision.budget.max_restarts,
        period_s=decision.budget.period,
        delay_s=None if decision.delay is None else round(decision.delay, 3),
        restart_at=None if decision.due is None else when(decision.due),
        restarts_counting=decision.counting,
        also_stopped=tuple(f"{above}/{id_}" for id_ in islice(decision.also_stopped, MAX_COMPANIONS)),
        also_started=tuple(f"{above}/{id_}" for id_ in islice(decision.also_started, MAX_COMPANIONS)),
    )


def _reason(entry: Entry) -> str | None:
    due_in = entry.extra.get("due_in")
    if isinstance(due_in, float) and entry.kind == "backing_off":
        return f"restarts in {due_in:.2f} s"
    if entry.reason is not None:
        return entry.reason
    reason = entry.extra.get("reason")
    return None if reason is None else str(reason)
