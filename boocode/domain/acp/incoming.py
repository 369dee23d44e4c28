"""What one read from an agent amounts to: decoded, mapped, still in the agent's order."""

from typing import TypeAlias

import msgspec
from attrs import frozen

from boocode.domain.acp.messages import PermissionParams, ReadFileParams, RpcError, WriteFileParams
from boocode.domain.acp.offers import SettingsNote
from boocode.domain.acp.usage import UsageNote
from boocode.domain.events import AgentEvent

RequestId: TypeAlias = str | int
Mapped: TypeAlias = AgentEvent | UsageNote | SettingsNote
"""An event; or news of tokens and money, which only the turn's meter can turn into one, or of what may be chosen."""


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
class AskedUnknown:
    """A request that BooCode does not serve, or whose params do not fit; `problem` says which."""

    id: RequestId
    method: str
    problem: str | None = None


@frozen
class Garbage:
    """A line that is no JSON-RPC message: counted, shown once, ignored. `sample` is its beginning."""

    sample: str


Incoming: TypeAlias = Updates | Answer | AskedPermission | AskedToRead | AskedToWrite | AskedUnknown | Garbage
