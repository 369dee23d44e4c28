"""A running tree: the root supervisor and what all its actors share.

    async with open_tree(spec) as system:      # returns when every child is ready
        await system.whereis("dispatcher").call(Status(), timeout=1)
                                               # leaving stops the tree in order

Two tasks of its own: the root's and the one that keeps time. A cancellation from outside reaches the root, which
stops its children in order before it ends; the clock goes on until then.
"""

from __future__ import annotations

import contextvars
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from functools import partial
from typing import Final

import trio

from boocode.kernel.calls import Call
from boocode.kernel.crash_log import CrashLog
from boocode.kernel.dead_letters import DeadLetters
from boocode.kernel.errors import AdminRefused, ChildNotFound, NotRunning, SpecError
from boocode.kernel.exits import Crashed, Exit, Shutdown
from boocode.kernel.incarnation import Incarnation
from boocode.kernel.introspect import Node, snapshot
from boocode.kernel.ref import NamedRef, NamedSupervisorRef, Ref, SupervisorRef
from boocode.kernel.registry import Registry
from boocode.kernel.sampling import Sampler
from boocode.kernel.slot import Slot
from boocode.kernel.spec import AnySupervisorSpec, ChildSpec, DynamicSpec, SupervisorSpec
from boocode.kernel.supervisor import Supervisor
from boocode.kernel.telemetry import Telemetry
from boocode.kernel.timers import Timers
from boocode.kernel.worker import Worker

_LEFT: Final = "the block of open_tree was left"


class System:
    """One tree and its registry, timers, dead letters, telemetry, journal and crash log."""

    def __init__(self, spec: AnySupervisorSpec, name: str = "root") -> None:
        _check_names(spec)
        self.registry = Registry()
        self.timers = Timers()
        self.dead_letters = DeadLetters()
        self.telemetry = Telemetry()
        self.journal = self.telemetry.journal
        self.crash_log = CrashLog()
        self.context: Final = contextvars.copy_context()
        """Whoever opens the tree sets the context of all its tasks; whoever starts a child later does not."""
        self.exit: Exit | None = None
        self._slot = Slot(self, name, ChildSpec(name, spec))
        self._slot.number = 1
        self._root = Supervisor(self._slot, 1, self, spec)
        self._root.run_scope.shield = False  # outer cancellation stops the tree, in order
        self._ready = trio.Event()
        self._stopped = trio.Event()
        self._nursery: trio.Nursery | None = None
        self._clock = trio.CancelScope(shield=True)

    # -- its life ------------------------------------------------------------------------------------------

    @trio.lowlevel.enable_ki_protection
    async def run(self, *, task_status: trio.TaskStatus[System] = trio.TASK_STATUS_IGNORED) -> Exit:
        """Run the tree; `started(self)` once all is ready. Raises StartFailed; returns the root's exit."""
        async with trio.open_nursery() as nursery:
            self._nursery = nursery
            self._slot.live = self._root
            self.context.run(partial(nursery.start_soon, self._keep_time, name="timers"))
            self.context.run(partial(nursery.start_soon, self._run_root, name=self._slot.path))
            await self._ready.wait()
            if self._root.is_ready:
                task_status.started(self)
        assert self.exit is not None
        if not self._root.is_ready and isinstance(self.exit, Crashed):
            raise self.exit.cause
        return self.exit

    async def _run_root(self) -> None:
        try:
            await self._root.run()
        finally:
            self._clock.cancel()
            self._ready.set()
            self._stopped.set()

    async def _keep_time(self) -> None:
        with self._clock:
            await self.timers.run()

    @property
    def nursery(self) -> trio.Nursery:
        assert self._nursery is not None
        return self._nursery

    def child_ready(self, child: Incarnation) -> None:  # noqa: ARG002 - the root is the only one
        self._ready.set()

    def child_ended(self, child: Incarnation, exit: Exit, *, ignored: bool) -> None:  # noqa: ARG002
        self.exit = exit

    def request_stop(self, reason: str = "stop requested") -> None:
        """Stop the tree in order; does not wait."""
        self._root.request_stop(Shutdown(reason))

    def force_stop(self, reason: str = "forced") -> None:
        """Kill what still runs; does not wait. For the second signal."""
        self._root.kill_now(reason)

    async def wait_stopped(self) -> Exit:
        """Until the root is gone."""
        await self._stopped.wait()
        assert self.exit is not None
        return self.exit

    # -- looking -------------------------------------------------------------------------------------------

    @property
    def root(self) -> SupervisorRef:
        return SupervisorRef(self._slot)

    def whereis(self, name: str) -> Ref:
        """The address of whoever is registered as `name` when it is used; never raises."""
        return NamedRef(self, name)

    def supervisor(self, name: str) -> SupervisorRef:
        """Like `whereis`, for a registered supervisor; NotRunning when used while it is none."""
        return NamedSupervisorRef(self, name)

    def find(self, path: str) -> Ref | None:
        """The child at a path such as "root/engine/hub"."""
        slot = self._find(path)
        if slot is None:
            return None
        is_supervisor = slot.spec is not None and slot.spec.type == "supervisor"
        return SupervisorRef(slot) if is_supervisor else Ref(slot)

    def snapshot(self) -> Node:
        """The whole tree as data; waits for nobody."""
        return snapshot(self._slot)

    def sampler(self) -> Sampler:
        """For whoever watches: what changes in the tree from now on."""
        return Sampler(self._slot)

    async def get_state(self, path: str, timeout: float) -> Mapping[str, object]:
        """What the actor's `inspect` says, between two of its messages; overtakes queued data.

        CallTimeout when it is busy for longer, without side effect; NotRunning when there is no living actor.
        """
        slot = self._find(path)
        worker = slot.live if slot is not None else None
        if not isinstance(worker, Worker) or worker.is_gone:
            raise NotRunning(path)
        call = Call(path, timeout)
        worker.query(call)
        state: Mapping[str, object] = await call.wait(self.timers)
        return state

    # -- operating -----------------------------------------------------------------------------------------

    async def restart(self, path: str) -> None:
        """Stop and start the child, with whom the strategy ties to it; returns when it is ready."""
        parent, child = self._parent(path)
        await parent.cycle_child(child)

    async def stop(self, path: str) -> None:
        """Stop the child and leave it stopped; returns when it is gone."""
        parent, child = self._parent(path)
        await parent.terminate_child(child)

    async def suspend(self, path: str) -> None:
        """Hold the actor's data messages; control passes."""
        self._worker(path).suspend(on=True)
        await trio.lowlevel.checkpoint()

    async def resume(self, path: str) -> None:
        self._worker(path).suspend(on=False)
        await trio.lowlevel.checkpoint()

    def trace(self, path: str, on: bool) -> None:
        """Emit a `message` event for each message the actor handles."""
        self._worker(path).mailbox.watch(on)

    # -- inside --------------------------------------------------------------------------------------------

    def _find(self, path: str) -> Slot | None:
        top, *names = path.split("/")
        slot: Slot | None = self._slot if top == self._slot.path else None
        for name in names:
            live = slot.live if slot is not None else None
            slot = live.slots.get(name) if isinstance(live, Supervisor) else None
        return slot

    def _parent(self, path: str) -> tuple[SupervisorRef, str]:
        above, _, child = path.rpartition("/")
        if not above:
            raise AdminRefused(path, "the root is stopped with request_stop and never restarted", code="root")
        slot = self._find(above)
        if slot is None or not isinstance(slot.live, Supervisor):
            raise ChildNotFound(path, f"there is no supervisor at {above!r}")
        return SupervisorRef(slot), child

    def _worker(self, path: str) -> Worker:
        slot = self._find(path)
        if slot is None:
            raise ChildNotFound(path, "there is nothing at this path")
        if not isinstance(slot.live, Worker):
            raise AdminRefused(path, "only a living actor can be suspended or traced", code="not_an_actor")
        return slot.live


@asynccontextmanager
async def open_tree(spec: AnySupervisorSpec, *, name: str = "root") -> AsyncIterator[System]:
    """A running tree for the length of the block; leaving it, however, stops the tree in order.

    Raises StartFailed at once; RestartsExhausted (or what else ended the root abnormally) at the end, after
    cancelling the block. What a block raises by itself is raised as it is.
    """
    system = System(spec, name)
    failure: BaseException | None = None
    async with trio.open_nursery() as nursery:
        try:
            await nursery.start(system.run)
            nursery.start_soon(_cancel_on_crash, system, nursery.cancel_scope)
            yield system
        except trio.Cancelled:
            raise
        except BaseException as error:  # noqa: BLE001 - raised below, outside the nursery's group
            failure = error
        finally:
            system.request_stop(_LEFT)
            nursery.cancel_scope.shield = True
            await system.wait_stopped()
    if failure is not None:
        raise failure
    if isinstance(system.exit, Crashed):
        raise system.exit.cause


async def _cancel_on_crash(system: System, block: trio.CancelScope) -> None:
    if isinstance(await system.wait_stopped(), Crashed):
        block.cancel()


async def run_tree(
    spec: AnySupervisorSpec,
    *,
    name: str = "root",
    task_status: trio.TaskStatus[System] = trio.TASK_STATUS_IGNORED,
) -> Exit:
    """A tree as a task: `system = await nursery.start(run_tree, spec)`; returns the root's exit."""
    return await System(spec, name).run(task_status=task_status)


def _check_names(spec: AnySupervisorSpec) -> None:
    seen: set[str] = set()
    for child in _walk(spec):
        if child.name in seen:
            raise SpecError(f"two children have the name {child.name!r}; names are unique in one system")
        if child.name is not None:
            seen.add(child.name)


def _walk(spec: AnySupervisorSpec) -> Iterator[ChildSpec]:
    if isinstance(spec, DynamicSpec):
        return
    for child in spec.children:
        yield child
        if isinstance(child.start, SupervisorSpec | DynamicSpec):
            yield from _walk(child.start)
