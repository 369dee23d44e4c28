"""What belongs to one turn with Claude, from its request to its end. Not an actor: `claude_turns` owns it."""

from collections.abc import Iterable

import trio
from attrs import define, field

from actors.claude_questions import ClaudeQuestions
from actors.turn_delivery import TurnDelivery
from boocode.domain.acp.cancelling import CancelLadder
from boocode.domain.acp.turn_fold import TurnFold
from boocode.domain.claude.mapper import Mapped
from boocode.domain.events import Notice
from boocode.kernel import MonitorId, ReplyTo
from boocode.ports.agents import StartTurn


@define(eq=False)
class ClaudeTurn:
    start: StartTurn
    reply: ReplyTo
    fold: TurnFold
    delivery: TurnDelivery
    listener: MonitorId
    questions: ClaudeQuestions
    prompt_id: str | None = None
    """Set when the prompt goes out; from then on Claude owes a result."""
    is_started: bool = False
    """TurnStarted was said: now the listener is owed a TurnOver."""
    ladder: CancelLadder | None = None
    """Set when Claude was asked to stop."""
    called: set[str] = field(factory=set)
    """Tool calls that came whole."""
    news: trio.Event = field(factory=trio.Event)
    over: trio.Event = field(factory=trio.Event)
    noticed: set[str] = field(factory=set)

    @property
    def is_cancelling(self) -> bool:
        return self.ladder is not None

    def unsaid(self, events: Iterable[Mapped]) -> list[Mapped]:
        """Without the notices that were said before: what goes wrong may do so with every message."""
        fresh = [event for event in events if not isinstance(event, Notice) or event.text not in self.noticed]
        self.noticed |= {event.text for event in fresh if isinstance(event, Notice)}
        return fresh

    def tell(self) -> None:
        """Wakes who waits for anything about this turn."""
        self.news.set()
        self.news = trio.Event()
