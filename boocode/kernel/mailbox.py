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

_REFUSING: Final = frozenset({Overflow.REJECT, Overflow.DROP_NEWEST})
_NOTHING: Final[deque[Entry]] = deque(maxlen=0)  # shared: an unused lane costs no memory


class Mailbox:
    """Two lanes and the place where their consumer parks.

    `data`, `is_plain` and `mark` are open to the owner's inner loops, which a method call a message would double:
    while `0 < len(data) < room`, a cast may be appended to `data` as it is (somebody else's entry has woken the
    consumer; mind `high_water`); while `is_plain`, the next entry is `data.popleft()`. What is unusual clears them.
    """

    __slots__ = (
        "_control",
        "_parked",
        "_waiting",
        "capacity",
        "data",
        "held",
        "high_water",
        "is_plain",
        "is_sealed",
        "is_watched",
        "lost",
        "overflow",
        "room",
        "since",
    )

    def __init__(self, spec: MailboxSpec) -> None:
        self.capacity = spec.capacity
        self.overflow = spec.overflow
        self.held = False  # suspended: data stays, control passes
        self.is_plain = True
        self.is_sealed = False  # refuses what comes, keeps what it has
        self.is_watched = False  # the owner wants `take` for every entry
        self.room = spec.capacity  # 0 when nothing may be appended past `offer`
        self.high_water = 0
        self.lost = 0  # by overflow
        self.since = 0.0  # the oldest queued entry has waited at least since then
        self.data = _NOTHING
        self._control = _NOTHING
        self._waiting: dict[Call, Entry] | None = None
        self._parked: trio.lowlevel.Task | None = None

    # -- producers -----------------------------------------------------------------------------------------

    def offer(self, entry: Entry) -> Entry | None:
        """Queue a cast. Returns what was lost by it: None, the oldest entry, or `entry` itself."""
        depth = len(self.data)
        if depth >= self.capacity:
            self.lost += 1
            if self.overflow in _REFUSING:
                return entry
            lost = self.data.popleft()
            self.data.append(entry)
            return lost
        self._append(entry, depth)
        return None

    def offer_call(self, call: Call, entry: Entry) -> None:
        """Queue a call, or let it wait for room; `withdraw` takes it back from there."""
        depth = len(self.data)
        if depth < self.capacity:
            self._append(entry, depth)
            return
        if self._waiting is None:
            self._waiting = {}
        self._waiting[call] = entry
        self.is_plain = False

    def withdraw(self, call: Call) -> None:
        """Forget a call that still waits for room; one that is queued stays queued."""
        if self._waiting is not None:
            self._waiting.pop(call, None)

    def force(self, entry: Entry) -> None:
        """Queue in the data lane whatever its depth: for timers, whose number their owner bounds."""
        self._append(entry, len(self.data))

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
        """Make the consumer look again: something other than data has changed."""
        self.is_plain = False
        if self._parked is not None:
            self._wake()

    def seal(self) -> None:
        """From now on the owner takes nothing from outside."""
        self.is_sealed = True
        self.room = 0

    def watch(self, on: bool) -> None:
        """Let every entry go through `take`, or not any more."""
        self.is_watched = on
        self.is_plain = False

    # -- the consumer --------------------------------------------------------------------------------------

    async def wait(self) -> None:
        """Checkpoint, and return once something may be taken. One consumer only."""
        if self._control or (self.data and not self.held):
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
        if self.held or not self.data:
            return None
        entry = self.data.popleft()
        if self._waiting:
            self.data.append(self._waiting.pop(next(iter(self._waiting))))
        else:
            self.is_plain = not self.is_watched
        return entry

    async def get(self) -> Entry:
        """The next entry; always checkpoints."""
        while True:
            await self.wait()
            entry = self.take()
            if entry is not None:
                return entry

    def close(self) -> list[Entry]:
        """Empty the mailbox; what it held goes to the caller, who owes everyone an answer."""
        rest = [*self._control, *self.data, *(self._waiting or {}).values()]
        self.seal()
        self._control = self.data = _NOTHING
        self._waiting = None
        return rest

    @property
    def depth(self) -> int:
        """Queued entries, both lanes and the calls that wait for room."""
        return len(self._control) + len(self.data) + len(self._waiting or ())

    # -- inside --------------------------------------------------------------------------------------------

    def _append(self, entry: Entry, depth: int) -> None:
        if not depth:
            if self.data is _NOTHING:
                self.data = deque()
            if self._parked is None or self.held:
                self.since = trio.current_time()
        self.data.append(entry)
        if depth >= self.high_water:
            self.high_water = depth + 1
        if self._parked is not None and not self.held:
            self._wake()

    def _wake(self) -> None:
        task, self._parked = self._parked, None
        assert task is not None
        reschedule(task)

    def _abort(self, _: Any) -> Abort:
        self._parked = None
        return Abort.SUCCEEDED
