"""The place for the one turn that an agent session runs: who is in it, who waits for it, what is still being said.

Every backend leads its turns through one. Its rule: a StartTurn that was answered with TurnStarted is followed by
exactly one TurnOver, after all events; a refused one by nothing. Not an actor: the session owns it.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Generic, Protocol, TypeVar

import trio

from actors.turn_delivery import TurnDelivery, deliver
from boocode.kernel import Context, MonitorId, ReplyTo
from boocode.ports.agents import AgentStartFailed, AgentUnruly, StartTurn

LAST_WORDS_S = 2.0
"""How long a dying session waits for its listener to take the last events."""


class LedTurn(Protocol):
    """What every backend's own turn holds."""

    @property
    def start(self) -> StartTurn: ...
    @property
    def reply(self) -> ReplyTo: ...
    @property
    def delivery(self) -> TurnDelivery: ...
    @property
    def listener(self) -> MonitorId: ...
    @property
    def is_started(self) -> bool:
        """TurnStarted was said: now the listener is owed a TurnOver."""
        ...

    @property
    def is_cancelling(self) -> bool: ...


T = TypeVar("T", bound=LedTurn)


class TurnSlot(Generic[T]):
    """`begin` makes a turn of a StartTurn and enters it, or refuses it; `obstacle` says why no turn may begin now."""

    def __init__(
        self,
        ctx: Context,
        label: str,
        phase: str,
        begin: Callable[[StartTurn, ReplyTo], None],
        obstacle: Callable[[], str | None] = lambda: None,
    ) -> None:
        self.turn: T | None = None
        self._ctx = ctx
        self._label = label
        self._phase = phase
        self._begin = begin
        self._obstacle = obstacle
        self._next: tuple[StartTurn, ReplyTo] | None = None
        self._deliveries: set[TurnDelivery] = set()

    # In and out

    def ask_for(self, start: StartTurn, reply: ReplyTo) -> None:
        """Begins a turn; behind one that is being cancelled it waits for its place."""
        turn = self.turn
        if words := self._obstacle():
            reply.fail(AgentStartFailed(self._phase, words))
        elif turn is None:
            self._begin(start, reply)
        elif turn.is_cancelling and self._next is None:
            self._next = (start, reply)
        else:
            words = f"{self._label} works on another turn of this chat ({turn.start.task_id})."
            reply.fail(AgentStartFailed(self._phase, words))

    def enter(self, turn: T) -> None:
        self.turn = turn
        self._ctx.set_busy(True, f"turn {turn.start.task_id}")

    def leave(self, turn: T) -> None:
        """The turn is over, or was never started; whoever waits is next."""
        self.turn = None
        self._ctx.demonitor(turn.listener)
        self._ctx.set_busy(False)
        if self._next is not None:
            (start, reply), self._next = self._next, None
            self.ask_for(start, reply)

    # Finding

    def to_cancel(self, task_id: str) -> T | None:
        """The turn of this task, unless it is over or being cancelled already."""
        turn = self.turn
        return None if turn is None or turn.start.task_id != task_id or turn.is_cancelling else turn

    def listener_gone(self, monitor: MonitorId, cancel: Callable[[str], None]) -> None:
        """If that was the listener of the turn: nobody hears it any more, and it is cancelled."""
        turn = self.turn
        if turn is not None and turn.listener == monitor:
            turn.delivery.abandon()
            cancel(turn.start.task_id)

    # Saying

    async def deliver(self, turn: T, lost: Callable[[], None]) -> None:
        """Until the listener has heard everything, TurnOver included; `lost` when it cannot hear any more."""
        self._deliveries.add(turn.delivery)
        await deliver(turn.delivery, lost)
        self._deliveries.discard(turn.delivery)

    # The session dies

    def fail_unstarted(self, words: str) -> None:
        """Refuses, in words, the turns that were not started yet."""
        waiting = [self._next[1]] if self._next is not None else []
        self._next = None
        if self.turn is not None and not self.turn.is_started:
            waiting.append(self.turn.reply)
        for reply in waiting:
            reply.fail(AgentStartFailed(self._phase, words))

    @contextmanager
    def telling_who_waits(self) -> Iterator[None]:
        """Around what may find that the agent has to go: whoever waits behind the cancelled turn hears why."""
        try:
            yield
        except AgentUnruly as error:
            self.fail_unstarted(f"{self._label} had to be ended: {error}.")
            raise

    async def last_words(self, end: Callable[[T], None]) -> None:
        """Ends the running turn by `end` and waits until its listener has heard everything; when that takes too
        long, TurnOver is said without the rest."""
        self._next = None
        with trio.move_on_after(LAST_WORDS_S):
            if self.turn is not None and self.turn.is_started:
                end(self.turn)
            for delivery in tuple(self._deliveries):
                await delivery.over.wait()
        for delivery in tuple(self._deliveries):
            delivery.give_up()
