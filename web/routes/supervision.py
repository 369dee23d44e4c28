"""The actor tree: looking at it, hearing of it, and the operator's four actions."""

from attrs import frozen

from actors.tree_view import iso, wall_clock, wire_node, wire_node_at
from boocode.contracts.frames import SUPERVISION_TOPIC
from boocode.contracts.requests import SupervisionEventsQuery
from boocode.contracts.supervision import DeadLetter, Node, OwnedProcess, Supervision, WarmPool
from boocode.kernel import DeadLetter as KernelDeadLetter
from boocode.kernel import KernelError
from boocode.ports.agents import ReadPool
from boocode.ports.broadcast import ReadHints
from boocode.ports.names import HUB, LOOP_PROBE, SESSION_POOL
from boocode.ports.processes import OwnedProcessInfo
from boocode.ports.supervision import ReadLag
from web.deps import EdgeDeps
from web.problems import not_found
from web.raw_json import RawJson
from web.routes.messages import EventPage, check_seq, frames_page
from web.routes.paging import MAX_EVENTS, page_limit
from web.routing import Call, Route

RECENT_LETTERS = 50


@frozen
class ActionDone:
    """The actor after the action; null when it is gone."""

    node: Node | None


async def look(deps: EdgeDeps, _: Call[None, None]) -> Supervision:
    letters = deps.system.dead_letters
    return Supervision(
        root=wire_node(deps.system.snapshot()),
        owned_processes=tuple(_process(process) for process in deps.processes.owned()),
        dead_letters=letters.total,
        recent_dead_letters=tuple(_letter(letter) for letter in letters.list()[-RECENT_LETTERS:]),
        loop_lag_ms=await _loop_lag(deps),
        pool=await _pool(deps),
    )


async def events(deps: EdgeDeps, call: Call[None, SupervisionEventsQuery]) -> RawJson:
    limit = page_limit(call.query.limit, MAX_EVENTS, MAX_EVENTS)
    check_seq(call.query.after, "after")
    hints = await deps.system.whereis(HUB).call(ReadHints(SUPERVISION_TOPIC, call.query.after, limit), 5.0)
    return frames_page(hints.frames, hints.last_seq)


async def restart(deps: EdgeDeps, call: Call[None, None]) -> ActionDone:
    _must_exist(deps, call["path"])
    await deps.system.restart(call["path"])
    return _done(deps, call["path"])


async def stop(deps: EdgeDeps, call: Call[None, None]) -> ActionDone:
    _must_exist(deps, call["path"])
    await deps.system.stop(call["path"])
    return _done(deps, call["path"])


async def suspend(deps: EdgeDeps, call: Call[None, None]) -> ActionDone:
    _must_exist(deps, call["path"])
    await deps.system.suspend(call["path"])
    return _done(deps, call["path"])


async def resume(deps: EdgeDeps, call: Call[None, None]) -> ActionDone:
    _must_exist(deps, call["path"])
    await deps.system.resume(call["path"])
    return _done(deps, call["path"])


async def _loop_lag(deps: EdgeDeps) -> float:
    """Looking must work when parts of the tree do not."""
    try:
        return await deps.system.whereis(LOOP_PROBE).call(ReadLag(), 1.0)
    except KernelError:
        return 0.0


async def _pool(deps: EdgeDeps) -> WarmPool | None:
    try:
        return await deps.system.whereis(SESSION_POOL).call(ReadPool(), 1.0)
    except KernelError:
        return None


def _must_exist(deps: EdgeDeps, path: str) -> None:
    if deps.system.find(path) is None:
        raise not_found("actor", path)


def _done(deps: EdgeDeps, path: str) -> ActionDone:
    return ActionDone(wire_node_at(deps.system, path))


def _process(process: OwnedProcessInfo) -> OwnedProcess:
    return OwnedProcess(
        pid=process.pid,
        pgid=process.pgid,
        label=process.label,
        command=process.command,
        started_at=iso(process.started_at),
        rss=process.rss,
    )


def _letter(letter: KernelDeadLetter) -> DeadLetter:
    return DeadLetter(
        at=iso(wall_clock(letter.at)),
        sender=letter.sender,
        target=letter.target,
        message_type=letter.message_type,
        reason=letter.reason,
    )


_ACTION_ERRORS = (404, 409)

ROUTES = (
    Route("GET", "/api/supervision", look, "The whole actor tree, now", Supervision),
    Route(
        "GET", "/api/supervision/events", events, "What happened in the tree", EventPage,
        query=SupervisionEventsQuery, errors=(422,),
    ),
    Route(
        "POST", "/api/supervision/actors/{path}/restart", restart, "Stop and start an actor", ActionDone,
        errors=_ACTION_ERRORS,
    ),
    Route(
        "POST", "/api/supervision/actors/{path}/stop", stop, "Stop an actor and leave it stopped", ActionDone,
        errors=_ACTION_ERRORS,
    ),
    Route(
        "POST", "/api/supervision/actors/{path}/suspend", suspend, "Hold an actor's messages", ActionDone,
        errors=_ACTION_ERRORS,
    ),
    Route(
        "POST", "/api/supervision/actors/{path}/resume", resume, "Let a suspended actor go on", ActionDone,
        errors=_ACTION_ERRORS,
    ),
)  # fmt: skip
