"""Which children look different than before: for whoever watches the tree for a while.

A look walks the whole tree and compares a few fields of each child, at about a microsecond each; only what differs is
shown as a node. Time passing changes nothing: ages and uptimes are for the watcher to count. Messages handled are a
change only when they have doubled: looking itself makes some actors handle messages, and would go on for ever.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import trio

from boocode.kernel.incarnation import Incarnation
from boocode.kernel.introspect import UNRESPONSIVE_AFTER, Node, resident, shallow
from boocode.kernel.job import JobRun
from boocode.kernel.slot import Slot
from boocode.kernel.supervisor import Supervisor
from boocode.kernel.worker import Worker

_RSS_STEP: Final = 1 << 20  # bytes: a process that grew by less looks the same

_Glance = tuple[object, ...]


class Sampler:
    """What was last seen of each child of one tree. The first look is taken at once."""

    def __init__(self, root: Slot) -> None:
        self._root = root
        self._seen: dict[str, _Glance] = {}
        self.changes()

    def changes(self) -> tuple[tuple[Node, ...], tuple[str, ...]]:
        """Since the look before: who is new or looks different, in the tree's order and without children; and the
        paths at which nobody is any more, without those below them."""
        now = trio.current_time()
        before, after = self._seen, dict[str, _Glance]()
        changed: list[Node] = []
        for slot in _walk(self._root):
            glance = after[slot.path] = _glance(slot, now)
            if before.get(slot.path) != glance:
                changed.append(shallow(slot, now))
        self._seen = after
        gone = before.keys() - after.keys()
        return tuple(changed), tuple(sorted(path for path in gone if path.rpartition("/")[0] not in gone))


def _walk(slot: Slot) -> Iterator[Slot]:
    yield slot
    live = slot.live
    if isinstance(live, Supervisor):
        for kid in live.state.kids.in_order():
            yield from _walk(live.slots[kid.id])


def _glance(slot: Slot, now: float) -> _Glance:
    """Equal as long as a child looks the same."""
    live = slot.live
    if live is None:
        return (slot.number, slot.restarts, slot.due is None, slot.last_exit_at)
    if isinstance(live, Worker):
        box = live.mailbox
        depth = box.depth
        busy = live.busy_since
        return (
            live.started_at,
            live.is_ready,
            live.is_stopping,
            live.suspended,
            live.busy_with,
            live.blocked_on,
            None if live.waits_on is None else live.waits_on.path,
            live.handled.bit_length(),
            depth,
            box.since if depth else None,
            box.high_water,
            box.lost,
            busy,
            busy is not None and depth > 0 and now - busy > UNRESPONSIVE_AFTER,
            None if live.pid is None else _process(live.pid),
        )
    return _glance_at_others(live, now)


def _glance_at_others(live: Incarnation, now: float) -> _Glance:
    waits_on = None if live.waits_on is None else live.waits_on.path
    basic = (live.started_at, live.is_ready, live.is_stopping, live.suspended, live.busy_since, waits_on)
    if isinstance(live, Supervisor):
        return (*basic, live.state.window.count(now), live.state.window.times[-1:])
    if isinstance(live, JobRun):
        return (*basic, live.busy_with, live.blocked_on, None if live.pid is None else _process(live.pid))
    return basic


def _process(pid: int) -> tuple[int, int | None]:
    rss = resident(pid)
    return pid, None if rss is None else rss // _RSS_STEP
