"""The keeper of opencode servers: one for each way to launch one, started when first needed and not kept for ever.

    absent ── UseServer ──→ starting ── up ──→ up ── no user and no turn for the TTL ──→ absent
      ↑                        └─ failed: everyone who waits is refused            │
      └── it had no user ──────── it ended by itself (died, deaf) ─────────────────┤
                                  it had users: started again, after a delay that grows

A server's end ends the sessions in it; they come back through the pool and find the next server starting already.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import trio
from attrs import define, field, frozen

from actors.agent_words import start_failure
from boocode.kernel import (
    Actor,
    Backoff,
    ChildSpec,
    Crashed,
    Down,
    KernelError,
    MonitorId,
    Ref,
    ReplyTo,
    SupervisorRef,
)
from boocode.ports.agents import ProviderSpec
from boocode.ports.names import OPENCODE_SERVERS
from boocode.ports.opencode import MeetServer, OpencodeApi, ServerInUse, ServerUsed, UseServer

MEET_S = 10.0

MakeServer = Callable[[ProviderSpec, str], tuple[ChildSpec, str]]
"""By provider and child id: the sub-tree of one server, and the registered name of the actor that speaks for it."""
ServerKey = tuple[tuple[str, ...], tuple[tuple[str, str], ...]]


@frozen
class _Up:
    child_id: str
    tree: Ref
    server: Ref
    api: OpencodeApi


@frozen
class _StartFailed:
    child_id: str
    cause: BaseException


@frozen
class _Stopped:
    child_id: str


@frozen
class _LookForIdle:
    """Time to see whether a server is still wanted."""


@define(eq=False)
class _Waiter:
    request: UseServer
    reply: ReplyTo


@define(eq=False)
class _Server:
    provider: ProviderSpec
    child_id: str
    used_at: float
    waiters: list[_Waiter] = field(factory=list)
    in_use: ServerInUse | None = None
    is_ending: bool = False
    up_at: float = 0.0
    failures: int = 0
    """How often it ended by itself since it was last up for a while."""
    is_wanted: bool = False
    """It ended by itself while somebody used it."""
    tree: MonitorId | None = None
    actor: MonitorId | None = None
    """Of the actor that speaks for it, whose end comes first: nobody gets a server that is dying."""
    users: dict[MonitorId, Ref] = field(factory=dict)


class OpencodeKeeper(Actor):
    def __init__(self, make_server: MakeServer, idle_ttl_s: float, backoff: Backoff | None = None) -> None:
        self._make_server = make_server
        self._idle_ttl_s = idle_ttl_s
        self._backoff = backoff or Backoff()
        self._servers: dict[ServerKey, _Server] = {}
        self._started = 0

    async def init(self) -> None:
        self.ctx.send_every(max(self._idle_ttl_s / 4, 0.05), _LookForIdle())

    async def handle(self, message: Any) -> Any:
        match message:
            case UseServer(plan=plan):
                self._use(_key(plan.provider), _Waiter(message, self.ctx.defer()))
            case ServerUsed(user=user):
                self._used(user)
            case _Up():
                self._up(message)
            case _StartFailed(child_id=child_id, cause=cause):
                self._failed(child_id, cause)
            case _Stopped(child_id=child_id):
                self._stopped(child_id)
            case Down():
                self._down(message)
            case _LookForIdle():
                self._end_idle()
            case _:
                pass
        return None

    def inspect(self) -> dict[str, object]:
        return {
            "servers": [
                {
                    "provider": server.provider.id,
                    "child": server.child_id,
                    "state": "ending" if server.is_ending else "up" if server.in_use else "starting",
                    "users": len(server.users),
                    "waiting": len(server.waiters),
                    "failures": server.failures,
                }
                for server in self._servers.values()
            ],
            "started": self._started,
            "idle_ttl_s": self._idle_ttl_s,
        }

    # Use

    def _use(self, key: ServerKey, waiter: _Waiter) -> None:
        server = self._servers.get(key)
        if server is None:
            self._start(key, waiter.request.plan.provider, [waiter])
        elif server.in_use is None or server.is_ending:
            server.waiters.append(waiter)
        else:
            self._give(server, waiter)

    def _give(self, server: _Server, waiter: _Waiter) -> None:
        assert server.in_use is not None
        if waiter.reply.is_open:
            server.used_at = self.ctx.now()
            server.users[self.ctx.monitor(waiter.request.user)] = waiter.request.user
            waiter.reply.reply(server.in_use)

    def _used(self, user: Ref) -> None:
        for server in self._servers.values():
            if user in server.users.values():
                server.used_at = self.ctx.now()

    # Starting

    def _start(
        self, key: ServerKey, provider: ProviderSpec, waiters: list[_Waiter], failures: int = 0
    ) -> None:
        self._started += 1
        child_id = f"{provider.id}-{self.ctx.incarnation}.{self._started}"
        self._servers[key] = _Server(provider, child_id, self.ctx.now(), waiters, failures=failures)
        delay = min(self._backoff.maximum, self._backoff.minimum * 2 ** (failures - 1)) if failures else 0.0
        self.ctx.start_task(self._launch, provider, child_id, delay, name=f"start {child_id}")

    async def _launch(self, provider: ProviderSpec, child_id: str, delay: float) -> None:
        await trio.sleep(delay)
        try:
            spec, name = self._make_server(provider, child_id)
            tree = await self._supervisor().start_child(spec)
            server = self.ctx.whereis(name)
            api = await server.call(MeetServer(), timeout=MEET_S)
        except KernelError as error:
            self.ctx.ref.cast(_StartFailed(child_id, error))
        else:
            self.ctx.ref.cast(_Up(child_id, tree, server, api))

    def _up(self, up: _Up) -> None:
        found = self._find(up.child_id)
        if found is None:
            return
        server = found[1]
        server.in_use = ServerInUse(up.server, up.api)
        server.up_at = server.used_at = self.ctx.now()
        server.tree, server.actor = self.ctx.monitor(up.tree), self.ctx.monitor(up.server)
        waiters, server.waiters = server.waiters, []
        for waiter in waiters:
            self._give(server, waiter)

    def _failed(self, child_id: str, cause: BaseException) -> None:
        found = self._find(child_id)
        if found is None:
            return
        key, server = found
        del self._servers[key]
        for waiter in server.waiters:
            waiter.reply.fail(start_failure(cause, waiter.request.plan))

    # Ending

    def _end_idle(self) -> None:
        now = self.ctx.now()
        for server in self._servers.values():
            is_free = server.in_use is not None and not server.users and not server.is_ending
            if is_free and now - server.used_at >= self._idle_ttl_s:
                server.is_ending = True
                self.ctx.start_task(self._terminate, server.child_id, name=f"end {server.child_id}")

    async def _terminate(self, child_id: str) -> None:
        with suppress(KernelError):  # it may have ended by itself meanwhile
            await self._supervisor().terminate_child(child_id)
        self.ctx.ref.cast(_Stopped(child_id))

    def _down(self, down: Down) -> None:
        for key, server in tuple(self._servers.items()):
            if server.users.pop(down.monitor, None) is not None:
                return
            if down.monitor == server.actor and not server.is_ending:
                server.is_ending, server.is_wanted = (
                    True,
                    bool(server.users) and isinstance(down.exit, Crashed),
                )
            if down.monitor == server.tree:
                self._gone(key, server)
                return

    def _stopped(self, child_id: str) -> None:
        if (found := self._find(child_id)) is not None:
            self._gone(*found)

    def _gone(self, key: ServerKey, server: _Server) -> None:
        del self._servers[key]
        for monitor in (server.tree, server.actor, *server.users):
            if monitor is not None:
                self.ctx.demonitor(monitor)
        if server.waiters or server.is_wanted:
            failures = 0 if self.ctx.now() - server.up_at >= self._backoff.reset_after else server.failures
            self._start(key, server.provider, server.waiters, failures + server.is_wanted)

    def _find(self, child_id: str) -> tuple[ServerKey, _Server] | None:
        return next((each for each in self._servers.items() if each[1].child_id == child_id), None)

    def _supervisor(self) -> SupervisorRef:
        return self.ctx.system.supervisor(OPENCODE_SERVERS)


def _key(provider: ProviderSpec) -> ServerKey:
    return provider.command, tuple(sorted(provider.env.items()))
