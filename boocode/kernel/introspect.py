"""The tree as data: a snapshot that waits for nobody, and the static description of a spec.

Everything a node shows is kept up by its actor as it goes, so looking costs no message. An actor whose handler has
been running for longer than `UNRESPONSIVE_AFTER` with messages waiting is marked as not responsive.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, TypeAlias

import trio
from attrs import frozen

from boocode.kernel.exits import ExitKind, describe, kind
from boocode.kernel.job import JobRun
from boocode.kernel.slot import Slot
from boocode.kernel.spec import AnySupervisorSpec, ChildSpec, DynamicSpec, Restart, SupervisorSpec
from boocode.kernel.state import Status
from boocode.kernel.supervisor import Supervisor
from boocode.kernel.worker import Worker

if TYPE_CHECKING:
    from boocode.kernel.incarnation import Incarnation

RestartPolicy: TypeAlias = Literal["permanent", "transient", "temporary"]
UNRESPONSIVE_AFTER: Final = 5.0  # seconds
_PAGE: Final = 4096  # bytes; statm counts pages
_ACTING: Final = (Worker, JobRun)

NodeState: TypeAlias = Literal[
    "starting", "idle", "busy", "blocked", "backing_off", "suspended", "stopping", "dead"
]


class MailboxView(NamedTuple):
    depth: int
    high_water: int
    capacity: int
    oldest_ms: float  # how long the oldest entry has waited at least
    lost: int  # by overflow
    since: float | None = None  # when the oldest entry came at the latest; on trio's clock


@frozen
class ProcessView:
    """An operating system process; `rss` in bytes, None when it is gone."""

    pid: int
    rss: int | None


@frozen
class BudgetView:
    """A supervisor's restart budget: `expires` says of each restart that counts, oldest first, until when."""

    max_restarts: int
    period: float
    expires: tuple[float, ...]


@frozen
class ExitView:
    """How the last incarnation ended; `at` on trio's clock."""

    kind: ExitKind
    reason: str
    at: float


class Node(NamedTuple):
    """One child, or the root. Seconds; times on trio's clock.

    A named tuple, and made without names, because a tree has thousands: a frozen attrs class of this size takes six
    times as long to make.
    """

    path: str
    name: str
    kind: Literal["supervisor", "worker"]
    type: str
    state: NodeState
    strategy: str | None
    incarnation: int
    restarts: int
    restarts_in_window: int | None
    next_restart_due: float | None
    mailbox: MailboxView | None
    handled: int
    uptime_s: float
    busy_s: float
    waits_for: str | None
    is_responsive: bool
    process: ProcessView | None
    last_exit: ExitView | None
    last_error: str | None
    budget: BudgetView | None = None
    restart: RestartPolicy | None = None
    started_at: float | None = None
    busy_since: float | None = None
    children: tuple[Node, ...] = ()


def snapshot(slot: Slot) -> Node:
    """The sub-tree at `slot`, as it is now."""
    return _node(slot, trio.current_time())


def _node(slot: Slot, now: float) -> Node:
    live = slot.live
    return shallow(slot, now, _children(live, now) if isinstance(live, Supervisor) else ())


def shallow(slot: Slot, now: float, children: tuple[Node, ...] = ()) -> Node:
    """One child with the `children` given."""
    live, spec, last = slot.live, slot.spec, slot.last_exit
    acting = live if isinstance(live, _ACTING) else None
    supervisor = live if isinstance(live, Supervisor) else None
    mailbox = _mailbox(live, now) if isinstance(live, Worker) else None
    since = _busy_since(live, acting)
    busy = 0.0 if since is None else now - since
    stuck = busy > UNRESPONSIVE_AFTER and mailbox is not None and mailbox.depth > 0
    started = live.started_at if live is not None and live.is_ready else None
    return Node(
        slot.path,
        slot.name,
        "supervisor" if spec is not None and spec.type == "supervisor" else "worker",
        _type(slot),
        _state(slot, live, acting, since),
        supervisor.strategy_name if supervisor is not None else None,
        slot.number,
        slot.restarts,
        supervisor.state.window.count(now) if supervisor is not None else None,
        slot.due if live is None else None,
        mailbox,
        live.handled if isinstance(live, Worker) else 0,
        0.0 if started is None else now - started,
        busy,
        _waits_for(live, acting) if live is not None else None,
        not stuck,
        ProcessView(acting.pid, resident(acting.pid))
        if acting is not None and acting.pid is not None
        else None,
        ExitView(kind(last), describe(last), slot.last_exit_at or 0.0) if last is not None else None,
        slot.last_error,
        _budget(supervisor, now) if supervisor is not None else None,
        _policy(spec.restart) if spec is not None and slot.parent is not None else None,
        started,
        since,
        children,
    )


def _policy(restart: Restart) -> RestartPolicy:
    if restart is Restart.PERMANENT:
        return "permanent"
    return "transient" if restart is Restart.TRANSIENT else "temporary"


def _children(supervisor: Supervisor, now: float) -> tuple[Node, ...]:
    return tuple(_node(supervisor.slots[kid.id], now) for kid in supervisor.state.kids.in_order())


def _budget(supervisor: Supervisor, now: float) -> BudgetView:
    window = supervisor.state.window
    budget = window.budget
    counting = window.times[len(window.times) - window.count(now) :]
    return BudgetView(budget.max_restarts, budget.period, tuple(at + budget.period for at in counting))


def _state(
    slot: Slot, live: Incarnation | None, acting: Worker | JobRun | None, since: float | None
) -> NodeState:
    if live is None:
        kid = slot.parent.state.kids.get(slot.name) if slot.parent is not None else None
        return "backing_off" if kid is not None and kid.status is Status.WAITING else "dead"
    if live.is_stopping:
        return "stopping"
    if not live.is_ready:
        return "starting"
    if live.suspended:
        return "suspended"
    if acting is not None and acting.blocked_on is not None:
        return "blocked"
    return "idle" if since is None else "busy"


def _busy_since(live: Incarnation | None, acting: Worker | JobRun | None) -> float | None:
    if acting is not None and acting.busy_with is not None:
        return acting.busy_with[0]
    return live.busy_since if live is not None else None


def _waits_for(live: Incarnation, acting: Worker | JobRun | None) -> str | None:
    if live.waits_on is not None:
        return live.waits_on.path
    if acting is None:
        return None
    return acting.blocked_on or (acting.busy_with[1] if acting.busy_with is not None else None)


def _mailbox(worker: Worker, now: float) -> MailboxView:
    box = worker.mailbox
    depth = box.depth
    oldest = (now - box.since) * 1000 if depth else 0.0
    return MailboxView(depth, box.high_water, box.capacity, oldest, box.lost, box.since if depth else None)


def _type(slot: Slot) -> str:
    live = slot.live
    if isinstance(live, Worker):
        return type(live.actor).__name__
    if isinstance(live, JobRun):
        return type(live.job).__name__
    start = slot.spec.start if slot.spec is not None else None
    return getattr(start, "__name__", type(start).__name__)


def resident(pid: int) -> int | None:
    """Bytes of memory that a process holds; None when it is gone."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE
    except (OSError, ValueError, IndexError):
        return None


@frozen
class Plan:
    """One child of a specification, for documentation."""

    path: str
    id: str
    kind: Literal["supervisor", "worker"]
    type: str
    strategy: str | None  # of a supervisor; "dynamic" for one whose children come at run time
    restart: str
    shutdown: float | None
    name: str | None
    children: tuple[Plan, ...] = ()


def tree_of(spec: AnySupervisorSpec, name: str = "root") -> Plan:
    """The static tree of a specification."""
    return _plan(ChildSpec(name, spec), name)


def _plan(child: ChildSpec, path: str) -> Plan:
    start = child.start
    strategy: str | None = None
    children: tuple[Plan, ...] = ()
    if isinstance(start, DynamicSpec):
        strategy = "dynamic"
    elif isinstance(start, SupervisorSpec):
        strategy = start.strategy.value
        children = tuple(_plan(each, f"{path}/{each.id}") for each in start.children)
    return Plan(
        path=path,
        id=child.id,
        kind=child.type,
        type=getattr(start, "__name__", type(start).__name__),
        strategy=strategy,
        restart=child.restart.value,
        shutdown=child.shutdown,
        name=child.name,
        children=children,
    )
