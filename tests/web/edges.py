"""A real edge on a loopback port: kernel tree, hub, connections, Hypercorn; the log is in memory."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any, cast

import httpx2
import trio
from attrs import define, evolve, field
from trio_websocket import WebSocketConnection, wrap_client_stream

from actors.connection import ConnectionLimits
from boocode.contracts.frames import chat_topic
from boocode.contracts.resources import Health, Model, Provider
from boocode.contracts.settings import About, ConfigFact
from boocode.kernel import ChildSpec, SupervisorSpec, System, open_tree
from boocode.ports.log import EventLog, Publish
from boocode.ports.processes import ProcessOwner
from boocode.ports.safety_store import WorktreeStore
from boocode.ports.worktrees import Git
from supervisors.broadcast import hub_child
from supervisors.surface import connections_child, edge_child, loop_probe_child, supervision_feed_child
from tests.actors.broadcasting import MemoryLog
from tests.web.answers import check_answer, check_frame
from web.deps import EdgeDeps
from web.edge import EdgeFactory

TOKEN = "test-token-0123456789"
PROVIDERS = (
    Provider("practice", "Practice", True, "1", "acp", (Model("m", "M"),), ("code",), (), None),
    Provider("goose", "Goose", False, None, "acp", (), (), (), "not found on PATH"),
)


ABOUT = About(
    "1.2.3", "/home/me/boocode", "/home/me/boocode/config.toml", "embedded", "http://127.0.0.1:9502",
    (ConfigFact("pool.max_warm", 8, True), ConfigFact("permissions.on_timeout", "deny", True)),
)  # fmt: skip


class Nothing:
    """In the place of what a test does not use; using it fails."""

    def owned(self) -> tuple[object, ...]:
        return ()


@define
class Stage:
    system: System
    factory: EdgeFactory
    log: MemoryLog
    http: httpx2.AsyncClient
    health: list[Health] = field(factory=list)

    @property
    def port(self) -> int:
        return self.factory.port

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    def publish(self, chat_id: str, *texts: str) -> None:
        frames = self.log.append(chat_id, *texts)
        self.system.whereis("hub").cast(Publish(chat_topic(chat_id), frames))

    @asynccontextmanager
    async def socket(self, headers: Mapping[str, str] | None = None) -> AsyncIterator["Client"]:
        pairs = {"authorization": f"Bearer {TOKEN}"} if headers is None else headers
        extra = list(pairs.items())
        stream = await trio.open_tcp_stream(
            "127.0.0.1", self.port
        )  # the library does not always close its own
        try:
            async with trio.open_nursery() as nursery:
                socket = await wrap_client_stream(nursery, stream, self.host, "/api/ws", extra_headers=extra)
                yield Client(socket)
                with trio.move_on_after(1):
                    await socket.aclose()
                nursery.cancel_scope.cancel()
        finally:
            await trio.aclose_forcefully(stream)

    async def connections(self) -> int:
        return self.system.supervisor("connections").count().active


@define
class Client:
    """A WebSocket client; `heard` is every frame it got."""

    socket: WebSocketConnection
    heard: list[dict[str, Any]] = field(factory=list)

    async def say(self, **frame: Any) -> None:
        await self.socket.send_message(json.dumps(frame))

    async def hear(self) -> list[dict[str, Any]]:
        """The frames of the next message."""
        value = json.loads(await self.socket.get_message())
        frames = value if isinstance(value, list) else [value]
        for frame in frames[:3]:  # every one of ten thousand would take its time
            check_frame(frame)
        self.heard.extend(frames)
        return frames

    async def hear_until(self, done: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        while True:
            for frame in await self.hear():
                if done(frame):
                    return frame

    async def subscribe(self, topic: str, since: int | None = None) -> dict[str, Any]:
        await self.say(type="subscribe", topic=topic, **({} if since is None else {"since": since}))
        return await self.hear_until(lambda frame: frame["type"] in ("subscribed", "error"))

    def seqs(self, topic: str) -> list[int]:
        return [frame["seq"] for frame in self.heard if frame.get("topic") == topic and "seq" in frame]


def edge_factory(
    log: EventLog,
    limits: ConnectionLimits | None = None,
    change: Callable[[EdgeDeps], EdgeDeps] = lambda deps: deps,
    health: list[Health] | None = None,
) -> EdgeFactory:
    states = health or [Health("ok", "1.2.3", 1.0, "up")]
    nothing = Nothing()

    def deps(system: System) -> EdgeDeps:
        return change(
            EdgeDeps(
                system=system,
                store=cast(WorktreeStore, nothing),
                log=log,
                git=cast(Git, nothing),
                processes=cast(ProcessOwner, nothing),
                providers=lambda: PROVIDERS,
                health=lambda: states[-1],
                about=lambda: ABOUT,
                token=TOKEN,
                version="1.2.3",
                allowed_hosts=frozenset({"box.example"}),
            )
        )

    return EdgeFactory(deps, limits=limits)


@asynccontextmanager
async def serving(
    *children: ChildSpec,
    log: EventLog | None = None,
    limits: ConnectionLimits | None = None,
    change: Callable[[EdgeDeps], EdgeDeps] = lambda deps: deps,
) -> AsyncIterator[Stage]:
    """`children` run before the edge; `change` puts real parts into its deps."""
    used_log = log or MemoryLog()
    health: list[Health] = [Health("ok", "1.2.3", 1.0, "up")]
    factory = edge_factory(used_log, limits, change, health)
    spec = SupervisorSpec(
        children=(
            hub_child(used_log),
            *children,
            loop_probe_child(),
            supervision_feed_child(),
            connections_child(),
            edge_child(factory),
        )
    )
    async with open_tree(spec) as system:
        headers = {"authorization": f"Bearer {TOKEN}"}
        async with httpx2.AsyncClient(
            base_url=factory.url, headers=headers, timeout=20, event_hooks={"response": [check_answer]}
        ) as http:
            yield Stage(system, factory, cast(MemoryLog, used_log), http, health)


async def eventually(claim: Callable[[], bool | Awaitable[bool]], within_s: float = 10.0) -> None:
    """Fails when the claim does not become true in time."""
    with trio.fail_after(within_s):
        while True:
            value = claim()
            if value if isinstance(value, bool) else await value:
                return
            await trio.sleep(0.01)


__all__ = ["PROVIDERS", "TOKEN", "Client", "Stage", "eventually", "evolve", "serving"]
