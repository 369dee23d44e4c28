"""What an agent session knows of its agent between turns. Not an actor: the session owns it."""

from collections.abc import Iterable
from typing import Literal, TypeAlias

from attrs import define, field

from boocode.domain.acp.incoming import Mapped
from boocode.domain.acp.messages import ConfigOption
from boocode.domain.acp.offers import Choice, Offer, SettingsNote, of_options
from boocode.domain.acp.turn_fold import TurnFold
from boocode.domain.acp.usage import UsageNote
from boocode.domain.events import Commands, ModeChanged, ModelChanged

Setting: TypeAlias = Literal["model", "mode", "thinking"]


@define
class SessionFacts:
    agent_session_id: str
    offer: Offer
    cost: float | None
    """Cumulative over the agent session as far as it told; None = resumed, what it had cost is unknown."""
    model: str | None = None
    mode: str | None = None
    thinking: str | None = None
    commands: Commands | None = None
    commands_told: bool = False
    _defaults: dict[Setting, str | None] = field(factory=dict)
    """What the agent had chosen by itself: what a turn gets that asks for nothing."""

    @classmethod
    def opened(cls, agent_session_id: str, offer: Offer, *, resumed: bool) -> "SessionFacts":
        model, mode, thinking = _current(offer.model), _current(offer.mode), _current(offer.thinking)
        facts = cls(agent_session_id, offer, None if resumed else 0.0, model, mode, thinking)
        facts._defaults = {"model": model, "mode": mode, "thinking": thinking}
        return facts

    def choice(self, what: Setting) -> Choice | None:
        match what:
            case "model":
                return self.offer.model
            case "mode":
                return self.offer.mode
            case "thinking":
                return self.offer.thinking

    def value(self, what: Setting) -> str | None:
        match what:
            case "model":
                return self.model
            case "mode":
                return self.mode
            case "thinking":
                return self.thinking

    def default(self, what: Setting) -> str | None:
        return self._defaults.get(what)

    def choose(self, what: Setting, value: str) -> None:
        """The agent took this."""
        match what:
            case "model":
                self.model = value
            case "mode":
                self.mode = value
            case "thinking":
                self.thinking = value

    def renew(self, options: Iterable[ConfigOption]) -> None:
        """The answer to session/set_config_option: all options, as they are now."""
        self.notice(SettingsNote(of_options(options)))

    def notice(self, item: Mapped) -> None:
        """Also within a turn: news of what may be chosen from now on."""
        if isinstance(item, SettingsNote):
            self.offer = self.offer.renewed(item.offer)
            self.thinking = _current(item.offer.thinking) or self.thinking

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
                case SettingsNote():
                    self.notice(item)
                case UsageNote(scope="session", cost=float(cost)):
                    self.cost = cost
                case _:
                    dropped += 1
        return dropped


def _current(choice: Choice | None) -> str | None:
    return choice.current if choice is not None else None
