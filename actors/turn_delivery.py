"""The way of one turn's events to its listener: in order, in batches, and then exactly one TurnOver.

The listener's reply to a batch is the flow control. While it is busy, what arrives joins into one next batch; past
a bound the session stops reading, which makes the agent wait. Not an actor: `run` is a helper task of the session.
"""

from collections.abc import Callable, Iterable

import trio

from boocode.domain.events import AgentEvent, Outcome, Reasoning, Text, ToolCall, ToolUpdate
from boocode.kernel import CallTimeout, KernelError, Ref
from boocode.ports.agents import TurnEvents, TurnOver

FULL_CHARS = 512 * 1024
"""What may wait for the listener before the agent has to."""
_EVENT_CHARS = 200
"""What an event counts for beside its text."""


class TurnDelivery:
    def __init__(self, task_id: str, listener: Ref, timeout: float) -> None:
        self.over = trio.Event()
        """Everything was said, TurnOver included; or there is nobody to say it to."""
        self._task_id = task_id
        self._listener = listener
        self._timeout = timeout
        self._waiting: list[AgentEvent] = []
        self._size = 0
        self._outcome: Outcome | None = None
        self._after: trio.Event | None = None
        self._is_muted = False
        self._beats = False
        self._more = trio.Event()
        self._when_drained: list[Callable[[], None]] = []

    @property
    def is_full(self) -> bool:
        return self._size > FULL_CHARS

    def put(self, events: Iterable[AgentEvent]) -> None:
        if self.over.is_set() or self._is_muted:
            return
        for event in events:
            self._size += _size(event)
            last = self._waiting[-1] if self._waiting else None
            if isinstance(event, Text) and isinstance(last, Text):
                self._waiting[-1] = Text(last.text + event.text)
            elif isinstance(event, Reasoning) and isinstance(last, Reasoning):
                self._waiting[-1] = Reasoning(last.text + event.text)
            else:
                self._waiting.append(event)
        self._more.set()

    def put_first(self, events: Iterable[AgentEvent]) -> None:
        """Before everything that waits; for what was known before the prompt went out."""
        self._waiting[:0] = events
        self._more.set()

    def beat(self) -> None:
        """Nothing to say, but the turn goes on: an empty batch, unless another one comes first."""
        self._beats = not self._is_muted
        self._more.set()

    def mute(self) -> None:
        """The listener does not take events any more: it is told of the end alone."""
        self._is_muted, self._beats = True, False
        self._waiting, self._size = [], 0
        self._drained()

    def finish(self, outcome: Outcome, after: trio.Event | None = None) -> None:
        """No event comes after this; the first outcome counts, and is told once `after` is set."""
        if self._outcome is None:
            self._outcome = outcome
            self._after = after
            self._more.set()

    def when_drained(self, then: Callable[[], None]) -> None:
        """Calls `then` once there is room again."""
        self._when_drained.append(then)

    async def run(self) -> None:
        """Raises KernelError when the listener cannot be reached or does not answer in time."""
        try:
            while not self.over.is_set() and (self._waiting or self._outcome is None):
                if not self._waiting and not self._beats:
                    self._more = trio.Event()
                    await self._more.wait()
                    continue
                batch, self._waiting, self._size, self._beats = tuple(self._waiting), [], 0, False
                self._drained()
                await self._listener.call(TurnEvents(self._task_id, batch), timeout=self._timeout)
            if self._outcome is not None:
                if self._after is not None:
                    await self._after.wait()
                self._say_over(self._outcome)
        finally:
            self._drained()

    def give_up(self) -> None:
        """The session dies and the listener did not take the rest in time: it hears of the end all the same."""
        if self._outcome is not None:
            self._say_over(self._outcome)

    def abandon(self) -> None:
        """There is nobody to say it to: what waits and what comes is dropped."""
        self.over.set()
        self._waiting, self._size = [], 0
        self._drained()
        self._more.set()

    def _say_over(self, outcome: Outcome) -> None:
        if not self.over.is_set():
            self.over.set()
            self._listener.cast(TurnOver(self._task_id, outcome))

    def _drained(self) -> None:
        waiting, self._when_drained = self._when_drained, []
        for then in waiting:
            then()


async def deliver(delivery: TurnDelivery, lost: Callable[[], None]) -> None:
    """Runs a delivery to its end; calls `lost` when its listener is gone, or does not take a batch in time."""
    try:
        try:
            await delivery.run()
        except CallTimeout:
            delivery.mute()
            lost()
            await delivery.run()
    except KernelError:
        delivery.abandon()
        lost()


def _size(event: AgentEvent) -> int:
    match event:
        case Text(text=text) | Reasoning(text=text):
            return len(text)
        case ToolCall(output=output, diff=diff) | ToolUpdate(output=output, diff=diff):
            shown = len(diff.new_text) + len(diff.old_text or "") if diff is not None else 0
            return _EVENT_CHARS + len(output or "") + shown
        case _:
            return _EVENT_CHARS
