"""N1: an answer of a model, from the endpoint's socket to a turn's listener, beside the `openai` client's own stream.

The whole way: the endpoint adapter, the reader of answers, the fold of the turn, batches to a listener that
acknowledges each. `python -m benchmarks.native` prints this row alone.
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import trio
from attrs import frozen

from benchmarks.table import Row, Target, contest, show
from boocode.adapters.native.endpoint import OpenAiEndpoint
from boocode.domain.native.conversation import Entry
from boocode.domain.native.profiles import BUILT_IN
from boocode.kernel import Actor, ChildSpec, DynamicSpec, Strategy, SupervisorSpec, System, open_tree
from boocode.ports.agents import Acquire, ProviderSpec, SessionKey, SessionPlan, StartTurn, TurnOver
from boocode.ports.model_endpoint import ModelEndpoint
from boocode.ports.names import SESSION_POOL
from boocode.ports.native import Briefing, NativeChoices, NativeNews, NativePlace
from boocode.ports.native_tools import NativeTool
from supervisors.agent import pool_child, sessions_child
from supervisors.native import NATIVE, NativeParts, native_child

COUNT = 20_000
ROUNDS = 3
ROOT = Path(__file__).resolve().parents[1]


async def rows() -> list[Row]:
    """Takes about fifteen seconds."""
    with _endpoint() as url:
        rates = await contest(
            {"session": partial(_session, url), "client": partial(_client, url)}, rounds=ROUNDS
        )
    client = ("openai client", rates["client"])
    words = "words of a model, endpoint → turn's listener"
    return [Row("N1", words, rates["session"], "/s", client, Target("at least", 1))]


@contextmanager
def _endpoint() -> Iterator[str]:
    command = [sys.executable, "-m", "benchmarks.native_source", str(COUNT)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        try:
            yield f"http://127.0.0.1:{process.stdout.readline().strip()}/v1"
        finally:
            process.terminate()


async def _client(url: str) -> float:
    from openai import AsyncOpenAI

    async with AsyncOpenAI(base_url=url, api_key="none", max_retries=0) as client:
        began = time.perf_counter()
        stream = await client.chat.completions.create(
            model="m", messages=[{"role": "user", "content": "go"}], stream=True
        )
        count = 0
        async for chunk in stream:
            count += bool(chunk.choices[0].delta.content)
        assert count == COUNT, count
        return COUNT / (time.perf_counter() - began)


class _Memory:
    async def load(self, session_id: str) -> tuple[Entry, ...] | None:
        await trio.lowlevel.checkpoint()
        return None

    async def append(self, session_id: str, chat_id: str, at: int, entries: Sequence[Entry]) -> None:
        await trio.lowlevel.checkpoint()

    async def from_chat(self, chat_id: str) -> tuple[Entry, ...]:
        await trio.lowlevel.checkpoint()
        return ()


@frozen
class _World:
    """Of an agent that has no tools and forgets."""

    endpoint: ModelEndpoint
    memory: _Memory

    async def brief(self, place: NativePlace) -> Briefing:
        await trio.lowlevel.checkpoint()
        return Briefing((BUILT_IN,), "", ())

    async def tools(self, place: NativePlace) -> tuple[tuple[NativeTool, ...], tuple[str, ...]]:
        await trio.lowlevel.checkpoint()
        return (), ()

    async def news(self, place: NativePlace) -> tuple[NativeNews, ...]:
        await trio.lowlevel.checkpoint()
        return ()

    async def told(self, place: NativePlace, keys: Sequence[str]) -> None:
        await trio.lowlevel.checkpoint()


class _Listener(Actor):
    def __init__(self, over: trio.Event) -> None:
        self._over = over

    async def handle(self, message: Any) -> None:
        if isinstance(message, TurnOver):
            self._over.set()


async def _session(url: str) -> float:
    """One turn; opening the session is not counted, connecting is, as it is for the client."""
    endpoint = OpenAiEndpoint(url, None, 60.0, "config.toml")
    parts = NativeParts(_World(endpoint, _Memory()), NativeChoices(model="m", context_tokens=32_768))
    children = (
        ChildSpec(id="listeners", start=DynamicSpec(), name="listeners"),
        sessions_child(),
        pool_child({NATIVE: partial(native_child, parts)}),
    )
    try:
        async with open_tree(SupervisorSpec(children, strategy=Strategy.REST_FOR_ONE)) as system:
            return await _one_turn(system)
    finally:
        await endpoint.close()


async def _one_turn(system: System) -> float:
    over = trio.Event()
    listener = await system.supervisor("listeners").start_child(
        ChildSpec(id="listener", start=partial(_Listener, over))
    )
    provider = ProviderSpec("boocode", "BooCode", NATIVE, ())
    with tempfile.TemporaryDirectory(prefix="boocode-bench-") as folder:
        plan = SessionPlan(SessionKey("chat", provider.id), provider, folder, "hash")
        lease = await system.whereis(SESSION_POOL).call(Acquire(plan, listener), timeout=30)
        began = time.perf_counter()
        await lease.session.call(StartTurn("task", "go", listener), timeout=30)
        await over.wait()
        return COUNT / (time.perf_counter() - began)


if __name__ == "__main__":
    show(trio.run(rows))
