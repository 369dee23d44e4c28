"""In whose court the ball is: how long BooCode itself takes of a turn, told from what goes to an agent and comes back.

From the beginning, and from whatever comes from the agent, the time is ours until something goes to it. What comes
while nothing went, an agent's next token say, was the agent's time.
"""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, cast

import trio
from attrs import define

from boocode.adapters.opencode.client import HttpOpencode
from boocode.adapters.processes.owner import LocalProcesses
from boocode.ports.opencode import OpencodeApi
from boocode.ports.processes import LaunchSpec, OwnedProcess


@define
class Ball:
    _ours: float = 0.0
    _since: float | None = None
    """Since when it is with us."""

    def begin(self) -> None:
        self._ours, self._since = 0.0, trio.current_time()

    def goes(self) -> None:
        if self._since is not None:
            self._ours += trio.current_time() - self._since
            self._since = None

    def comes(self) -> None:
        self._since = trio.current_time()

    def launched(self) -> None:
        """Starting a process is ours; what it does before it is spoken to is not, should it speak first."""
        self.goes()
        self.comes()

    def end(self) -> float:
        """Seconds that were ours."""
        self.goes()
        return self._ours


class ClockedProcesses(LocalProcesses):
    """Everything that goes to a child, and comes from it, moves the ball."""

    def __init__(self, ball: Ball) -> None:
        super().__init__()
        self._ball = ball

    def launch(self, spec: LaunchSpec) -> AbstractAsyncContextManager[OwnedProcess]:
        return self._clocked(super().launch(spec))

    @asynccontextmanager
    async def _clocked(
        self, launch: AbstractAsyncContextManager[OwnedProcess]
    ) -> AsyncIterator[OwnedProcess]:
        async with launch as child:
            self._ball.launched()
            yield cast(OwnedProcess, _Clocked(child, self._ball, goes=("send",), comes=("receive", "wait")))


def clocked_opencode(ball: Ball, url: str, password: str) -> OpencodeApi:
    """A call to the server goes and comes; an event comes."""
    calls = (
        "providers",
        "agents",
        "commands",
        "default_model",
        "create",
        "session",
        "statuses",
        "messages",
        "prompt",
    )
    return cast(OpencodeApi, _ClockedApi(HttpOpencode(url, password), ball, goes=calls, comes=calls))


class _Clocked:
    """Hands everything on; the named coroutine functions move the ball before or after."""

    def __init__(self, inner: Any, ball: Ball, goes: tuple[str, ...], comes: tuple[str, ...]) -> None:
        self._inner, self._ball, self._goes, self._comes = inner, ball, goes, comes

    def __getattr__(self, name: str) -> Any:
        member = getattr(self._inner, name)
        if name not in self._goes and name not in self._comes:
            return member

        async def clocked(*args: Any, **more: Any) -> Any:
            if name in self._goes:
                self._ball.goes()
            result = await member(*args, **more)
            if name in self._comes:
                self._ball.comes()
            return result

        return clocked


class _ClockedApi(_Clocked):
    @asynccontextmanager
    async def events(self) -> AsyncIterator[Any]:
        async with self._inner.events() as stream:
            yield _Clocked(stream, self._ball, goes=(), comes=("receive",))
