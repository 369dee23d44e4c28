"""Monitors: `Down` exactly once for each, with the typed exit; at once when the target is already gone.

A watcher keeps its own monitors, a target those that watch it. A `Down` that is already queued when its monitor is
taken back is discarded at delivery, because delivery takes the monitor off the watcher's list first.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Final, NewType

from attrs import frozen

from boocode.kernel.exits import Exit, Shutdown

if TYPE_CHECKING:
    from boocode.kernel.incarnation import Incarnation
    from boocode.kernel.slot import Slot
    from boocode.kernel.worker import Worker

MonitorId = NewType("MonitorId", int)

_ids: Final = itertools.count(1)
_NEVER_RAN: Final = Shutdown("not running")


@frozen
class Down:
    """The target of `monitor` is gone; `incarnation` is 0 when there never was one."""

    monitor: MonitorId
    path: str
    incarnation: int
    exit: Exit


def watch(watcher: Worker, slot: Slot) -> MonitorId:
    """Tell `watcher` once when the present incarnation at `slot` is gone."""
    monitor = MonitorId(next(_ids))
    target = slot.live
    if watcher.watching is None:
        watcher.watching = {}
    watcher.watching[monitor] = target
    if target is None:
        watcher.tell_down(Down(monitor, slot.path, slot.number, slot.last_exit or _NEVER_RAN))
    else:
        if target.watchers is None:
            target.watchers = {}
        target.watchers[monitor] = watcher
    return monitor


def unwatch(watcher: Worker, monitor: MonitorId) -> None:
    """From now on nothing arrives for `monitor`, not even what is queued."""
    if watcher.watching is None:
        return
    target = watcher.watching.pop(monitor, None)
    if target is not None and target.watchers is not None:
        target.watchers.pop(monitor, None)


def unwatch_all(watcher: Worker) -> None:
    for monitor in list(watcher.watching or ()):
        unwatch(watcher, monitor)


def announce(target: Incarnation, exit: Exit) -> None:
    """Send every watcher of `target` its Down."""
    watchers, target.watchers = target.watchers, None
    for monitor, watcher in (watchers or {}).items():
        watcher.tell_down(Down(monitor, target.path, target.number, exit))
