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

_THOUSANDTHS: Final = tuple(f".{ms:03d}Z" for ms in range(1000))

Iso = Callable[[float], str]
"""A moment on trio's clock as ISO 8601 UTC."""


def iso(at: float) -> str:
    """Seconds since the epoch as ISO 8601 UTC with milliseconds."""
    ms = int(at * 1000 + 0.5)
    return _second(ms // 1000) + _THOUSANDTHS[ms % 1000]


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
    """Without names: a tree has thousands, and names double the time."""
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
        node.path,
        node.name,
        node.kind,
        node.type,
        node.state,
        node.strategy,
        node.incarnation,
        node.restarts,
        NO_MAILBOX if box is None else _mailbox(box, when),
        node.handled,
        _rounded(node.uptime_s),
        _rounded(node.busy_s) if node.busy_s else 0.0,
        None if process is None else ProcessInfo(process.pid, process.rss),
        None if last is None else ExitInfo(last.kind, last.reason, when(last.at)),
        node.restarts_in_window,
        None if due is None else _rounded(max(0.0, due - now)),
        node.waits_for,
        node.is_responsive,
        node.last_error[-MAX_ERROR_CHARS:] if node.last_error else None,
        None
        if budget is None
        else Fuse(budget.max_restarts, budget.period, tuple(map(when, budget.expires))),
        node.restart,
        None if node.started_at is None else when(node.started_at),
        None if node.busy_since is None else when(node.busy_since),
        None if due is None else when(due),
        subject_of(node.path, node.waits_for),
        children,
    )


def _rounded(seconds: float) -> float:
    """To milliseconds; three times as fast as `round`."""
    return int(seconds * 1000 + 0.5) / 1000


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
