"""What a Claude session knows of its agent between turns. Not an actor: the session owns it."""

from collections.abc import Iterable

from attrs import define

from boocode.domain.acp.turn_fold import TurnFold
from boocode.domain.acp.usage import UsageNote
from boocode.domain.claude.mapper import Mapped
from boocode.domain.events import Commands, ModeChanged, ModelChanged
from boocode.ports.claude import ClaudeOffer


@define
class ClaudeFacts:
    agent_session_id: str
    offer: ClaudeOffer
    more_models: tuple[str, ...] = ()
    """Offered by the configuration beside what Claude lists."""
    default_model: str | None = None
    """What its environment says; None = its own choice."""
    model: str | None = None
    """The one that wrote last, by its full name."""
    mode: str | None = None
    cost: float = 0.0
    """Of this process so far: each counts anew, also when it resumes a conversation."""
    commands_told: bool = False

    def offers_model(self, model: str) -> bool:
        return model in self.more_models or any(model == offered.id for offered in self.offer.models)

    def new_fold(self) -> TurnFold:
        return TurnFold(cost_before=self.cost, model=self.model, mode=self.mode)

    def learn_from(self, fold: TurnFold) -> None:
        self.model, self.mode = fold.model, fold.mode
        if fold.meter.cost_now is not None:
            self.cost = fold.meter.cost_now

    def take(self, items: Iterable[Mapped]) -> int:
        """What Claude says outside a turn: facts are kept, the number of what is dropped is returned."""
        dropped = 0
        for item in items:
            match item:
                case ModelChanged(model=model):
                    self.model = model
                case ModeChanged(mode=mode):
                    self.mode = mode
                case UsageNote(scope="session", cost=float(cost)):
                    self.cost = cost
                case Commands() | UsageNote():
                    pass
                case _:
                    dropped += 1
        return dropped
