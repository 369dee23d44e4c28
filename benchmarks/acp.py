"""A1: ACP notifications, from an agent's pipe to normalized events, beside the ACP library's own connection.

Twice: the wire alone (bytes → events, in order), and the whole way through process, reader and session to a
listener that acknowledges each batch. `python -m benchmarks.acp` prints these rows alone.
"""

import os
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import Any

import trio

from benchmarks.table import Row, Target, contest, show
from boocode.adapters.acp.files import WorktreeFiles
from boocode.adapters.acp.wire import JsonRpcWire
from boocode.adapters.processes.owner import LocalProcesses
from boocode.domain.acp.incoming import Answer
from boocode.kernel import Actor, ChildSpec, DynamicSpec, Strategy, SupervisorSpec, System, open_tree
from boocode.ports.agents import (
    Acquire,
    ProviderSpec,
    SessionKey,
    SessionPlan,
    StartTurn,
    TurnOver,
)
from boocode.ports.names import SESSION_POOL
from boocode.ports.processes import LaunchSpec
from supervisors.agent import AgentParts, acp_only, pool_child, sessions_child

COUNT = 100_000
LIBRARY_COUNT = 20_000
ROUNDS = 3
ROOT = Path(__file__).resolve().parents[1]


async def rows() -> list[Row]:
    """Takes about twenty seconds."""
    rates = await contest({"wire": _wire, "session": _session, "library": _library}, rounds=ROUNDS)
    library = ("ACP library", rates["library"])
    return [
        Row("A1", "ACP notifications, pipe → events", rates["wire"], "/s", library, Target("at least", 10)),
        Row("A1", "the same, to a turn's listener", rates["session"], "/s", library, Target("at least", 10)),
    ]


def _library() -> float:
    command = [sys.executable, "-m", "benchmarks.acp_library", str(LIBRARY_COUNT)]
    took = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT).stdout
    return LIBRARY_COUNT / float(took)


def _source(count: int) -> tuple[str, ...]:
    return (sys.executable, "-m", "benchmarks.acp_source", str(count))


async def _wire() -> float:
    spec = LaunchSpec(_source(COUNT), str(ROOT), dict(os.environ), "bench", term_grace_s=0.1)
    async with LocalProcesses().launch(spec) as child:
        wire, answered = JsonRpcWire(), False
        await child.send(wire.request(1, "initialize", {}))
        wire.feed(await child.receive())
        began = time.perf_counter()
        await child.send(wire.request(2, "session/prompt", {}))
        while not answered:
            answered = any(isinstance(item, Answer) for item in wire.feed(await child.receive()))
        return COUNT / (time.perf_counter() - began)


class _Listener(Actor):
    def __init__(self, over: trio.Event) -> None:
        self._over = over

    async def handle(self, message: Any) -> None:
        if isinstance(message, TurnOver):
            self._over.set()


async def _session() -> float:
    """One turn of the flooding agent; its handshake is not counted."""
    with tempfile.TemporaryDirectory(prefix="boocode-bench-") as folder:
        parts = AgentParts(
            owner=LocalProcesses(),
            make_wire=JsonRpcWire,
            make_files=lambda root: WorktreeFiles(root, trio.CapacityLimiter(1)),
            environment=os.environ,
            version="bench",
            term_grace_s=0.1,
        )
        children = (
            ChildSpec(id="listeners", start=DynamicSpec(), name="listeners"),
            sessions_child(),
            pool_child(acp_only(parts)),
        )
        async with open_tree(SupervisorSpec(children, strategy=Strategy.REST_FOR_ONE)) as system:
            return await _one_turn(system, folder)


async def _one_turn(system: System, folder: str) -> float:
    provider = ProviderSpec("bench", "Bench", "acp", _source(COUNT), {"PYTHONPATH": str(ROOT)})
    over = trio.Event()
    listener = await system.supervisor("listeners").start_child(
        ChildSpec(id="listener", start=partial(_Listener, over))
    )
    plan = SessionPlan(SessionKey("chat", "bench"), provider, folder, "hash")
    lease = await system.whereis(SESSION_POOL).call(Acquire(plan, listener), timeout=30)
    began = time.perf_counter()
    await lease.session.call(StartTurn("task", "go", listener), timeout=30)
    await over.wait()
    return COUNT / (time.perf_counter() - began)


if __name__ == "__main__":
    show(trio.run(rows))
