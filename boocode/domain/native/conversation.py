"""What the agent remembers of a conversation: entries in order, kept as they were said, whatever a model's dialect."""

from typing import TypeAlias

from attrs import frozen


@frozen
class CallAsked:
    """A tool call as the model wrote it; `arguments` is its JSON text, unread."""

    id: str
    name: str
    arguments: str


@frozen
class UserSaid:
    text: str


@frozen
class AssistantSaid:
    """One answer of the model. Its calls are answered by the ToolSaid entries behind it."""

    text: str = ""
    reasoning: str = ""
    calls: tuple[CallAsked, ...] = ()


@frozen
class ToolSaid:
    """What came of one call, in words for the model."""

    call_id: str
    name: str
    text: str
    failed: bool = False
    told: tuple[str, ...] = ()
    """Keys of news that this result brings: they are not told again (see `Told.key`)."""


@frozen
class Told:
    """Something BooCode tells the model on its own, for example what came of a sub-task."""

    text: str
    key: str = ""
    """Of what it tells, so that nothing is told twice."""


@frozen
class Compacted:
    """The summary that takes the place of everything before it; what it replaced is not said any more."""

    text: str


Entry: TypeAlias = UserSaid | AssistantSaid | ToolSaid | Told | Compacted
