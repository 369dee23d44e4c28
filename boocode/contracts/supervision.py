"""The actor tree as clients see it. Durations end in `_s` or `_ms`, instants are ISO 8601 UTC strings."""

from typing import Literal, TypeAlias

from attrs import frozen

RestartPolicy: TypeAlias = Literal["permanent", "transient", "temporary"]
"""When its supervisor starts an actor again: always, after an abnormal exit only, never."""
NodeState: TypeAlias = Literal[
    "starting", "idle", "busy", "blocked", "backing_off", "suspended", "stopping", "dead"
]
ExitKind: TypeAlias = Literal["normal", "shutdown", "killed", "crashed"]
EventKind: TypeAlias = Literal[
    "started",
    "start_failed",
    "exited",
    "restarted",
    "backing_off",
    "escalated",
    "suspended",
    "resumed",
    "evicted",
    "reaped",
]


@frozen
class MailboxInfo:
    depth: int
    high_water: int
    capacity: int
    oldest_ms: float | None
    lost: int = 0
    """Messages that its overflow rule dropped or refused."""
    oldest_since: str | None = None
    """Since when the oldest message waits at least; null when none does."""


@frozen
class ProcessInfo:
    pid: int
    rss: int | None
    """Resident memory in bytes."""


@frozen
class ExitInfo:
    kind: ExitKind
    reason: str
    at: str


@frozen
class Fuse:
    """The restart budget of a supervisor: one restart more than `max_restarts` within `period_s`, and it ends."""

    max_restarts: int
    period_s: float
    falls_out_at: tuple[str, ...]
    """Of each restart that counts now, the oldest first: when it stops counting."""


@frozen
class Subject:
    """Whom an actor works for, as far as its place in the tree tells."""

    agent: str | None = None
    chat_id: str | None = None
    task_id: str | None = None


@frozen
class Node:
    path: str
    name: str
    kind: Literal["supervisor", "worker"]
    type: str
    state: NodeState
    strategy: str | None
    incarnation: int
    restarts: int
    mailbox: MailboxInfo
    handled: int
    uptime_s: float
    busy_s: float | None
    process: ProcessInfo | None
    last_exit: ExitInfo | None
    restarts_in_window: int | None = None
    """Of a supervisor: restarts that count against its budget now."""
    next_restart_in_s: float | None = None
    waits_for: str | None = None
    is_responsive: bool = True
    last_error: str | None = None
    """Traceback of the last crash."""
    fuse: Fuse | None = None
    """Of a supervisor."""
    restart: RestartPolicy | None = None
    """Null for the root."""
    started_at: str | None = None
    """Since when it is ready."""
    busy_since: str | None = None
    next_restart_at: str | None = None
    subject: Subject | None = None
    children: "tuple[Node, ...]" = ()


@frozen
class OwnedProcess:
    """A living child process of ours, whatever actor owns it."""

    pid: int
    pgid: int
    label: str
    command: str
    started_at: str
    rss: int | None


@frozen
class DeadLetter:
    at: str
    sender: str | None
    target: str
    message_type: str
    reason: str


@frozen
class WarmAgent:
    """One agent session that the pool keeps."""

    chat_id: str
    agent: str
    state: Literal["starting", "warm", "ending"]
    leases: int
    """Turns that hold it: it is not ended for idleness while there is one."""
    idle_s: float
    path: str | None = None
    """Of its sub-tree."""
    idle_since: str | None = None
    ends_at: str | None = None
    """When it will have been idle for too long; null while it is at work, held, starting or ending."""
    eviction_rank: int | None = None
    """0 goes first when another one needs the room; null: it cannot be evicted now."""


@frozen
class WarmPool:
    """Which agents are kept warm, and who goes first."""

    cap: int
    """How many idle ones may be; those at work do not count."""
    idle_ttl_s: float
    overshoot: int
    """How many more than the cap are warm, because so many are at work."""
    evicted: int
    next_evicted: tuple[str, ...]
    """`agent/chat`, in the order in which they would go."""
    died_too_often: tuple[str, ...]
    """`agent/chat` that are not started again for now."""
    agents: tuple[WarmAgent, ...]


@frozen
class Supervision:
    root: Node
    owned_processes: tuple[OwnedProcess, ...]
    dead_letters: int
    """How many messages found nobody, since the start."""
    recent_dead_letters: tuple[DeadLetter, ...]
    loop_lag_ms: float
    """How late a timer woke up: the 99th percentile of the last ten seconds."""
    pool: WarmPool | None = None
    """None while the pool cannot be asked."""
    seq: int = 0
    """Of the topic `supervision` when this was taken: samples up to it tell nothing new."""
    at: str = ""
    """When this was taken, by the server's clock."""
