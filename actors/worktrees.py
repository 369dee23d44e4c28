"""The address of all worktrees: gives each request to the owner of its session, one after the other.

    owner of the session | a request                | it is done      | idle > TTL    | the owner dies
    ---------------------+--------------------------+-----------------+---------------+-------------------------
    none                 | started, then given it   | –               | –             | –
    there                | given it                 | counted off     | ended         | its callers are told

Different sessions are served in parallel; this actor itself never waits for git.

A turn holds a lease on the worktree from its first TurnBounds to its last: what exchanges or removes files is
refused meanwhile (`turn_running`; the reaper keeps the worktree). The bounds are a hint that lives here; the task's
row is the truth, and the owner asks for it, so a turn that died without a word holds nothing for ever, and one that
another BooCode runs is seen as well. Beyond turns, a worktree is held by its session's row, and by any program at
work in its directory.
"""

from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from attrs import define, frozen

from boocode.kernel import (
    Actor,
    ActorDied,
    ChildSpec,
    Down,
    KernelError,
    MonitorId,
    Ref,
    ReplyTo,
    SupervisorRef,
)
from boocode.kernel import passivation as passive
from boocode.ports.names import WORKTREE_OWNERS
from boocode.ports.worktree_work import WORKTREE_REQUESTS, Work, WorkDone, WorktreeRequest
from boocode.ports.worktrees import TurnBounds

IDLE_TTL_S = 600.0
MAX_IDLE = 64
"""Owners hold nothing that is dear; this bounds the tree's size, not the memory."""

MakeOwner = Callable[[str, str], ChildSpec]
"""The child spec of a session's owner, by session id and child id."""


@frozen
class _ExpiryDue:
    """Time to end owners that have had nothing to do for long."""


@define
class _Owner:
    session_id: str
    child_id: str
    ref: Ref
    monitor: MonitorId


@frozen
class _Waiting:
    session_id: str
    reply: ReplyTo


class Worktrees(Actor):
    remember = 0  # requests carry no clue that the owner's own report does not have

    def __init__(self, make_owner: MakeOwner, idle_ttl_s: float = IDLE_TTL_S) -> None:
        self._make_owner = make_owner
        self._pool = passive.Pool(ttl=idle_ttl_s, cap=MAX_IDLE)
        self._owners: dict[str, _Owner] = {}
        self._waiting: dict[int, _Waiting] = {}
        self._turns: defaultdict[str, set[str]] = defaultdict(set)
        self._given = 0
        self._started = 0

    async def init(self) -> None:
        self.ctx.send_every(self._pool.check_every, _ExpiryDue())

    async def handle(self, message: Any) -> Any:
        match message:
            case _ if isinstance(message, WORKTREE_REQUESTS):
                await self._give(message, self.ctx.defer())
            case TurnBounds():
                self._note(message)
            case WorkDone(number=number):
                self._done(number)
            case Down(monitor=monitor):
                self._down(monitor, message)
            case _ExpiryDue():
                self._pool, keys = passive.expire(self._pool, self.ctx.now())
                await self._end_all(keys)
            case _:
                pass
        return None

    def inspect(self) -> dict[str, object]:
        return {
            "owners": sorted(self._owners),
            "waiting": len(self._waiting),
            "turns": {session: sorted(tasks) for session, tasks in self._turns.items()},
            "idle_ttl_s": self._pool.ttl,
        }

    async def _give(self, request: WorktreeRequest, reply: ReplyTo) -> None:
        session_id = request.session_id
        try:
            owner = self._owners.get(session_id) or await self._start(session_id)
            self._given += 1
            turns = frozenset(self._turns.get(session_id, ()))
            owner.ref.cast(Work(self._given, request, turns, reply))
        except KernelError as error:
            reply.fail(error)
            return
        self._pool = passive.lease(passive.touch(self._pool, session_id, self.ctx.now()), session_id)
        self._waiting[self._given] = _Waiting(session_id, reply)

    async def _start(self, session_id: str) -> _Owner:
        self._started += 1
        # A number of its own: the supervisor may still be busy with the end of an earlier owner of the session.
        child_id = f"{session_id[:60]}-{self._started}".replace("/", "_")
        spec = self._make_owner(session_id, child_id)
        ref = await self._supervisor().start_child(spec)
        owner = _Owner(session_id, child_id, ref, self.ctx.monitor(ref))
        self._owners[session_id] = owner
        admission = passive.admit(self._pool, session_id, self.ctx.now())
        self._pool = passive.set_status(admission.pool, session_id, passive.Status.IDLE, self.ctx.now())
        await self._end_all(admission.evict)
        return owner

    def _note(self, bounds: TurnBounds) -> None:
        turns = self._turns[bounds.session_id]
        if bounds.state == "started":
            turns.add(bounds.task_id)
        else:
            turns.discard(bounds.task_id)
        if not turns:
            del self._turns[bounds.session_id]

    def _done(self, number: int) -> None:
        waiting = self._waiting.pop(number, None)
        if waiting is not None:
            self._pool = passive.release(self._pool, waiting.session_id, self.ctx.now())

    def _down(self, monitor: MonitorId, down: Down) -> None:
        """An owner that died by itself: whoever waited for it hears so, and the next request starts another."""
        owner = next((one for one in self._owners.values() if one.monitor == monitor), None)
        if owner is None:
            return
        del self._owners[owner.session_id]
        self._pool = passive.remove(self._pool, owner.session_id)
        lost = [n for n, waiting in self._waiting.items() if waiting.session_id == owner.session_id]
        for number in lost:
            reply = self._waiting.pop(number).reply
            if reply.is_open:
                reply.fail(ActorDied(down.path, down.exit))

    async def _end_all(self, keys: tuple[passive.Key, ...]) -> None:
        """Ends owners that have nothing to do: they answer a stop at once."""
        for key in keys:
            owner = self._owners.pop(str(key))
            self.ctx.demonitor(owner.monitor)
            with suppress(KernelError):  # it ended by itself just now
                await self._supervisor().terminate_child(owner.child_id)
            self._pool, _ = passive.ended(self._pool, key)

    def _supervisor(self) -> SupervisorRef:
        return self.ctx.supervisor(WORKTREE_OWNERS)
