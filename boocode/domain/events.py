"""The event union: what any agent can tell us, whatever protocol it speaks.

Backend differences end at the adapter: a mapper turns a vendor's message into zero or more of these,
in the order in which the agent wrote them. They are values; nothing here knows a chat or a database.
"""

from collections.abc import Mapping
from typing import Literal, TypeAlias

from attrs import frozen

ToolStatus: TypeAlias = Literal["pending", "running", "completed", "failed"]
OptionKind: TypeAlias = Literal["allow_once", "allow_always", "reject_once", "reject_always"]


@frozen
class Text:
    """A piece of the answer, in order; pieces concatenate without separators."""

    text: str


@frozen
class Reasoning:
    """A piece of the agent's thinking, shown apart from the answer."""

    text: str


@frozen
class ToolDiff:
    """A file edit that a tool call shows: whole old and new text of one path (old None = new file)."""

    path: str
    old_text: str | None
    new_text: str


@frozen
class ToolCall:
    """A tool call becomes known. An id that is known already is treated as an update."""

    tool_call_id: str
    title: str
    kind: str = "other"
    status: ToolStatus = "pending"
    input: Mapping[str, object] | None = None
    output: str | None = None
    locations: tuple[str, ...] = ()
    diff: ToolDiff | None = None


@frozen
class ToolUpdate:
    """News of a tool call; None means unchanged. An unknown id creates the call."""

    tool_call_id: str
    title: str | None = None
    kind: str | None = None
    status: ToolStatus | None = None
    input: Mapping[str, object] | None = None
    output: str | None = None
    """The whole output so far, not a piece of it."""
    locations: tuple[str, ...] | None = None
    diff: ToolDiff | None = None


@frozen
class PlanEntry:
    content: str
    status: Literal["pending", "in_progress", "completed"] = "pending"
    priority: Literal["high", "medium", "low"] = "medium"


@frozen
class Plan:
    """The agent's plan, whole; each one replaces the one before."""

    entries: tuple[PlanEntry, ...]


@frozen
class Command:
    name: str
    description: str = ""


@frozen
class Commands:
    """The slash commands of the agent session, whole."""

    commands: tuple[Command, ...]


@frozen
class Usage:
    """Tokens and money of this turn so far; None = the agent does not say."""

    input_tokens: int | None = None
    output_tokens: int | None = None
    cost: float | None = None


@frozen
class ModeChanged:
    mode: str


@frozen
class ModelChanged:
    """The model that writes from now on."""

    model: str


@frozen
class PermissionOption:
    id: str
    label: str
    kind: OptionKind


@frozen
class PermissionAsked:
    """The agent waits for an answer. `request_key` is unique within the agent session's process."""

    request_key: str
    title: str
    tool: ToolCall
    options: tuple[PermissionOption, ...]


@frozen
class PermissionWithdrawn:
    """The agent no longer waits (it was cancelled, or it went on by itself)."""

    request_key: str


@frozen
class Notice:
    """Something a person should see in the transcript that is not the agent's own text."""

    text: str


AgentEvent: TypeAlias = (
    Text
    | Reasoning
    | ToolCall
    | ToolUpdate
    | Plan
    | Commands
    | Usage
    | ModeChanged
    | ModelChanged
    | PermissionAsked
    | PermissionWithdrawn
    | Notice
)

Cause: TypeAlias = Literal[
    "agent_error",
    "agent_died",
    "agent_start_failed",
    "agent_keeps_dying",
    "stalled",
    "cancelled",
    "log_full",
    "runtime_stopped",
    "runtime_died",
    "workspace_failed",
    "internal_error",
]


@frozen
class Completed:
    """The agent said that its turn is over; `stop_reason` is its own word (`end_turn`, `max_tokens`, …)."""

    stop_reason: str = "end_turn"


@frozen
class Cancelled:
    """A person cancelled; `rung` tells what was needed: the agent obeyed, or had to be given up or killed."""

    rung: Literal["before_start", "asked", "given_up", "killed"] = "asked"


@frozen
class Failed:
    """The turn failed with an answer from the agent or from BooCode; `message` is for people."""

    cause: Cause
    message: str


@frozen
class Interrupted:
    """The turn was cut off: something died or was stopped under it; `message` is for people."""

    cause: Cause
    message: str


Outcome: TypeAlias = Completed | Cancelled | Failed | Interrupted
"""How a turn ends: exactly one of these, once."""
