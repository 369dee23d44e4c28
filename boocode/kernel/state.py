"""What a supervisor knows, hears and does: the data of `decide`, frozen and free of I/O.

Times are seconds on the supervisor's clock. `token` is the driver's mark for an administrative request that waits
for its answer. Kid and State are named tuples, because each event makes new ones: a frozen attrs class of their size
takes four times as long to make.
"""

from __future__ import annotations

import enum
from functools import partial
from typing import Literal, NamedTuple, TypeAlias

from attrs import field, frozen

from boocode.kernel.errors import KernelError
from boocode.kernel.exits import Exit, Shutdown
from boocode.kernel.kids import Kids
from boocode.kernel.restarts import Window
from boocode.kernel.spec import (
    AnySupervisorSpec,
    AutoShutdown,
    Backoff,
    ChildSpec,
    DynamicSpec,
    Restart,
    Strategy,
)


class Status(enum.Enum):
    """Where a child stands."""

    STOPPED = "stopped"  # a spec without a process
    STARTING = "starting"  # its init runs
    RUNNING = "running"
    STOPPING = "stopping"  # asked to stop, not yet gone
    WAITING = "waiting"  # for its restart

    __hash__ = object.__hash__  # members are singletons; Enum's own hash runs in Python


LIVE = frozenset({Status.STARTING, Status.RUNNING, Status.STOPPING})  # a task exists


class Phase(enum.Enum):
    """Where the supervisor stands."""

    STARTING = "starting"
    RUNNING = "running"
    STOPPING = "stopping"
    STOPPED = "stopped"


class Kid(NamedTuple):
    """One child as its supervisor sees it. `order` is its place in start order."""

    id: str
    order: int
    restart: Restart
    significant: bool
    shutdown: float | None
    start_timeout: float | None
    status: Status = Status.STOPPED
    incarnation: int = 0  # of the latest start attempt
    attempt: int = 0  # restarts since it was last up for long enough
    was_ready: bool = False
    ready_at: float | None = None
    due: float | None = None  # when its restart is due
    on_request: Literal["", "add", "revive"] = (
        ""  # who asked for the start that runs, if an administrator did
    )
    starters: tuple[int, ...] = ()  # tokens that wait for it to be ready
    stoppers: tuple[int, ...] = ()  # tokens that wait for it to be gone


class State(NamedTuple):
    """A supervisor. `stops` and `starts` are what is still to do, in order, one at a time, stops first."""

    path: str
    strategy: Strategy
    backoff: Backoff
    window: Window
    auto_shutdown: AutoShutdown
    is_dynamic: bool
    max_children: int | None
    kids: Kids
    next_order: int
    phase: Phase = Phase.STARTING
    live: int = 0  # children with a task
    stops: tuple[str, ...] = ()
    starts: tuple[str, ...] = ()
    starts_due: float | None = None  # no start out of `starts` before this time
    exit: Exit | None = None  # why it stops


def kid_of(spec: ChildSpec, order: int, asked_by: int | None = None) -> Kid:
    """A child that was never started; `asked_by`: the token of the start_child that brings it."""
    kid = partial(Kid, spec.id, order, spec.restart, spec.significant, spec.shutdown, spec.start_timeout)
    return kid() if asked_by is None else kid(on_request="add", starters=(asked_by,))


def initial(spec: AnySupervisorSpec, path: str) -> State:
    """The state before the first event."""
    window = Window(spec.budget)
    if isinstance(spec, DynamicSpec):
        return State(
            path,
            Strategy.ONE_FOR_ONE,
            spec.backoff,
            window,
            AutoShutdown.NEVER,
            True,
            spec.max_children,
            Kids(),
            0,
        )
    kids = Kids()
    for order, child in enumerate(spec.children):
        kids = kids.put(kid_of(child, order))
    return State(
        path, spec.strategy, spec.backoff, window, spec.auto_shutdown, False, None, kids, len(spec.children)
    )


# -- events: what happened --------------------------------------------------------------------------------------


@frozen
class Begin:
    """Start the children."""


@frozen
class Ready:
    """An incarnation reported ready."""

    id: str
    incarnation: int


@frozen
class Ignored:
    """Its init asked to be ignored."""

    id: str
    incarnation: int


@frozen
class Exited:
    """Its task is gone. `u` in [0, 1) is the draw for the jitter."""

    id: str
    incarnation: int
    exit: Exit
    u: float = 0.0


@frozen
class Due:
    """A time asked for by `Wake` has come."""

    id: str | None = None


@frozen
class StopAll:
    """Stop the children in order, then end with `exit`."""

    exit: Exit = field(factory=Shutdown)


@frozen
class Halt:
    """Kill the children at once: the supervisor's own time is up."""

    reason: str = "killed"


@frozen
class Add:
    """Start a new child; the answer comes when it is ready or failed."""

    token: int
    spec: ChildSpec


@frozen
class Terminate:
    token: int
    id: str


@frozen
class Revive:
    """Start a stopped child again (`restart_child`)."""

    token: int
    id: str


@frozen
class Delete:
    token: int
    id: str


@frozen
class Cycle:
    """The operator's restart: stop it and whom its restart concerns, start them again; costs no budget."""

    token: int
    id: str


Admin: TypeAlias = Add | Terminate | Revive | Delete | Cycle
Happened: TypeAlias = Begin | Ready | Ignored | Exited | Due | StopAll | Halt | Admin


# -- actions: what to do ----------------------------------------------------------------------------------------


@frozen
class Adopt:
    """Make a place for a new child."""

    spec: ChildSpec


@frozen
class Start:
    """Begin an incarnation; `deadline` is when its init has failed by being late."""

    id: str
    incarnation: int
    deadline: float | None


@frozen
class Stop:
    """Ask it to stop; kill it at `deadline`."""

    id: str
    incarnation: int
    deadline: float | None


@frozen
class Kill:
    """End it now: no handler, no clean-up beyond its first checkpoint."""

    id: str
    incarnation: int


@frozen
class Wake:
    """Send `Due(id)` at `at`; None is for the group in `starts`."""

    id: str | None
    at: float


@frozen
class Forget:
    """The child's spec is gone."""

    id: str


@frozen
class Answer:
    """Answer an administrative request about child `id`: done, or refused with `error`."""

    token: int
    id: str
    error: KernelError | None = None


@frozen
class ReportReady:
    """Every child is ready."""


@frozen
class BackOff:
    """For telemetry: a restart of `id` was decided."""

    id: str
    due: float


@frozen
class Escalate:
    """For telemetry: the budget is used up."""

    exit: Exit


@frozen
class Finish:
    """No child is left: end with `exit`."""

    exit: Exit


Action: TypeAlias = (
    Adopt | Start | Stop | Kill | Wake | Forget | Answer | ReportReady | BackOff | Escalate | Finish
)
