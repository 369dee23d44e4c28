"""Specifications: frozen data, validated on construction, before anything starts.

A tree is described once, as `SupervisorSpec(children=(ChildSpec(...), ...))`; the factories in it are called
anew for each incarnation. Seconds everywhere.
"""

from __future__ import annotations

import enum
import math
from collections.abc import Callable, Hashable, Iterable
from typing import TYPE_CHECKING, Literal, TypeAlias

from attrs import Factory, field, frozen

from boocode.kernel.errors import SpecError

if TYPE_CHECKING:
    from boocode.kernel.actor import Actor, Job

WORKER_SHUTDOWN = 5.0
WORKER_START_TIMEOUT = 30.0


class Restart(enum.Enum):
    """When a child that ended is started again."""

    PERMANENT = "permanent"  # always
    TRANSIENT = "transient"  # after an abnormal exit
    TEMPORARY = "temporary"  # never; its spec is gone with it


class Strategy(enum.Enum):
    """Whom a restart concerns."""

    ONE_FOR_ONE = "one_for_one"  # the child alone
    ONE_FOR_ALL = "one_for_all"  # all children
    REST_FOR_ONE = "rest_for_one"  # the child and those started after it


class AutoShutdown(enum.Enum):
    """Whether a supervisor ends with its significant children."""

    NEVER = "never"
    ANY = "any"
    ALL = "all"


class Overflow(enum.Enum):
    """What happens to a cast that meets a full data lane."""

    REJECT = "reject"  # MailboxFull to the sender
    DROP_OLDEST = "drop_oldest"
    DROP_NEWEST = "drop_newest"
    COALESCE = "coalesce"  # replaces a queued message of the same key; a new key drops the oldest


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _is_whole(value: object, least: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= least


def _check_type(what: str, value: object, expected: type) -> None:
    if not isinstance(value, expected):
        raise SpecError(f"{what} must be of type {expected.__name__}, got {value!r}")


def _check_seconds(what: str, value: object) -> None:
    if value is not None and not (isinstance(value, int | float) and _is_number(value) and value >= 0):
        raise SpecError(f"{what} must be seconds >= 0 or None (for ever), got {value!r}")


@frozen
class MailboxSpec:
    """Bound and overflow rule of the data lane; the control lane has neither."""

    capacity: int = 1024
    overflow: Overflow = Overflow.REJECT
    coalesce_key: Callable[[object], Hashable] | None = None

    def __attrs_post_init__(self) -> None:
        if not _is_whole(self.capacity, 1):
            raise SpecError(f"mailbox capacity must be a whole number >= 1, got {self.capacity!r}")
        _check_type("overflow", self.overflow, Overflow)
        keyed = self.coalesce_key is not None
        if keyed != (self.overflow is Overflow.COALESCE):
            raise SpecError("coalesce_key belongs to Overflow.COALESCE: give both or neither")


@frozen
class Backoff:
    """Delays before restarts: minimum, 2·minimum, 4·minimum … each up to (1+jitter) times, never above maximum."""

    minimum: float = 0.05
    maximum: float = 30.0
    jitter: float = 0.2
    reset_after: float = 30.0

    def __attrs_post_init__(self) -> None:
        for name in ("minimum", "maximum", "jitter", "reset_after"):
            value = getattr(self, name)
            if not _is_number(value) or value < 0:
                raise SpecError(f"backoff {name} must be >= 0, got {value!r}")
        if self.maximum < self.minimum:
            raise SpecError(f"backoff maximum {self.maximum:g} lies below its minimum {self.minimum:g}")


@frozen
class Budget:
    """At most `max_restarts` restarts within `period` seconds, the edge included; 0 escalates at the first."""

    max_restarts: int = 3
    period: float = 5.0

    def __attrs_post_init__(self) -> None:
        if not _is_whole(self.max_restarts, 0):
            raise SpecError(f"max_restarts must be a whole number >= 0, got {self.max_restarts!r}")
        if not _is_number(self.period) or self.period <= 0:
            raise SpecError(f"period must be seconds > 0, got {self.period!r}")


def _check_ids(children: tuple[ChildSpec, ...]) -> None:
    seen: set[str] = set()
    for child in children:
        _check_type("children", child, ChildSpec)
        if child.id in seen:
            raise SpecError(f"two children have the id {child.id!r}")
        seen.add(child.id)


def _as_tuple(children: Iterable[ChildSpec]) -> tuple[ChildSpec, ...]:
    return tuple(children)


@frozen
class SupervisorSpec:
    """A fixed list of children in start order, and how they hang together."""

    children: tuple[ChildSpec, ...] = field(converter=_as_tuple, default=())
    strategy: Strategy = Strategy.ONE_FOR_ONE
    budget: Budget = Budget()
    backoff: Backoff = Backoff()
    auto_shutdown: AutoShutdown = AutoShutdown.NEVER

    def __attrs_post_init__(self) -> None:
        _check_ids(self.children)
        _check_type("strategy", self.strategy, Strategy)
        _check_type("budget", self.budget, Budget)
        _check_type("backoff", self.backoff, Backoff)
        auto = self.auto_shutdown
        _check_type("auto_shutdown", auto, AutoShutdown)
        for child in self.children:
            check_significance(child, auto)


@frozen
class DynamicSpec:
    """Children that come and go at run time; they stop together, each under its own limit from one instant."""

    max_children: int | None = None
    budget: Budget = Budget()
    backoff: Backoff = Backoff()

    def __attrs_post_init__(self) -> None:
        if self.max_children is not None and not _is_whole(self.max_children, 0):
            raise SpecError(f"max_children must be a whole number >= 0 or None, got {self.max_children!r}")
        _check_type("budget", self.budget, Budget)
        _check_type("backoff", self.backoff, Backoff)


AnySupervisorSpec: TypeAlias = SupervisorSpec | DynamicSpec
Start: TypeAlias = "Callable[[], Actor] | Callable[[], Job] | AnySupervisorSpec"


def _default_shutdown(child: ChildSpec) -> float | None:
    return None if child.type == "supervisor" else WORKER_SHUTDOWN


def _default_start_timeout(child: ChildSpec) -> float | None:
    # A supervisor is ready when its children are: they have limits of their own.
    return None if child.type == "supervisor" else WORKER_START_TIMEOUT


@frozen
class ChildSpec:
    """One child. `shutdown`: seconds from the stop request to the kill, 0 kills at once, None waits for ever.

    `name` registers the child system-wide. `significant` lets its end shut the supervisor down (see AutoShutdown).
    """

    id: str
    start: Start
    restart: Restart = Restart.PERMANENT
    shutdown: float | None = field(default=Factory(_default_shutdown, takes_self=True))
    start_timeout: float | None = field(default=Factory(_default_start_timeout, takes_self=True))
    significant: bool = False
    mailbox: MailboxSpec = MailboxSpec()
    name: str | None = None

    @property
    def type(self) -> Literal["worker", "supervisor"]:
        return "supervisor" if isinstance(self.start, SupervisorSpec | DynamicSpec) else "worker"

    def __attrs_post_init__(self) -> None:
        if not isinstance(self.id, str) or not self.id or "/" in self.id:
            raise SpecError(f"a child id must be a non-empty str without '/', got {self.id!r}")
        who = f"child {self.id!r}"
        if self.type == "worker" and not callable(self.start):
            raise SpecError(f"{who}: start must be a factory or a supervisor spec, got {self.start!r}")
        _check_type(f"{who}: restart", self.restart, Restart)
        _check_seconds(f"{who}: shutdown", self.shutdown)
        _check_seconds(f"{who}: start_timeout", self.start_timeout)
        _check_type(f"{who}: mailbox", self.mailbox, MailboxSpec)
        if self.name is not None and not (isinstance(self.name, str) and self.name):
            raise SpecError(f"{who}: name must be a non-empty str or None, got {self.name!r}")
        _check_type(f"{who}: significant", self.significant, bool)
        if self.significant and self.restart is Restart.PERMANENT:
            raise SpecError(f"{who} is significant and permanent: it would never be allowed to end")


def check_significance(child: ChildSpec, auto: AutoShutdown) -> None:
    """SpecError for a significant child under a supervisor that never shuts down by itself."""
    if child.significant and auto is AutoShutdown.NEVER:
        raise SpecError(f"child {child.id!r} is significant, but its supervisor has auto_shutdown=never")
