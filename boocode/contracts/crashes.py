"""Why an actor ended: the causes, what its supervisor decided, what went down with it."""

from typing import Literal, TypeAlias

from attrs import frozen

from boocode.contracts.supervision import ExitKind, Node, RestartPolicy

Relation: TypeAlias = Literal["raised", "cause", "context", "part"]
"""How a cause belongs to the one above it: it was raised itself; `raise … from` it; it was being handled then; it is a
member of an exception group."""
Verdict: TypeAlias = Literal[
    "restarted",
    "backing_off",
    "escalated",
    "left_stopped",
    "removed",
    "stopped_as_asked",
    "restarted_with_group",
    "start_refused",
    "start_failed",
    "supervisor_ends",
]


@frozen
class Cause:
    """One exception of a chain."""

    relation: Relation
    depth: int
    """0 is what was raised; a cause is one deeper than what it caused."""
    type: str
    message: str
    notes: tuple[str, ...]
    traceback: str
    """Of this exception alone, innermost frame last; empty when there is none."""


@frozen
class Decision:
    """What a supervisor did about an exit."""

    verdict: Verdict
    words: str
    """The same as a sentence for people."""
    supervisor: str
    """Its path."""
    strategy: str
    restart: RestartPolicy
    max_restarts: int
    period_s: float
    delay_s: float | None = None
    """Of a restart: how long it waits; 0 is at once."""
    restart_at: str | None = None
    restarts_counting: int | None = None
    """Of a restart or an escalation: how many count against the budget, this one included."""
    also_stopped: tuple[str, ...] = ()
    """Paths of those that were stopped because of it, in the order of their end."""
    also_started: tuple[str, ...] = ()
    """Paths of those that are started again with it, in order."""


@frozen
class LostTurn:
    """A turn that was being run by what ended."""

    task_id: str
    is_lost: bool
    """False: it ended well all the same, or goes on."""
    chat_id: str | None = None
    agent: str | None = None
    state: str | None = None
    """Of its task; null while the database cannot be asked."""
    error: str | None = None


@frozen
class LastMessage:
    """A message as far as a report shows it."""

    type: str
    text: str


@frozen
class ExitReport:
    """One end of one incarnation."""

    seq: int
    """Of its event."""
    at: str
    incarnation: int
    event: Literal["exited", "start_failed"]
    kind: ExitKind
    reason: str
    uptime_s: float | None
    causes: tuple[Cause, ...]
    decision: Decision | None
    """Null: nobody supervises it, or its supervisor was gone."""
    last_messages: tuple[LastMessage, ...]
    """What it had taken last, oldest first; the last one was being handled, unless a helper task or init failed."""
    was_doing: str | None
    turns: tuple[LostTurn, ...]
    is_detailed: bool
    """False for a crash so old that causes and messages are forgotten."""


@frozen
class Why:
    """One actor and its recent ends."""

    path: str
    node: Node | None
    """Without its children; null when it is gone."""
    exits: tuple[ExitReport, ...]
    """Newest first."""
