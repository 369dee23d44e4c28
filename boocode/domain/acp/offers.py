"""What an agent session lets us choose: its model, its mode, how hard it thinks; and how each is set.

Models and modes come from their own fields (`session/set_model`, `session/set_mode`) or else from the config options
(`session/set_config_option`); the level of thinking is a config option of category `thought_level`. What is offered
may change while the session lives: with another model other levels, for example.
"""

from collections.abc import Iterable, Mapping
from typing import Literal, TypeAlias

from attrs import evolve, frozen

from boocode.domain.acp.messages import ConfigOption, SessionResult

SettingMethod: TypeAlias = Literal["session/set_model", "session/set_mode", "session/set_config_option"]
MAX_LISTED = 12
"""How many of the offered values a refusal names."""
_CATEGORIES = {
    "model": ("model",),
    "mode": ("mode",),
    "thinking": ("thought_level", "thinking", "effort", "reasoning_effort"),
}


@frozen
class Choice:
    """One setting that a session offers: how it is set, what may be chosen, what is chosen."""

    method: SettingMethod
    offered: tuple[tuple[str, str], ...]
    """(id, label), in the agent's order."""
    current: str | None
    config_id: str | None = None

    def offers(self, value: str) -> bool:
        return any(value == offered for offered, _ in self.offered)

    def find(self, asked: str) -> str | None:
        """The offered id that is meant: the id itself, or else id or label in another case."""
        if self.offers(asked):
            return asked
        meant = asked.casefold()
        return next((id_ for id_, label in self.offered if meant in (id_.casefold(), label.casefold())), None)

    def listed(self) -> str:
        """The offered ids, for people."""
        ids = [id_ for id_, _ in self.offered]
        more = f" and {len(ids) - MAX_LISTED} more" if len(ids) > MAX_LISTED else ""
        return ", ".join(ids[:MAX_LISTED]) + more

    def params(self, session_id: str, value: str) -> Mapping[str, object]:
        match self.method:
            case "session/set_model":
                return {"sessionId": session_id, "modelId": value}
            case "session/set_mode":
                return {"sessionId": session_id, "modeId": value}
            case "session/set_config_option":
                return {"sessionId": session_id, "configId": self.config_id, "value": value}

    def renewed(self, news: "Choice") -> "Choice":
        """After a change of the config options; one with a method of its own keeps it, and its ids if they differ."""
        if self.method == "session/set_config_option":
            return news
        if not any(self.offers(id_) for id_, _ in news.offered):
            return self
        return evolve(self, offered=news.offered, current=news.current)


@frozen
class Offer:
    """The settings of an agent session; None = the agent does not let us choose."""

    model: Choice | None = None
    mode: Choice | None = None
    thinking: Choice | None = None

    def renewed(self, news: "Offer") -> "Offer":
        """The offer after the config options, whole, have become `news`."""
        return Offer(
            _renewed(self.model, news.model),
            _renewed(self.mode, news.mode),
            _renewed(self.thinking, news.thinking),
        )


@frozen
class SettingsNote:
    """News of the session's config options: all of them, as they are now."""

    offer: Offer


def offer(result: SessionResult) -> Offer:
    """What the answer to session/new, load or resume offers."""
    configured = of_options(result.config_options or ())
    models = result.models if isinstance(result.models, Mapping) else {}
    modes = result.modes if isinstance(result.modes, Mapping) else {}
    model = _listed(
        "session/set_model", models.get("availableModels"), "modelId", models.get("currentModelId")
    )
    mode = _listed("session/set_mode", modes.get("availableModes"), "id", modes.get("currentModeId"))
    return Offer(model or configured.model, mode or configured.mode, configured.thinking)


def of_options(options: Iterable[ConfigOption]) -> Offer:
    """What config options offer, by their category or their id."""
    known = tuple(options)
    return Offer(_configured(known, "model"), _configured(known, "mode"), _configured(known, "thinking"))


def _renewed(old: Choice | None, news: Choice | None) -> Choice | None:
    if old is None:
        return news
    if news is None:  # an option that went away can be set no more; a method of its own stays
        return None if old.method == "session/set_config_option" else old
    return old.renewed(news)


def _listed(method: SettingMethod, raw: object, id_field: str, current: object) -> Choice | None:
    offered = tuple(_pairs(raw, id_field))
    return Choice(method, offered, _text(current)) if offered else None


def _configured(options: Iterable[ConfigOption], what: Literal["model", "mode", "thinking"]) -> Choice | None:
    names = _CATEGORIES[what]
    for option in options:
        fits = option.category in names if isinstance(option.category, str) else option.id in names
        if fits and option.type in (None, "select"):
            offered = tuple(_select_values(option.options))
            if offered:
                current = _text(option.current_value)
                return Choice("session/set_config_option", offered, current, option.id)
    return None


def _select_values(raw: object) -> Iterable[tuple[str, str]]:
    for item in raw if isinstance(raw, list) else ():
        inner = item.get("options") if isinstance(item, Mapping) else None
        yield from _select_values(inner) if isinstance(inner, list) else _pairs([item], "value")


def _pairs(raw: object, id_field: str) -> Iterable[tuple[str, str]]:
    for item in raw if isinstance(raw, list) else ():
        entry = item if isinstance(item, Mapping) else {}
        value = _text(entry.get(id_field))
        if value is not None:
            yield value, _text(entry.get("name")) or value


def _text(raw: object) -> str | None:
    return raw if isinstance(raw, str) and raw else None
