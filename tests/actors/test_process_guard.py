"""The guard's actor, on the real kernel with real processes."""

from __future__ import annotations

import os
import signal
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import trio

from actors.process_guard import ProcessGuard
from boocode.adapters.processes.owner import LocalProcesses
from boocode.adapters.processes.proctable import is_same, read_proc
from boocode.kernel import Backoff, ChildSpec, SupervisorSpec
from boocode.kernel.system import System
from boocode.ports.processes import LaunchSpec
from tests.kit.trees import Trees

PROMPT = Backoff(minimum=0.01, maximum=0.01, jitter=0.0)


@pytest.fixture
async def processes(tmp_path: Path) -> AsyncIterator[LocalProcesses]:
    owner = LocalProcesses(str(tmp_path))
    with trio.fail_after(30):
        yield owner
    owner.close()


def guarded(processes: LocalProcesses) -> SupervisorSpec:
    child = ChildSpec("guard", lambda: ProcessGuard(processes, sweep_s=0.05), shutdown=10.0)
    return SupervisorSpec((child,), backoff=PROMPT)


def guard_pid(processes: LocalProcesses) -> int | None:
    return next((info.pid for info in processes.owned() if info.label == "process guard"), None)


async def until(claim: Callable[[], bool]) -> None:
    """The fixture's deadline ends it when it never comes true."""
    while not claim():
        await trio.sleep(0.01)


def shell(script: str) -> LaunchSpec:
    return LaunchSpec(("sh", "-c", script), cwd="/", env=dict(os.environ), label="test", term_grace_s=0.3)


def shown_pid(system: System) -> int | None:
    process = system.snapshot().children[0].process
    return process.pid if process is not None else None


async def test_the_guard_lives_as_long_as_its_actor(tree: Trees, processes: LocalProcesses) -> None:
    async with tree(guarded(processes)) as system:
        pid = guard_pid(processes)
        assert pid is not None
        assert shown_pid(system) == pid
    assert guard_pid(processes) is None
    assert read_proc(pid) is None


async def test_a_guard_that_died_is_replaced_and_told_of_every_process(
    tree: Trees, processes: LocalProcesses
) -> None:
    async with tree(guarded(processes)), processes.launch(shell("exec cat")) as child:
        first = guard_pid(processes)
        assert first is not None
        os.kill(first, signal.SIGKILL)
        await until(lambda: guard_pid(processes) not in (None, first))
        await child.send(b"still here")
        assert await child.receive() == b"still here"


async def test_restarting_the_guard_harms_no_process(tree: Trees, processes: LocalProcesses) -> None:
    async with tree(guarded(processes)) as system, processes.launch(shell("exec cat")) as child:
        first = guard_pid(processes)
        await system.restart("root/guard")
        await until(lambda: guard_pid(processes) not in (None, first))
        await child.send(b"still here")
        assert await child.receive() == b"still here"


async def test_what_was_adopted_is_swept_up(tree: Trees, processes: LocalProcesses) -> None:
    script = "(setsid sh -c 'echo $$; sleep 0.05'); (sleep 0.1 & echo $!); exec cat"
    async with tree(guarded(processes)), processes.launch(shell(script)) as child:
        told = b""
        while told.count(b"\n") < 2:
            told += await child.receive()
        await until(lambda: not any(read_proc(int(pid)) for pid in told.split()))


async def test_an_escapee_that_outlived_its_launch_is_killed_and_counted(
    tree: Trees, processes: LocalProcesses
) -> None:
    async with tree(guarded(processes)) as system:
        reaped: list[object] = []
        system.telemetry.attach(lambda e: reaped.append(e.extra["reason"]) if e.kind == "reaped" else None)
        # A daemon that was started by hand with a cookie of a launch that is over.
        env = {**os.environ, "BOOCODE_OWNER": processes.instance.cookie(999)}
        late = await trio.lowlevel.open_process(
            ["sh", "-c", "setsid sleep 98 & echo $!"], env=env, stdout=-1, start_new_session=True
        )
        assert late.stdout is not None
        daemon = read_proc(int(await late.stdout.receive_some()))
        assert daemon is not None
        await until(lambda: not is_same(daemon.ident))
        await late.wait()
        await until(lambda: read_proc(daemon.pid) is None)
        state = await system.get_state("root/guard", timeout=5)
        assert state["swept"] == 1
        assert reaped == ["1 process had outlived what owned it"]
