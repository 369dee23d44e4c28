"""The keeper of MCP servers: those of mcp.json, each started when first needed and not kept for ever.

    off ── needed ──→ starting ── up ──→ up ── nobody uses it for the TTL ──→ off (its tools are remembered)
     ↑                   └─ failed ──→ away ←── it ended by itself ──┘
     └──── needed, and its pause is over ──┘  (one that was up comes back by itself after its pause, others when needed)

A turn asks for all tools: servers that were never met are started for it, at the same time, and it waits for them a
while. A call leases one server. mcp.json is looked at whenever a turn asks: a server whose entry is another one now is
ended when its calls are over.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from attrs import define, frozen

from actors.mcp_table import McpTable, Server, Waiter
from actors.mcp_words import away_words, start_words
from boocode.domain.native.mcp_config import McpConfigError, McpEntry
from boocode.domain.native.mcp_names import child_name
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
    describe,
)
from boocode.ports.mcp import (
    DoneWithMcp,
    ListMcpTools,
    McpFailed,
    McpInUse,
    McpLimits,
    McpSource,
    McpToolsLearned,
    MeetMcpServer,
    Met,
    UseMcpServer,
)
from boocode.ports.names import MCP_SERVERS

MEET_S = 10.0
ENOUGH = 5
"""Deaths without a longer life between them after which a server comes back when it is needed only."""

MakeServer = Callable[[McpEntry, str], ChildSpec]
"""By entry and child id."""


@frozen
class _Up:
    child_id: str
    server: Ref
    met: Met


@frozen
class _StartFailed:
    child_id: str
    cause: BaseException


@frozen
class _Stopped:
    child_id: str


@frozen
class _Retry:
    name: str


@frozen
class _LookForIdle:
    """Time to see whether a server is still wanted."""


@frozen
class _TurnWaitedEnough:
    number: int


@define(eq=False)
class _Asked:
    """A turn that waits for servers that are just starting."""

    reply: ReplyTo
    names: set[str]


class McpKeeper(Actor):
    remember = 0

    def __init__(
        self, source: McpSource, make_server: MakeServer, limits: McpLimits, backoff: Backoff | None = None
    ) -> None:
        self._source = source
        self._make_server = make_server
        self._limits = limits
        self._backoff = backoff or Backoff(minimum=0.5, maximum=60.0)
        self._table = McpTable()
        self._asked: dict[int, _Asked] = {}
        self._leases: dict[int, tuple[Server, MonitorId]] = {}
        self._number = 0

    async def init(self) -> None:
        self.ctx.send_every(max(self._limits.idle_ttl_s / 4, 0.05), _LookForIdle())

    async def handle(self, message: Any) -> Any:
        match message:
            case ListMcpTools():
                reply = self.ctx.defer()
                await self._look_at_file()
                self._offer_soon(reply)
            case UseMcpServer(server=name, user=user):
                self._use(name, Waiter(user, self.ctx.defer()))
            case DoneWithMcp(lease=lease):
                self._give_back(lease)
            case _Up():
                self._up(message)
            case _StartFailed(child_id=child_id, cause=cause):
                self._start_failed(child_id, cause)
            case McpToolsLearned(child_id=child_id, tools=tools):
                if (server := self._table.find(child_id)) is not None:
                    server.tools = tools
            case Down():
                self._down(message)
            case _Stopped(child_id=child_id):
                self._stopped(child_id)
            case _Retry(name=name):
                self._retry(name)
            case _LookForIdle():
                self._end_idle()
            case _TurnWaitedEnough(number=number):
                self._offer(number)
            case _:
                pass
        return None

    def inspect(self) -> dict[str, object]:
        return {**self._table.describe(), "idle_ttl_s": self._limits.idle_ttl_s}

    # The file

    async def _look_at_file(self) -> None:
        """A file that cannot be used changes nothing but what is said of it."""
        try:
            config = await self._source.read()
        except McpConfigError as error:
            self._table.trouble = str(error)
            return
        if config is None:
            return
        self._table.trouble = ""
        for server in self._table.apply(config):
            for waiter in server.waiters:
                waiter.reply.fail(_unknown(server.entry.name))
            server.waiters.clear()
            self._end_unwanted(server)

    def _end_unwanted(self, server: Server) -> None:
        if server.is_unwanted and not server.leases and server.state == "up":
            self._end(server)

    # What is offered

    def _offer_soon(self, reply: ReplyTo) -> None:
        for server in self._table.servers.values():
            if server.tools is None and server.state in ("off", "away"):
                self._start_if_due(server)
        self._number += 1
        self._asked[self._number] = _Asked(reply, self._table.waited_for())
        self.ctx.send_after(self._limits.settle_s, _TurnWaitedEnough(self._number))
        self._offer_settled()

    def _offer_settled(self) -> None:
        waited_for = self._table.waited_for()
        for number, asked in tuple(self._asked.items()):
            if not asked.names & waited_for:
                self._offer(number)

    def _offer(self, number: int) -> None:
        asked = self._asked.pop(number, None)
        if asked is not None and asked.reply.is_open:
            asked.reply.reply(self._table.offer())

    # Use

    def _use(self, name: str, waiter: Waiter) -> None:
        server = self._table.servers.get(name)
        if server is None:
            waiter.reply.fail(_unknown(name))
        elif server.state == "up":
            self._give(server, waiter)
        elif server.state == "away" and not self._start_if_due(server):
            waiter.reply.fail(McpFailed("start", away_words(name, "away", server.reason)))
        else:
            server.waiters.append(waiter)
            if server.state == "off":
                self._start(server)

    def _give(self, server: Server, waiter: Waiter) -> None:
        assert server.link is not None
        assert server.server is not None
        if waiter.reply.is_open:
            self._number += 1
            lease = self._number
            server.leases.add(lease)
            self._leases[lease] = server, self.ctx.monitor(waiter.user)
            waiter.reply.reply(McpInUse(lease, server.link, server.server, server.entry.call_s))

    def _give_back(self, lease: int) -> None:
        held = self._leases.pop(lease, None)
        if held is not None:
            server, monitor = held
            self.ctx.demonitor(monitor)
            server.leases.discard(lease)
            server.used_at = self.ctx.now()
            self._end_unwanted(server)

    # Starting

    def _start_if_due(self, server: Server) -> bool:
        is_due = self.ctx.now() >= server.retry_at
        if is_due:
            self._start(server)
        return is_due

    def _start(self, server: Server) -> None:
        self._number += 1
        server.state, server.started_at = "starting", self.ctx.now()
        server.child_id = f"{child_name(server.entry.name)}-{self.ctx.incarnation}.{self._number}"
        self.ctx.start_task(self._launch, server.entry, server.child_id, name=f"start {server.child_id}")

    async def _launch(self, entry: McpEntry, child_id: str) -> None:
        try:
            server = await self._supervisor().start_child(self._make_server(entry, child_id))
            met = await server.call(MeetMcpServer(), timeout=MEET_S)
        except KernelError as error:
            with suppress(KernelError):  # one that started but does not answer is nobody's
                await self._supervisor().terminate_child(child_id)
            self.ctx.ref.cast(_StartFailed(child_id, error))
        else:
            self.ctx.ref.cast(_Up(child_id, server, met))

    def _up(self, up: _Up) -> None:
        server = self._table.find(up.child_id)
        if server is None:
            return
        server.state, server.reason = "up", ""
        server.link, server.server, server.tools = up.met.link, up.server, up.met.tools
        server.up_at = server.used_at = self.ctx.now()
        server.death = self.ctx.monitor(up.server)
        waiters, server.waiters = server.waiters, []
        for waiter in waiters:
            self._give(server, waiter)
        self._end_unwanted(server)
        self._offer_settled()

    def _start_failed(self, child_id: str, cause: BaseException) -> None:
        server = self._table.find(child_id)
        if server is not None:
            server.is_slow = self.ctx.now() - server.started_at >= self._limits.settle_s
            self._away(server, start_words(cause, server.entry))

    def _retry(self, name: str) -> None:
        server = self._table.servers.get(name)
        if server is not None and server.state == "away":
            self._start(server)

    # Ending

    def _down(self, down: Down) -> None:
        for lease, (_, monitor) in tuple(self._leases.items()):
            if monitor == down.monitor:
                self._give_back(lease)
                return
        for server in self._table.everybody():
            if server.death == down.monitor:
                server.death = None
                if server.state == "ending":
                    return
                if self.ctx.now() - server.up_at >= self._backoff.reset_after:
                    server.failures = 0
                cause = down.exit.cause if isinstance(down.exit, Crashed) else None
                self._away(server, start_words(cause, server.entry) if cause else describe(down.exit))
                if server.failures < ENOUGH and not server.is_unwanted:
                    self.ctx.send_after(server.retry_at - self.ctx.now(), _Retry(server.entry.name))
                return

    def _away(self, server: Server, reason: str) -> None:
        """It could not be started, or has ended by itself. Its next start has to wait for a while."""
        self._forget(server)
        server.state, server.reason = "away", reason
        server.failures += 1
        pause = min(self._backoff.maximum, self._backoff.minimum * 2 ** min(server.failures - 1, 16))
        server.retry_at = self.ctx.now() + pause
        for waiter in server.waiters:
            waiter.reply.fail(McpFailed("start", away_words(server.entry.name, "away", reason)))
        server.waiters.clear()
        self._offer_settled()

    def _end_idle(self) -> None:
        now = self.ctx.now()
        for server in self._table.servers.values():
            is_free = server.state == "up" and not server.leases
            if is_free and now - server.used_at >= self._limits.idle_ttl_s:
                self._end(server)

    def _end(self, server: Server) -> None:
        server.state = "ending"
        self.ctx.start_task(self._terminate, server.child_id, name=f"end {server.child_id}")

    async def _terminate(self, child_id: str) -> None:
        with suppress(KernelError):  # it may have ended by itself meanwhile
            await self._supervisor().terminate_child(child_id)
        self.ctx.ref.cast(_Stopped(child_id))

    def _stopped(self, child_id: str) -> None:
        server = self._table.find(child_id)
        if server is None:
            return
        self._forget(server)
        server.state = "off"
        if server.waiters:
            self._start(server)

    def _forget(self, server: Server) -> None:
        """Of what ran there is nothing any more."""
        if server.death is not None:
            self.ctx.demonitor(server.death)
        server.link = server.server = server.death = None
        server.child_id = ""
        for lease in tuple(server.leases):
            _, monitor = self._leases.pop(lease)
            self.ctx.demonitor(monitor)
        server.leases.clear()
        if server.is_unwanted:
            self._table.leaving.remove(server)

    def _supervisor(self) -> SupervisorRef:
        return self.ctx.system.supervisor(MCP_SERVERS)


def _unknown(name: str) -> McpFailed:
    return McpFailed("start", f"There is no MCP server {name} in mcp.json any more.")
