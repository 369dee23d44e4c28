"""The dispatcher: claims pending tasks and runs each as a turn below `turns`.

It reacts to the notification of a new task; a slow poll is only the net below it. What it owns is leased: the
lease is renewed while the turn lives, and a task whose lease ended (its process died) is taken back and settled
as interrupted, never silently run again. A turn that dies without settling is settled here, from the log.
"""

import time
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from typing import Any

import trio
from attrs import frozen

from actors.salvage import salvage
from boocode.contracts.frames import USER_TOPIC, TaskUpdated
from boocode.domain.dispatching import Runnable, find_provider
from boocode.domain.events import Interrupted, Outcome
from boocode.domain.turns import Asked
from boocode.kernel import Actor, ChildSpec, Down, KernelError, Normal, ReplyTo, Restart
from boocode.ports.agents import ProviderSpec
from boocode.ports.log import EventLog, PublishHint
from boocode.ports.names import HUB, TURNS
from boocode.ports.store import ClaimedTask, Store, StoreUnavailable, TaskNotice
from boocode.ports.turns import Drain, EndAllTurns, EndTurn, TurnWaits, turn_name

POLL_S = 2.0
RETRY_S = 0.5
LAST_SETTLEMENT_S = 10.0
"""A turn that ends has this long for its last settlement before it is killed."""


@frozen
class _Poll:
    """The safety net: look even if nobody told."""


@frozen
class _Renew:
    """Renew the leases of what runs, take back what others lost."""


class Dispatcher(Actor):
    """`owner` names this process (`<home id>:<start>`); tasks of other processes of `owner_prefix` are dead ones.
    `transports`: what there is a backend for. `lease_s`: after so long without a renewal other processes take this
    one's tasks for abandoned."""

    def __init__(
        self,
        store: Store,
        log: EventLog,
        providers: Mapping[str, ProviderSpec],
        turn_for: Callable[[ClaimedTask, ProviderSpec], Actor],
        *,
        transports: Collection[str],
        owner: str,
        owner_prefix: str,
        max_parallel: int,
        lease_s: float,
    ) -> None:
        self._store = store
        self._log = log
        self._providers = providers
        self._turn_for = turn_for
        self._transports = transports
        self._owner = owner
        self._owner_prefix = owner_prefix
        self._max_parallel = max_parallel
        self._lease_s = lease_s
        self._running: dict[str, ClaimedTask] = {}
        self._waiting: dict[str, int] = {}
        """Turns that wait for tasks of their own, and for how many; they take no place."""
        self._monitors: dict[object, str] = {}
        self._draining: list[ReplyTo] | None = None
        self._recovered = False
        """Nothing is claimed before the dead processes' tasks are known, or ours could be taken for theirs."""

    async def init(self) -> None:
        self.ctx.start_task(self._recover, name="settle what a dead process left")
        self.ctx.send_every(POLL_S, _Poll())
        self.ctx.send_every(self._lease_s / 3, _Renew())

    async def handle(self, message: Any) -> None:
        match message:
            case TaskNotice(kind="cancel", task_id=str(task_id)):
                self._cancel(task_id)
            case TaskNotice(kind="missed"):
                await self._hear_cancels()
                await self._claim()
            case TaskNotice() | _Poll():
                await self._claim()
            case Down(monitor=monitor, exit=exit_) if monitor in self._monitors:
                await self._turn_gone(self._monitors.pop(monitor), isinstance(exit_, Normal))
            case _Renew():
                await self._renew()
            case TurnWaits(task_id=task_id, waits=waits):
                await self._turn_waits(task_id, waits=waits)
            case EndAllTurns(why=why):
                for task_id in self._running:
                    self.ctx.whereis(turn_name(task_id)).cast(EndTurn(Asked.STOPPING, why))
            case Drain():
                self._drain(self.ctx.defer())

    def inspect(self) -> dict[str, object]:
        return {
            "running": sorted(self._running),
            "waiting": sorted(self._waiting),
            "max_parallel": self._max_parallel,
            "draining": self._draining is not None,
        }

    async def _claim(self) -> None:
        free = self._max_parallel - len(self._running) + len(self._waiting)
        if free <= 0 or self._draining is not None or not self._recovered:
            return
        try:
            claimed = await self._store.claim_tasks(self._owner, free, self._lease_s)
        except StoreUnavailable:
            return  # the poll comes again
        for task in claimed:
            await self._start(task)

    async def _start(self, claimed: ClaimedTask) -> None:
        task = claimed.task
        self._hint(TaskUpdated.of(task))
        transports = {id_: spec.transport for id_, spec in self._providers.items()}
        found = find_provider(task.agent, transports, self._providers, self._transports)
        if not isinstance(found, Runnable):
            self.ctx.start_task(self._salvage, claimed, found, name=f"settle {task.id}")
            return
        provider = found.provider
        turns = self.ctx.supervisor(TURNS)
        spec = ChildSpec(
            id=task.id,
            start=lambda: self._turn_for(claimed, provider),
            restart=Restart.TEMPORARY,
            shutdown=LAST_SETTLEMENT_S,
            name=turn_name(task.id),
        )
        try:
            ref = await turns.start_child(spec)
        except KernelError as error:
            words = f"BooCode could not start the turn: {error}"
            self.ctx.start_task(
                self._salvage, claimed, Interrupted("internal_error", words), name=f"settle {task.id}"
            )
            return
        self._running[task.id] = claimed
        self._monitors[self.ctx.monitor(ref)] = task.id

    async def _turn_gone(self, task_id: str, normally: bool) -> None:
        claimed = self._running.pop(task_id)
        self._waiting.pop(task_id, None)
        if not normally:
            words = "BooCode failed while it ran this turn."
            self.ctx.start_task(
                self._salvage, claimed, Interrupted("internal_error", words), name=f"settle {task_id}"
            )
        if self._draining is not None and not self._running:
            for waiting in self._draining:
                waiting.reply(None)
        await self._claim()

    async def _turn_waits(self, task_id: str, *, waits: bool) -> None:
        now = self._waiting.pop(task_id, 0) + (1 if waits else -1)
        if now > 0 and task_id in self._running:
            self._waiting[task_id] = now
            await self._claim()

    def _drain(self, waiting: ReplyTo) -> None:
        self._draining = [*(self._draining or []), waiting]
        if not self._running:
            waiting.reply(None)

    def _cancel(self, task_id: str) -> None:
        if task_id in self._running:
            self.ctx.whereis(turn_name(task_id)).cast(EndTurn(Asked.PERSON, "Cancelled."))
        else:
            self.ctx.start_task(self._cancel_waiting, name="cancel in the queue")

    async def _cancel_waiting(self) -> None:
        """A sub-task that waits for its place is cancelled where it waits, by whoever is first."""
        with suppress(StoreUnavailable):  # the next renewal looks again
            await self._store.cancel_waiting()

    async def _hear_cancels(self) -> None:
        """A notification may have been missed; the row says it too."""
        try:
            asked = await self._store.cancel_requests(self._owner)
            await self._store.cancel_waiting()
        except StoreUnavailable:
            return  # the next renewal looks again
        for task_id in asked:
            self._cancel(task_id)

    async def _renew(self) -> None:
        await self._hear_cancels()
        try:
            still_ours = await self._store.renew_leases(self._owner, tuple(self._running), self._lease_s)
            lost = await self._store.take_back(None)
        except StoreUnavailable:
            return
        for task_id in set(self._running) - set(still_ours):
            why = "Another BooCode process took this task over, because this one had not renewed its lease in time."
            self.ctx.whereis(turn_name(task_id)).cast(EndTurn(Asked.STOPPING, why))
        for claimed in lost:
            words = "The BooCode process that ran this turn is gone."
            self.ctx.start_task(
                self._salvage, claimed, Interrupted("runtime_died", words), name="settle lost task"
            )

    async def _recover(self) -> None:
        """At the start: what an earlier process of this home left running was cut off with it."""
        left = None
        while left is None:
            try:
                left = await self._store.take_back(self._owner_prefix)
            except StoreUnavailable:
                await trio.sleep(RETRY_S)
        self._recovered = True
        self.ctx.ref.cast(_Poll())
        for claimed in left:
            await self._salvage(
                claimed, Interrupted("runtime_died", "BooCode ended while this turn was running.")
            )

    async def _salvage(self, claimed: ClaimedTask, outcome: Outcome) -> None:
        await salvage(self.ctx, self._log, claimed, outcome)
        self.ctx.ref.cast(_Poll())

    def _hint(self, body: TaskUpdated) -> None:
        self.ctx.whereis(HUB).cast(PublishHint(USER_TOPIC, body, time.time()))
