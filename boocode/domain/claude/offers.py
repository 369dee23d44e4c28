"""What Claude says that can be chosen when it is asked (`initialize`). What cannot be read is left out."""

from collections.abc import Iterable, Mapping

from attrs import frozen

from boocode.domain.events import Command

NOT_CHOSEN = "default"
"""The name under which Claude lists the model that it takes when none is chosen."""


@frozen
class ClaudeModel:
    id: str
    label: str
    thinking: tuple[str, ...] = ()
    """The levels of effort, as Claude calls them; empty: that cannot be chosen."""


def models_in(answer: Mapping[str, object]) -> tuple[ClaudeModel, ...]:
    return tuple(
        ClaudeModel(id_, _text(entry.get("displayName")) or id_, _texts(entry.get("supportedEffortLevels")))
        for entry in _entries(answer.get("models"))
        if (id_ := _text(entry.get("value")))
    )


def commands_in(answer: Mapping[str, object]) -> tuple[Command, ...]:
    return tuple(
        Command(name, _text(entry.get("description")))
        for entry in _entries(answer.get("commands"))
        if (name := _text(entry.get("name")))
    )


def thinking_with(models: Iterable[ClaudeModel], id_: str | None) -> tuple[str, ...]:
    """The levels with this model; with one that is not listed (its name comes from an environment or a file), those
    of the model that is taken when none is chosen."""
    known = {model.id: model.thinking for model in models}
    return known.get(id_ or NOT_CHOSEN, known.get(NOT_CHOSEN, ()))


def _entries(raw: object) -> tuple[Mapping[str, object], ...]:
    return tuple(entry for entry in raw if isinstance(entry, Mapping)) if isinstance(raw, list) else ()


def _texts(raw: object) -> tuple[str, ...]:
    return tuple(each for each in raw if isinstance(each, str)) if isinstance(raw, list) else ()


def _text(raw: object) -> str:
    return raw if isinstance(raw, str) else ""
