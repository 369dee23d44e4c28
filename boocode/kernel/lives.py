"""From a factory to an incarnation: what kind of life it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from boocode.kernel.actor import Actor, Job
from boocode.kernel.errors import SpecError
from boocode.kernel.exits import Exit
from boocode.kernel.incarnation import Host, Incarnation
from boocode.kernel.job import JobRun
from boocode.kernel.worker import Worker

if TYPE_CHECKING:
    from boocode.kernel.mailbox import Entry
    from boocode.kernel.slot import Slot


def incarnate(slot: Slot, number: int, host: Host, factory: Callable[[], object]) -> Incarnation:
    """A new incarnation of the actor or job that `factory` makes; a factory that fails is a failed start."""
    try:
        body = factory()
    except Exception as error:  # noqa: BLE001 - a child's failure, not its supervisor's
        return _Stillborn(slot, number, host, error)
    if isinstance(body, Actor):
        return Worker(slot, number, host, body)
    if isinstance(body, Job):
        return JobRun(slot, number, host, body)
    found = f"{slot.path}: its factory returned {type(body).__name__}, not an Actor or a Job"
    return _Stillborn(slot, number, host, SpecError(found))


class _Stillborn(Incarnation):
    """A life that fails at once, with the error of its factory."""

    __slots__ = ("_error",)

    def __init__(self, slot: Slot, number: int, host: Host, error: Exception) -> None:
        super().__init__(slot, number, host)
        self._error = error

    async def _live(self) -> Exit:
        raise self._error

    def deliver(self, entry: Entry) -> None:
        sender = entry[1].path if entry[1] is not None else None
        letters = self.slot.system.dead_letters
        letters.record(entry[0], sender=sender, target=self.path, reason="died")

    def request_stop(self, exit: Exit) -> None:
        self.abort_start(exit)
