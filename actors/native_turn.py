"""What belongs to one turn of the native agent, from its request to its end. Not an actor: `native_turns` owns it."""

from collections.abc import Iterable

import trio
from attrs import define, field

from actors.native_questions import NativeQuestions
from actors.turn_delivery import TurnDelivery
from boocode.domain.acp.incoming import Mapped
from boocode.domain.acp.turn_fold import TurnFold
from boocode.kernel import MonitorId, ReplyTo
from boocode.ports.agents import StartTurn


@define(eq=False)
class NativeTurn:
    start: StartTurn
    reply: ReplyTo
    fold: TurnFold
    delivery: TurnDelivery
    listener: MonitorId
    questions: NativeQuestions
    scope: trio.CancelScope = field(factory=trio.CancelScope)
    """Around all that the turn does: a cancel ends the request to the model and the running tools."""
    is_started: bool = False
    """TurnStarted was said: now the listener is owed a TurnOver."""
    is_cancelling: bool = False
    is_over: bool = False
    doing: str = "preparing"
    """For the tree."""
    finish: str = ""
    """How the last answer of the model ended, in the endpoint's word."""
    steps: int = 0
    calls: int = 0
    _said: set[str] = field(factory=set)

    def say(self, items: Iterable[Mapped]) -> None:
        """What comes after the end, of a tool that could not be ended in time, is said to nobody."""
        if not self.is_over:
            self.delivery.put(self.fold.take(items))

    def begin_step(self) -> None:
        self.steps += 1
        self.doing, self.finish = "the model", ""

    def unsaid(self, words: str) -> tuple[str, ...]:
        """These words, unless this turn has said them."""
        fresh = () if words in self._said else (words,)
        self._said.add(words)
        return fresh

    async def keep_up(self) -> None:
        """Waits while the listener has more to take than it may keep waiting."""
        while self.delivery.is_full and not self.delivery.over.is_set():
            room = trio.Event()
            self.delivery.when_drained(room.set)
            await room.wait()
