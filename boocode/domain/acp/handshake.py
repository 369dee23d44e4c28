"""From the agent's first answers: what it can do, what it offers, and what to ask it next.

    initialize → traits → opening(): resume? load? new → offer → choices() before each prompt

A session is resumed by session/resume where it is offered (no replay), else by session/load (replays the
history, which is suppressed); an agent may advertise one and not have it, so every way that fails falls to
the next, and the last one is a new session.
"""

from collections.abc import Iterable, Mapping
from typing import Literal, TypeAlias

from attrs import frozen

from boocode.domain.acp.messages import ConfigOption, InitializeResult, SessionResult

PROTOCOL_VERSION = 1
Opening: TypeAlias = Literal["resume", "load", "new"]

METHOD_OF_OPENING: Mapping[Opening, str] = {
    "resume": "session/resume",
    "load": "session/load",
    "new": "session/new",
}


def initialize_params(version: str) -> Mapping[str, object]:
    """What BooCode serves to an agent: files inside the worktree, no terminals."""
    return {
        "protocolVersion": PROTOCOL_VERSION,
        "clientCapabilities": {"fs": {"readTextFile": True, "writeTextFile": True}, "terminal": False},
        "clientInfo": {"name": "boocode", "title": "BooCode", "version": version},
    }


@frozen
class Traits:
    """What `initialize` tells of an agent."""

    can_load: bool = False
    can_resume: bool = False
    name: str | None = None
    version: str | None = None


def traits(result: InitializeResult) -> Traits:
    capabilities = _mapping(result.agent_capabilities)
    sessions = _mapping(capabilities.get("sessionCapabilities"))
    info = _mapping(result.agent_info)
    return Traits(
        can_load=capabilities.get("loadSession") is True,
        can_resume=sessions.get("resume") not in (None, False),
        name=_text(info.get("name")),
        version=_text(info.get("version")),
    )


def openings(known: Traits, resume_id: str | None) -> tuple[Opening, ...]:
    """The ways to a session, to be tried in this order."""
    if resume_id is None:
        return ("new",)
    ways: list[Opening] = []
    if known.can_resume:
        ways.append("resume")
    if known.can_load:
        ways.append("load")
    return (*ways, "new")


@frozen
class Choice:
    """One setting that a session offers: how it is set, what may be chosen, what is chosen."""

    method: Literal["session/set_model", "session/set_mode", "session/set_config_option"]
    offered: tuple[tuple[str, str], ...]
    """(id, label), in the agent's order."""
    current: str | None
    config_id: str | None = None

    def offers(self, value: str) -> bool:
        return any(value == offered for offered, _ in self.offered)

    def params(self, session_id: str, value: str) -> Mapping[str, object]:
        match self.method:
            case "session/set_model":
                return {"sessionId": session_id, "modelId": value}
            case "session/set_mode":
                return {"sessionId": session_id, "modeId": value}
            case "session/set_config_option":
                return {"sessionId": session_id, "configId": self.config_id, "value": value}


@frozen
class Offer:
    """The settings of an agent session; None = the agent does not let us choose."""

    model: Choice | None = None
    mode: Choice | None = None


def offer(result: SessionResult) -> Offer:
    """Reads models and modes from their own fields, or else from the config options."""
    options = result.config_options or ()
    models = _mapping(result.models)
    modes = _mapping(result.modes)
    return Offer(
        model=_listed(
            "session/set_model", models.get("availableModels"), "modelId", models.get("currentModelId")
        )
        or _configured(options, "model"),
        mode=_listed("session/set_mode", modes.get("availableModes"), "id", modes.get("currentModeId"))
        or _configured(options, "mode"),
    )


def _listed(
    method: Literal["session/set_model", "session/set_mode"], raw: object, id_field: str, current: object
) -> Choice | None:
    offered = tuple(_pairs(raw, id_field))
    return Choice(method, offered, _text(current)) if offered else None


def _configured(options: Iterable[ConfigOption], what: str) -> Choice | None:
    for option in options:
        if what in (option.category, option.id) and option.type in (None, "select"):
            offered = tuple(_select_values(option.options))
            if offered:
                current = _text(option.current_value)
                return Choice("session/set_config_option", offered, current, option.id)
    return None


def _select_values(raw: object) -> Iterable[tuple[str, str]]:
    for item in raw if isinstance(raw, list) else ():
        inner = _mapping(item).get("options")
        yield from _select_values(inner) if isinstance(inner, list) else _pairs([item], "value")


def _pairs(raw: object, id_field: str) -> Iterable[tuple[str, str]]:
    for item in raw if isinstance(raw, list) else ():
        entry = _mapping(item)
        value = _text(entry.get(id_field))
        if value is not None:
            yield value, _text(entry.get("name")) or value


def _mapping(raw: object) -> Mapping[str, object]:
    return raw if isinstance(raw, Mapping) else {}


def _text(raw: object) -> str | None:
    return raw if isinstance(raw, str) and raw else None
