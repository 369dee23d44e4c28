"""What one read from an agent amounts to: decoded, mapped, still in the agent's order."""

from typing import Literal, TypeAlias

import msgspec
from attrs import frozen

from boocode.domain.acp.messages import (
    CreateTerminalParams,
    PermissionParams,
    ReadFileParams,
    RpcError,
    TerminalParams,
    WriteFileParams,
)
from boocode.domain.acp.offers import SettingsNote
from boocode.domain.acp.terminals import TerminalShown, TerminalText
from boocode.domain.acp.usage import UsageNote
from boocode.domain.events import AgentEvent

RequestId: TypeAlias = str | int


@frozen
class OwnWords:
    """The person's own words again, as a replayed history holds them: never shown, but a sign that there is one."""


Mapped: TypeAlias = AgentEvent | UsageNote | SettingsNote | TerminalShown | TerminalText | OwnWords
"""An event; or what becomes one by the turn's memory (tokens, money, a tool's terminal), says what may be chosen, or
is history."""


@frozen
class Updates:
    """Consecutive `session/update` notifications of one agent session. Its id may not be known to us yet."""

    session_id: str
    items: tuple[Mapped, ...]


@frozen
class Answer:
    """The agent's answer to a request of ours: `result` as undecoded JSON, or an error."""

    id: RequestId
    result: msgspec.Raw
    error: RpcError | None


@frozen
class AskedPermission:
    """The agent wants a decision; the request stays open until we answer `id`."""

    id: RequestId
    params: PermissionParams


@frozen
class AskedToRead:
    id: RequestId
    params: ReadFileParams


@frozen
class AskedToWrite:
    id: RequestId
    params: WriteFileParams


@frozen
class AskedToRun:
    """The agent wants a command to be run in a terminal."""

    id: RequestId
    params: CreateTerminalParams


@frozen
class AskedOfTerminal:
    """Something about a terminal that it has."""

    id: RequestId
    what: Literal["output", "wait_for_exit", "kill", "release"]
    params: TerminalParams


@frozen
class AskedUnknown:
    """A request that BooCode does not serve, or whose params do not fit; `problem` says which."""

    id: RequestId
    method: str
    problem: str | None = None


@frozen
class Garbage:
    """A line that is no JSON-RPC message: counted, shown once, ignored. `sample` is its beginning."""

    sample: str


AskedOfClient: TypeAlias = AskedToRead | AskedToWrite | AskedToRun | AskedOfTerminal
"""What is served from the worktree and our processes, without asking a person."""
Incoming: TypeAlias = Updates | Answer | AskedPermission | AskedOfClient | AskedUnknown | Garbage
