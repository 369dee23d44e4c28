"""The kernel's view of the tree as clients see it: trio's clock becomes the wall clock. Not an actor."""

import math
import re
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

import trio

from boocode import kernel
from boocode.contracts.supervision import ExitInfo, Fuse, MailboxInfo, Node, ProcessInfo, Subject
from boocode.kernel.introspect import shallow

NO_MAILBOX: Final = MailboxInfo(0, 0, 0, None)
MAX_ERROR_CHARS: Final = 8_000
_SESSION: Final = re.compile(r"/([^/]+)-(chat_[^-/]+)-[\d.]+(?:/|$)")
_SERVER: Final = re.compile(r"/opencode/servers/([^/]+)-[\d.]+(?:/|$)")
_TASK: Final = re.compile(r"\b(task_[0-9a-f]+)\b")

Iso = Callable[[float], str]
"""A moment on trio's clock as ISO 8601 UTC."""


def iso(at: float) -> str:
    """Seconds since the epoch as ISO 8601 UTC with milliseconds."""
    ms = round(at * 1000)
    return f"{_second(ms // 1000)}.{ms % 1000:03d}Z"


@lru_cache(maxsize=1024)
def _second(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S")


class _Clocks:
    """How far the wall clock is ahead of trio's. Kept until it is off by more than `slack` seconds: the same moment
    must not be told as another one each time somebody asks."""

    def __init__(self, slack: float) -> None:
        self._slack = slack
        self._ahead = 0.0

    def ahead(self) -> float:
        ahead = time.time() - trio.current_time()
        if abs(ahead - self._ahead) > self._slack:
            self._ahead = ahead
        return self._ahead


_clocks: Final = _Clocks(slack=0.02)


def wall_clock(at: float) -> float:
    """A moment on trio's clock, in seconds since the epoch."""
    return at + _clocks.ahead()


def iso_clock() -> Iso:
    """For many moments at once."""
    ahead = _clocks.ahead()
    return lambda at: iso(at + ahead)


def wire_node(node: kernel.Node) -> Node:
    """The whole sub-tree."""
    return _deep(node, trio.current_time(), iso_clock())


def wire_node_at(system: kernel.System, path: str) -> Node | None:
    """One actor as it is now, without its children; None when it is gone."""
    ref = system.find(path)
    return None if ref is None else wire_nodes((shallow(ref.slot, trio.current_time()),))[0]


def wire_nodes(nodes: tuple[kernel.Node, ...]) -> tuple[Node, ...]:
    """Each as it is, without its children."""
    now, when = trio.current_time(), iso_clock()
    return tuple(_wire(node, now, when, ()) for node in nodes)


def _deep(node: kernel.Node, now: float, when: Iso) -> Node:
    return _wire(node, now, when, tuple(_deep(child, now, when) for child in node.children))


def _wire(node: kernel.Node, now: float, when: Iso, children: tuple[Node, ...]) -> Node:
    box, process, last, due, budget = (
        node.mailbox,
        node.process,
        node.last_exit,
        node.next_restart_due,
        node.budget,
    )
    if due is not None and math.isinf(due):
        due = None
    return Node(
        path=node.path,
        name=node.name,
        kind=node.kind,
        type=node.type,
        state=node.state,
        strategy=node.strategy,
        incarnation=node.incarnation,
        restarts=node.restarts,
        mailbox=_mailbox(box, when) if box is not None else NO_MAILBOX,
        handled=node.handled,
        uptime_s=round(node.uptime_s, 3),
        busy_s=round(node.busy_s, 3),
        process=ProcessInfo(process.pid, process.rss) if process is not None else None,
        last_exit=ExitInfo(last.kind, last.reason, when(last.at)) if last is not None else None,
        restarts_in_window=node.restarts_in_window,
        next_restart_in_s=None if due is None else round(max(0.0, due - now), 3),
        waits_for=node.waits_for,
        is_responsive=node.is_responsive,
        last_error=node.last_error[-MAX_ERROR_CHARS:] if node.last_error else None,
        fuse=Fuse(budget.max_restarts, budget.period, tuple(map(when, budget.expires)))
        if budget is not None
        else None,
        restart=node.restart,
        started_at=when(node.started_at) if node.started_at is not None else None,
        busy_since=when(node.busy_since) if node.busy_since is not None else None,
        next_restart_at=when(due) if due is not None else None,
        subject=subject_of(node.path, node.waits_for),
        children=children,
    )


def _mailbox(box: kernel.MailboxView, when: Iso) -> MailboxInfo:
    since = when(box.since) if box.since is not None else None
    return MailboxInfo(box.depth, box.high_water, box.capacity, box.oldest_ms, box.lost, since)


@lru_cache(maxsize=4096)
def subject_of(path: str, doing: str | None = None) -> Subject | None:
    """Whom an actor at this place works for; `doing` is what it has declared to be doing."""
    task = _TASK.search(path) or (_TASK.search(doing) if doing else None)
    session, server = _SESSION.search(path), _SERVER.search(path)
    if session is not None:
        return Subject(session[1], session[2], task[1] if task is not None else None)
    if server is not None:
        return Subject(agent=server[1])
    return Subject(task_id=task[1]) if task is not None else None
