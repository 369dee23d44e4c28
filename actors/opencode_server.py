"""The server actor: reads one opencode server's event stream, hands it to the sessions, and watches its health.

    init: the process says where it listens → the stream's first event → ready
    the stream breaks                       → connected again, every session reads what it may have missed
    no event for longer than heartbeats are → /global/health: alive = connect again, silent = AgentUnruly
    a session doubts it                     → /global/health as above
    the process ends                        → what the stream brought last, then AgentDied

Its end is the end of the whole sub-tree, process included, and of the sessions in it, which monitor it.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import trio

from actors.opencode_feeds import Feed, Feeds
from actors.opencode_start import NotListening, where_it_listens
from boocode.domain.opencode.decoding import Undecodable, decode
from boocode.kernel import Actor, Down, Exit, MonitorId
from boocode.ports.agent_process import ProcessEnded, TakeProcess, TellEnd
from boocode.ports.agents import AgentDied, AgentStartFailed, AgentUnruly
from boocode.ports.opencode import (
    EventStream,
    FollowSession,
    MeetServer,
    OpencodeApi,
    OpencodeLimits,
    OpencodeRefused,
    OpencodeUnreachable,
    ServerDoubted,
)
from boocode.ports.processes import OwnedProcess, ProcessExit

TAKE_S = 5.0
ENDED_S = 0.5
"""How long the end of a server's process may come after that of its connections."""
LAST_EVENTS_S = 0.3
"""How long the sessions of a dead server may take to hear what it had said."""
RECONNECT_S = (0.05, 1.0)
"""The first and the longest pause before the stream is opened again."""


class OpencodeServer(Actor):
    remember = 3

    def __init__(
        self, label: str, process: str, connect: Callable[[str], OpencodeApi], limits: OpencodeLimits
    ) -> None:
        self._label = label
        self._process = process
        self._connect = connect
        self._limits = limits
        self._feeds = Feeds()
        self._followers: dict[MonitorId, Feed] = {}
        self._api: OpencodeApi | None = None
        self._child: OwnedProcess | None = None
        self._url = ""
        self._stream_over = trio.Event()
        self._is_checking = False
        self._connections = 0

    async def init(self) -> None:
        process = self.ctx.whereis(self._process)
        child: OwnedProcess = await process.call(TakeProcess(), timeout=TAKE_S)
        self._child = child
        process.cast(TellEnd(self.ctx.ref))
        with trio.move_on_after(self._limits.listen_s) as scope:
            try:
                self._url = await where_it_listens(child)
            except NotListening as error:
                words = f"{self._label} could not be started: it {error}"
                raise AgentStartFailed("launch", words, child.stderr_tail(), died=True) from error
        if scope.cancelled_caught:
            words = f"{self._label} did not say where it listens within {self._limits.listen_s:g} s."
            raise AgentStartFailed("launch", words, child.stderr_tail())
        self.ctx.start_task(self._drain, child, name="drain output")
        self._api = self._connect(self._url)
        with trio.move_on_after(self._limits.connect_s) as scope:
            await self.ctx.run_task(self._read, name="read events")
        if scope.cancelled_caught:
            raise AgentStartFailed("connect", f"{self._label} gave no event stream.", child.stderr_tail())

    async def handle(self, message: Any) -> Any:
        match message:
            case MeetServer():
                return self._api
            case FollowSession(session_id=session_id, follower=follower):
                feed = self._feeds.add(session_id, follower)
                self._followers[self.ctx.monitor(follower)] = feed
                self.ctx.start_task(self._feed, feed, name=f"feed {session_id}")
            case ServerDoubted():
                if not self._is_checking:
                    self._is_checking = True
                    self.ctx.start_task(self._check, "a session had no answer", name="check health")
            case ProcessEnded(exit=exit_):
                self.ctx.start_task(self._die, exit_, name="last events")
            case Down(monitor=monitor):
                if (gone := self._followers.pop(monitor, None)) is not None:
                    self._feeds.remove(gone)
            case _:
                pass
        return None

    async def terminate(self, exit: Exit) -> None:  # noqa: ARG002
        if self._api is not None:
            await self._api.aclose()

    def inspect(self) -> dict[str, object]:
        return {
            "url": self._url,
            "sessions": len(self._feeds),
            "connections": self._connections,
            **self._feeds.counts,
        }

    # The process

    async def _drain(self, child: OwnedProcess) -> None:
        """Nothing of what it prints later is of use, but a full pipe would stop it."""
        while await child.receive():
            pass

    async def _die(self, exit_: ProcessExit) -> None:
        with trio.move_on_after(LAST_EVENTS_S):
            await self._stream_over.wait()
            await self._feeds.quiet()
        raise AgentDied(f"{self._label} {exit_.describe()}")

    # The stream

    async def _read(self, task_status: trio.TaskStatus[None]) -> None:
        """Reads the stream for ever, over any number of connections."""
        assert self._api is not None
        pause, most = RECONNECT_S
        is_first = True
        while True:
            before = self._connections
            with suppress(OpencodeUnreachable, OpencodeRefused):
                async with self._api.events() as stream:
                    await self._hear(stream, task_status if is_first else None)
            if self._connections > before:
                is_first, pause = False, RECONNECT_S[0]
            self._stream_over.set()
            await trio.sleep(pause)
            pause = min(most, pause * 2)
            if not is_first:
                await self._confirm_health("its event stream broke")

    async def _hear(self, stream: EventStream, task_status: trio.TaskStatus[None] | None) -> None:
        """One connection. Returns when it ends, or has been silent for too long."""
        skipped = 0
        is_first = True
        while True:
            with trio.move_on_after(self._limits.silence_s) as silence:
                data = await stream.receive()
            if silence.cancelled_caught or data is None:
                return
            if is_first:
                is_first = False
                self._begin(task_status)
            if stream.skipped > skipped:
                skipped = stream.skipped
                self._feeds.counts["oversized_events"] += 1
                self._feeds.break_all()
            self._take(data)

    def _begin(self, task_status: trio.TaskStatus[None] | None) -> None:
        self._connections += 1
        self._stream_over = trio.Event()
        if task_status is not None:
            task_status.started()
        else:
            self._feeds.break_all()

    def _take(self, data: bytes) -> None:
        try:
            event = decode(data)
        except Undecodable:
            self._feeds.counts["garbage_events"] += 1
            return
        if event is not None:
            self._feeds.put(event, len(data))

    async def _feed(self, feed: Feed) -> None:
        await feed.run()
        self._feeds.remove(feed)

    # Health

    async def _check(self, why: str) -> None:
        await self._confirm_health(why)
        self._is_checking = False

    async def _confirm_health(self, why: str) -> None:
        """Raises AgentUnruly, which ends this actor and its process, when the server is deaf."""
        assert self._api is not None
        assert self._child is not None
        try:
            await self._api.check_health(self._limits.health_s)
        except (OpencodeUnreachable, OpencodeRefused) as error:
            with trio.move_on_after(ENDED_S):
                exit_ = await self._child.wait()
                raise AgentDied(f"{self._label} {exit_.describe()}") from error
            raise AgentUnruly(f"{why}, and it does not answer: {error}") from error
