"""What an agent session knows of its agent between turns. Not an actor: the session owns it."""

from collections.abc import Iterable

from attrs import define

from boocode.domain.acp.handshake import Choice, Offer
from boocode.domain.acp.incoming import Mapped
from boocode.domain.acp.turn_fold import TurnFold
from boocode.domain.acp.usage import UsageNote
from boocode.domain.events import Commands, ModeChanged, ModelChanged


@define
class SessionFacts:
    agent_session_id: str
    offer: Offer
    cost: float | None
    """Cumulative over the agent session as far as it told; None = resumed, what it had cost is unknown."""
    model: str | None = None
    mode: str | None = None
    default_model: str | None = None
    default_mode: str | None = None
    """What the agent had chosen by itself: what a turn gets that asks for nothing."""
    commands: Commands | None = None
    commands_told: bool = False

    @classmethod
    def opened(cls, agent_session_id: str, offer: Offer, *, resumed: bool) -> "SessionFacts":
        model, mode = _current(offer.model), _current(offer.mode)
        return cls(agent_session_id, offer, None if resumed else 0.0, model, mode, model, mode)

    def new_fold(self) -> TurnFold:
        return TurnFold(cost_before=self.cost, model=self.model, mode=self.mode)

    def learn_from(self, fold: TurnFold) -> None:
        """After a turn: what it changed stays."""
        self.model, self.mode = fold.model, fold.mode
        if fold.meter.cost_now is not None:
            self.cost = fold.meter.cost_now

    def take(self, items: Iterable[Mapped]) -> int:
        """What the agent says outside a turn: facts are kept, the number of what is dropped is returned."""
        dropped = 0
        for item in items:
            match item:
                case Commands():
                    self.commands = item
                    self.commands_told = False
                case ModelChanged(model=model):
                    self.model = model
                case ModeChanged(mode=mode):
                    self.mode = mode
                case UsageNote(scope="session", cost=float(cost)):
                    self.cost = cost
                case _:
                    dropped += 1
        return dropped


def _current(choice: Choice | None) -> str | None:
    return choice.current if choice is not None else None
