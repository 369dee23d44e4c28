"""The kernel's view of the tree as clients see it: trio's clock becomes the wall clock."""

import math
import time
from datetime import UTC, datetime

import trio
from attrs import evolve

from boocode import kernel
from boocode.contracts.supervision import ExitInfo, MailboxInfo, Node, ProcessInfo
from boocode.kernel.introspect import snapshot

NO_MAILBOX = MailboxInfo(0, 0, 0, None)
MAX_ERROR_CHARS = 8_000


def iso(at: float) -> str:
    """Seconds since the epoch as ISO 8601 UTC with milliseconds."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def wall_clock(at: float) -> float:
    """A moment on trio's clock, in seconds since the epoch."""
    return time.time() - (trio.current_time() - at)


def wire_node(node: kernel.Node) -> Node:
    """The whole sub-tree."""
    children: tuple[Node, ...] = tuple(wire_node(child) for child in node.children)
    return evolve(_shallow(node), children=children)


def wire_node_at(system: kernel.System, path: str) -> Node | None:
    """One actor as it is now, without its children; None when it is gone."""
    ref = system.find(path)
    return None if ref is None else _shallow(snapshot(ref.slot))


def _shallow(node: kernel.Node) -> Node:
    box, process, last, due = node.mailbox, node.process, node.last_exit, node.next_restart_due
    return Node(
        path=node.path,
        name=node.name,
        kind=node.kind,
        type=node.type,
        state=node.state,
        strategy=node.strategy,
        incarnation=node.incarnation,
        restarts=node.restarts,
        mailbox=MailboxInfo(box.depth, box.high_water, box.capacity, box.oldest_ms, box.lost)
        if box is not None
        else NO_MAILBOX,
        handled=node.handled,
        uptime_s=round(node.uptime_s, 3),
        busy_s=round(node.busy_s, 3),
        process=ProcessInfo(process.pid, process.rss) if process is not None else None,
        last_exit=ExitInfo(last.kind, last.reason, iso(wall_clock(last.at))) if last is not None else None,
        restarts_in_window=node.restarts_in_window,
        next_restart_in_s=None
        if due is None or math.isinf(due)
        else round(max(0.0, due - trio.current_time()), 3),
        waits_for=node.waits_for,
        is_responsive=node.is_responsive,
        last_error=node.last_error[-MAX_ERROR_CHARS:] if node.last_error else None,
    )
