"""A mailbox: two lanes, one consumer.

Rules owned here:

* the control lane goes first and is never full; the data lane is bounded and has a written overflow rule;
* FIFO within a lane; a stop goes to the very front;
* the consumer parks once (`wait`) and then takes without waiting, at most `BURST` entries between two
  checkpoints: one checkpoint a message would pin every mailbox at the scheduler's pace, and let N producers
  outrun one consumer, because it would take one message for each pass over all of them;
* a caller that meets a full data lane waits beside it and moves in when there is room (its timeout covers the
  waiting); casts follow the overflow rule.

A mailbox knows nothing of actors, dead letters or errors: `offer` says what was lost, its owner says to whom.
Not a trio channel: closing a receive channel would drop its buffer unseen.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import trio
from trio.lowlevel import Abort, current_task, reschedule, wait_task_rescheduled

from boocode.kernel.spec import MailboxSpec, Overflow

if TYPE_CHECKING:
    from boocode.kernel.calls import Call
    from boocode.kernel.incarnation import Incarnation

BURST: Final = 64  # entries taken between two checkpoints

# (message, sender, tag): the tag is None for a cast, else what the consumer has to know (a Call, a Timer, …).
# A plain tuple, because building one is the larger part of a cast.
Entry: TypeAlias = "tuple[Any, Incarnation | None, Any]"

_NOTHING: Final[deque[Entry]] = deque(maxlen=0)  # shared: an unused lane costs no memory


class Mailbox:
    """Two lanes and the place where their consumer parks."""

    __slots__ = (
        "_control",
        "_data",
        "_parked",
        "_waiting",
        "capacity",
        "held",
        "high_water",
        "lost",
        "overflow",
        "since",
    )

    def __init__(self, spec: MailboxSpec) -> None:
        self.capacity = spec.capacity
        self.overflow = spec.overflow
        self.held = False  # suspended: data stays, control passes
        self.high_water = 0
        self.lost = 0  # by overflow
        self.since = 0.0  # the oldest queued entry has waited at least since then
        self._control = _NOTHING
        self._data = _NOTHING
        self._waiting: dict[Call, Entry] | None = None
        self._parked: trio.lowlevel.Task | None = None

    # -- producers -----------------------------------------------------------------------------------------

    def offer(self, entry: Entry) -> Entry | None:
        """Queue a cast. Returns what was lost by it: None, the oldest entry, or `entry` itself."""
        data = self._data
        depth = len(data)
        if depth >= self.capacity:
            self.lost += 1
            if self.overflow is not Overflow.DROP_OLDEST:
                return entry
            lost = data.popleft()
            data.append(entry)
            return lost
        if not depth:
            data = self._first_entry()
        data.append(entry)
        if depth >= self.high_water:
            self.high_water = depth + 1
        if self._parked is not None and not self.held:
            self._wake()
        return None

    def offer_call(self, call: Call, entry: Entry) -> None:
        """Queue a call, or let it wait for room; `withdraw` takes it back from there."""
        if len(self._data) >= self.capacity:
            if self._waiting is None:
                self._waiting = {}
            self._waiting[call] = entry
        else:
            self.offer(entry)

    def withdraw(self, call: Call) -> None:
        """Forget a call that still waits for room; one that is queued stays queued."""
        if self._waiting is not None:
            self._waiting.pop(call, None)

    def force(self, entry: Entry) -> None:
        """Queue in the data lane whatever its depth: for timers, whose number their owner bounds."""
        if not self._data:
            self._first_entry()
        self._data.append(entry)
        self.high_water = max(self.high_water, len(self._data))
        if self._parked is not None and not self.held:
            self._wake()

    def control(self, entry: Entry, *, first: bool = False) -> None:
        """Queue in the control lane; `first` overtakes even the others there."""
        if self._control is _NOTHING:
            self._control = deque()
        if first:
            self._control.appendleft(entry)
        else:
            self._control.append(entry)
        self.nudge()

    def nudge(self) -> None:
        """Wake the consumer so that it looks again."""
        if self._parked is not None:
            self._wake()

    # -- the consumer --------------------------------------------------------------------------------------

    async def wait(self) -> None:
        """Checkpoint, and return once something may be taken. One consumer only."""
        if self._control or (self._data and not self.held):
            await trio.lowlevel.checkpoint()
            return
        if self._parked is not None:
            raise RuntimeError("a mailbox has one consumer, and it is waiting already")
        self._parked = current_task()
        await wait_task_rescheduled(self._abort)

    def take(self) -> Entry | None:
        """The next entry, control first; None when there is nothing to take. Does not wait."""
        if self._control:
            return self._control.popleft()
        if self.held or not self._data:
            return None
        if self._waiting:
            return self._take_and_admit()
        return self._data.popleft()

    async def get(self) -> Entry:
        """The next entry; always checkpoints."""
        while True:
            await self.wait()
            entry = self.take()
            if entry is not None:
                return entry

    def close(self) -> list[Entry]:
        """Empty the mailbox; what it held goes to the caller, who owes everyone an answer."""
        rest = [*self._control, *self._data, *(self._waiting or {}).values()]
        self._control = self._data = _NOTHING
        self._waiting = None
        return rest

    @property
    def depth(self) -> int:
        """Queued entries, both lanes and the calls that wait for room."""
        return len(self._control) + len(self._data) + len(self._waiting or ())

    # -- inside --------------------------------------------------------------------------------------------

    def _first_entry(self) -> deque[Entry]:
        if self._data is _NOTHING:
            self._data = deque()
        if self._parked is None or self.held:
            self.since = trio.current_time()
        return self._data

    def _take_and_admit(self) -> Entry:
        assert self._waiting
        entry = self._data.popleft()
        self._data.append(self._waiting.pop(next(iter(self._waiting))))
        return entry

    def _wake(self) -> None:
        task, self._parked = self._parked, None
        assert task is not None
        reschedule(task)

    def _abort(self, _: Any) -> Abort:
        self._parked = None
        return Abort.SUCCEEDED


class CoalescingMailbox(Mailbox):
    """A data lane that holds one message a key: a newer one takes the older one's place in the queue.

    A key of None never coalesces. When the lane is full, a new key drops the oldest entry.
    """

    __slots__ = ("_key", "_queued", "coalesced")

    def __init__(self, spec: MailboxSpec) -> None:
        super().__init__(spec)
        assert spec.coalesce_key is not None
        self.overflow = Overflow.DROP_OLDEST
        self.coalesced = 0
        self._key = spec.coalesce_key
        self._queued: dict[Hashable, list[Any]] = {}

    def offer(self, entry: Entry) -> Entry | None:
        key = self._key_of(entry)
        if key is None:
            return self._dropped(super().offer(entry))
        queued = self._queued.get(key)
        if queued is not None:
            queued[:] = (*entry[:2], _Keyed(key))
            self.coalesced += 1
            return None
        slot = [*entry[:2], _Keyed(key)]
        self._queued[key] = slot
        return self._dropped(super().offer(slot))  # type: ignore[arg-type]  # a list where it may still change

    def take(self) -> Entry | None:
        return self._dropped(super().take())

    def close(self) -> list[Entry]:
        self._queued.clear()
        return [entry for entry in map(self._dropped, super().close()) if entry is not None]

    def _key_of(self, entry: Entry) -> Hashable:
        if entry[2] is not None:
            return None
        try:
            key = self._key(entry[0])
            hash(key)
        except Exception:  # noqa: BLE001 - a cast never raises for what its receiver's key function cannot take
            return None
        return key

    def _dropped(self, entry: Entry | None) -> Entry | None:
        if entry is not None and isinstance(entry[2], _Keyed):
            self._queued.pop(entry[2].key, None)
            return (entry[0], entry[1], None)
        return entry


class _Keyed:
    __slots__ = ("key",)

    def __init__(self, key: Hashable) -> None:
        self.key = key


def make_mailbox(spec: MailboxSpec) -> Mailbox:
    return CoalescingMailbox(spec) if spec.overflow is Overflow.COALESCE else Mailbox(spec)
