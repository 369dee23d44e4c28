"""From the agent's first answers: what it can do, and what to ask it next.

    initialize → traits → openings(): resume? load? new → `offers.offer` → choices before each prompt

A session is resumed by session/resume where it is offered (no replay), else by session/load (replays the
history, which is suppressed); an agent may advertise one and not have it, so every way that fails falls to
the next, and the last one is a new session.
"""

from collections.abc import Mapping
from typing import Literal, TypeAlias

from attrs import frozen

from boocode.domain.acp.messages import InitializeResult

PROTOCOL_VERSION = 1
Opening: TypeAlias = Literal["resume", "load", "new"]

METHOD_OF_OPENING: Mapping[Opening, str] = {
    "resume": "session/resume",
    "load": "session/load",
    "new": "session/new",
}


def initialize_params(version: str) -> Mapping[str, object]:
    """What BooCode serves to an agent: files and terminals, inside the worktree."""
    return {
        "protocolVersion": PROTOCOL_VERSION,
        "clientCapabilities": {"fs": {"readTextFile": True, "writeTextFile": True}, "terminal": True},
        "clientInfo": {"name": "boocode", "title": "BooCode", "version": version},
    }


@frozen
class Traits:
    """What `initialize` tells of an agent."""

    can_load: bool = False
    can_resume: bool = False
    name: str | None = None
    version: str | None = None

    @property
    def wants_missing_as_empty(self) -> bool:
        """Gemini CLI (seen in 0.61.0) reads a file through us before it makes it, and takes no error for an answer:
        it could make no new file."""
        return self.name == "gemini-cli"


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


def _mapping(raw: object) -> Mapping[str, object]:
    return raw if isinstance(raw, Mapping) else {}


def _text(raw: object) -> str | None:
    return raw if isinstance(raw, str) and raw else None
