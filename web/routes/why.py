"""Why an actor ended: its recent ends with causes, decisions and what was lost. It answers for those that are gone."""

from itertools import islice
from typing import Final

from actors.event_view import wire_decision
from actors.tree_view import iso_clock, wire_node_at
from boocode.contracts.crashes import Cause, ExitReport, LastMessage, Why
from boocode.kernel import Crash, Entry
from web.deps import EdgeDeps
from web.lost_turns import Endings, told
from web.problems import not_found
from web.routing import Call, Route

MAX_EXITS: Final = 20


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
        decision=wire_decision(exit.decision, when) if exit.decision is not None else None,
        last_messages=_messages(crash) if crash is not None else (),
        was_doing=exit.doing,
        turns=await told(deps.store, endings.tasks_lost_with(exit)),
        is_detailed=crash is not None or exit.exit_kind != "crashed",
    )


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
