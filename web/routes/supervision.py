"""The actor tree: looking at it, hearing of it, and the operator's four actions."""

import time
from contextlib import suppress
from itertools import islice

import trio
from attrs import define, frozen

from actors.event_view import event_frame
from actors.tree_view import iso, wall_clock, wire_node, wire_node_at
from boocode.contracts.requests import SupervisionEventsQuery
from boocode.contracts.supervision import DeadLetter, Node, OwnedProcess, Supervision, WarmPool
from boocode.kernel import DeadLetter as KernelDeadLetter
from boocode.kernel import Entry, KernelError, StartFailed
from boocode.ports.agents import ReadPool
from boocode.ports.names import LOOP_PROBE, SESSION_POOL
from boocode.ports.processes import OwnedProcessInfo
from boocode.ports.supervision import ReadLag
from web.deps import EdgeDeps
from web.problems import ApiError, not_found
from web.raw_json import RawJson
from web.routes.messages import EventPage, check_seq, frames_page
from web.routes.paging import MAX_EVENTS, page_limit
from web.routing import Call, Route

RECENT_LETTERS = 50
ASK_S = 0.5
NEWEST = 100
"""Of events, when the newest are asked for and it is not said how many."""
MANY = 200
"""More events than these come without a look at each actor."""


@frozen
class ActionDone:
    """The actor after the action; null when it is gone."""

    node: Node | None


async def look(deps: EdgeDeps, _: Call[None, None]) -> Supervision:
    others = _Others()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(others.ask_lag, deps)
        nursery.start_soon(others.ask_pool, deps)
    letters = deps.system.dead_letters
    return Supervision(  # no await from here on: the tree is that of `seq`
        root=wire_node(deps.system.snapshot()),
        owned_processes=tuple(_process(process) for process in deps.processes.owned()),
        dead_letters=letters.total,
        recent_dead_letters=tuple(_letter(letter) for letter in letters.list()[-RECENT_LETTERS:]),
        loop_lag_ms=others.loop_lag_ms,
        pool=others.pool,
        seq=deps.system.journal.last,
        at=iso(time.time()),
    )


async def events(deps: EdgeDeps, call: Call[None, SupervisionEventsQuery]) -> RawJson:
    query, journal = call.query, deps.system.journal
    limit = page_limit(query.limit, NEWEST if query.newest_first else MAX_EVENTS, MAX_EVENTS)
    check_seq(query.after, "after")
    check_seq(query.before or 0, "before")
    order = journal.newest if query.newest_first else journal.entries
    found = tuple(islice((entry for entry in order(notable=query.notable) if _fits(entry, query)), limit))
    with_node = len(found) <= MANY
    frames = tuple(event_frame(deps.system, entry, with_node=with_node) for entry in found)
    return frames_page(frames, journal.last)


def _fits(entry: Entry, query: SupervisionEventsQuery) -> bool:
    in_time = entry.number > query.after and (query.before is None or entry.number < query.before)
    return in_time and (query.path is None or f"{entry.path}/".startswith(f"{query.path}/"))


async def restart(deps: EdgeDeps, call: Call[None, None]) -> ActionDone:
    path = call["path"]
    _seen(deps, path)
    try:
        await deps.system.restart(path)
    except StartFailed as error:
        cause = f"{type(error.cause).__name__}: {error.cause}"
        raise ApiError(409, "start_failed", f"{path} was restarted and did not start: {cause}") from error
    return _done(deps, path)


async def stop(deps: EdgeDeps, call: Call[None, None]) -> ActionDone:
    path = call["path"]
    if _seen(deps, path).state == "dead":
        raise ApiError(409, "not_running", f"{path} is stopped already. A restart brings it back.")
    await deps.system.stop(path)
    return _done(deps, path)


async def suspend(deps: EdgeDeps, call: Call[None, None]) -> ActionDone:
    path = call["path"]
    if _seen(deps, path).state == "suspended":
        raise ApiError(409, "already_suspended", f"{path} is suspended already. Resume lets it go on.")
    await deps.system.suspend(path)
    return _done(deps, path)


async def resume(deps: EdgeDeps, call: Call[None, None]) -> ActionDone:
    path = call["path"]
    node = _seen(deps, path)
    if node.kind == "worker" and node.state not in ("suspended", "dead"):
        raise ApiError(409, "not_suspended", f"{path} is not suspended: it is {node.state}.")
    await deps.system.resume(path)
    return _done(deps, path)


@define
class _Others:
    """What only others know. Looking must work when parts of the tree do not."""

    loop_lag_ms: float = 0.0
    pool: WarmPool | None = None

    async def ask_lag(self, deps: EdgeDeps) -> None:
        with suppress(KernelError):
            self.loop_lag_ms = await deps.system.whereis(LOOP_PROBE).call(ReadLag(), ASK_S)

    async def ask_pool(self, deps: EdgeDeps) -> None:
        with suppress(KernelError):
            self.pool = await deps.system.whereis(SESSION_POOL).call(ReadPool(), ASK_S)


def _seen(deps: EdgeDeps, path: str) -> Node:
    node = wire_node_at(deps.system, path)
    if node is None:
        raise not_found("actor", path)
    return node


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
