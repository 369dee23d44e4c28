"""A practice agent with a state folder and a working folder of its own."""

import os
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import psutil
import pytest
import trio
from attrs import define

from tests.kit.acp_pipe import AcpPipe, Message, acp_pipe, practice_command


@define(eq=False)
class Practice:
    """One session of one practice agent."""

    pipe: AcpPipe
    session: str
    cwd: Path

    async def ask(self, text: str) -> str:
        """A whole turn that ends well; what the agent said."""
        start = len(self.pipe.lines)
        answer = await self.pipe.prompt(self.session, text)
        assert answer["result"]["stopReason"] == "end_turn"
        return self.pipe.text(since=start)

    async def begin(self, text: str, until: str) -> int:
        """Start a turn and wait for its first update of a kind; the request's id."""
        start = len(self.pipe.lines)
        request = await self.pipe.begin(self.session, text)
        await self.pipe.until_update(until, since=start)
        return request

    async def cancelled(self, request: int) -> Message:
        """Cancel, and give the answer."""
        await self.pipe.cancel(self.session)
        return await self.pipe.answer_to(request)

    def last_tool(self) -> Message:
        return self.pipe.updates("tool_call_update")[-1]


StartPractice = Callable[[], AbstractAsyncContextManager[Practice]]


@pytest.fixture
def work(tmp_path: Path) -> Path:
    folder = tmp_path / "work"
    folder.mkdir()
    return folder


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    return {**os.environ, "BOOCODE_PRACTICE_STATE": str(tmp_path / "state")}


@pytest.fixture
def start_practice(work: Path, env: dict[str, str]) -> StartPractice:
    """Starts another one in the same folders."""

    @asynccontextmanager
    async def start() -> AsyncIterator[Practice]:
        async with acp_pipe(practice_command(), env=env) as pipe:
            session = await pipe.start(work)
            yield Practice(pipe, session["sessionId"], work)

    return start


@pytest.fixture
async def practice(start_practice: StartPractice) -> AsyncIterator[Practice]:
    async with start_practice() as practice:
        yield practice


async def until_gone(pid: int) -> None:
    """Wait for the end of a process that is not ours; a zombie has ended."""
    with trio.fail_after(30):
        while psutil.pid_exists(pid) and not _is_zombie(pid):
            await trio.sleep(0.01)


def _is_zombie(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
