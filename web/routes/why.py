"""Why an actor ended: its recent ends with causes, decisions and what was lost. It answers for those that are gone."""

from itertools import islice
from typing import Final

from attrs import evolve

from actors.event_view import wire_decision
from actors.tree_view import Iso, iso_clock, wire_node_at
from boocode.contracts.crashes import Cause, Decision, ExitReport, LastMessage, Why
from boocode.kernel import Crash, Entry, Journal
from web.deps import EdgeDeps
from web.lost_turns import Endings, told
from web.problems import not_found
from web.routing import Call, Route

MAX_EXITS: Final = 20
EVICTED_S: Final = 30.0
"""The end of an evicted one comes within this time."""


async def why(deps: EdgeDeps, call: Call[None, None]) -> Why:
    path, system = call["path"], deps.system
    endings = Endings(system.journal)
    exits = tuple(islice(endings.of(path), MAX_EXITS))
    node = wire_node_at(system, path)
    if node is None and not exits:
        raise not_found("actor", path)
    return Why(path, node, tuple([await _report(deps, endings, each) for each in exits]))


async def _report(deps: EdgeDeps, endings: Endings, exit: Entry) -> ExitReport:
    crash = deps.system.crash_log.find(exit.path, exit.incarnation, exit.at)
    when = iso_clock()
    assert exit.exit_kind is not None
    return ExitReport(
        seq=exit.number,
        at=when(exit.at),
        incarnation=exit.incarnation,
        event="exited" if exit.kind == "exited" else "start_failed",
        kind=exit.exit_kind,
        reason=exit.reason or "",
        uptime_s=round(exit.duration, 3) if exit.duration is not None and exit.kind == "exited" else None,
        causes=_causes(crash) if crash is not None else (),
        decision=_decision(deps.system.journal, exit, when),
        last_messages=_messages(crash) if crash is not None else (),
        was_doing=exit.doing,
        turns=await told(deps.store, endings.tasks_lost_with(exit)),
        is_detailed=crash is not None or exit.exit_kind != "crashed",
    )


def _decision(journal: Journal, exit: Entry, when: Iso) -> Decision | None:
    """The supervisor only knows that it was told to stop the one that a pool sent away; the pool has said why."""
    if exit.decision is None:
        return None
    decision = wire_decision(exit.decision, when)
    reason = _eviction(journal, exit) if decision.verdict == "stopped_as_asked" else None
    return decision if reason is None else evolve(decision, words=f"It was sent away: {reason}.")


def _eviction(journal: Journal, exit: Entry) -> str | None:
    for entry in journal.newest(notable=True):
        is_here = f"{exit.path}/".startswith(f"{entry.path}/")
        if entry.kind == "evicted" and is_here and 0.0 <= exit.at - entry.at <= EVICTED_S:
            return str(entry.extra.get("reason", ""))
    return None


def _causes(crash: Crash) -> tuple[Cause, ...]:
    return tuple(
        Cause(cause.relation, cause.depth, cause.type, cause.message, cause.notes, cause.traceback)
        for cause in crash.causes
    )


def _messages(crash: Crash) -> tuple[LastMessage, ...]:
    return tuple(LastMessage(message.type, message.text) for message in crash.messages)


ROUTES = (
    Route(
        "GET", "/api/supervision/actors/{path}", why, "Why an actor ended, recently", Why, errors=(404,)
    ),
)  # fmt: skip
