"""Restart types: who comes back after a crash, a return, a shutdown of its own and a kill from outside."""

from __future__ import annotations

import gc
import weakref
from functools import partial

import pytest
import trio

from boocode.kernel import Normal, Ref, Restart, Shutdown, Strategy
from tests.kit.children import Crash, End, Scripted, child, dynamic
from tests.kit.virtual_time import settle

WAYS_TO_END = {
    "crashed": lambda ref: ref.cast(Crash()),
    "normal": lambda ref: ref.cast(End(Normal())),
    "shutdown": lambda ref: ref.cast(End(Shutdown())),
    "killed": lambda ref: ref.kill("outsider"),
}


async def end(system, who: str, way: str) -> Ref:
    """End that child in that way and wait long past any backoff."""
    ref = system.find(f"root/{who}")
    WAYS_TO_END[way](ref)
    await ref.stopped()
    await trio.sleep(10)
    return ref


@pytest.mark.case(23)
async def test_permanent_restarts_after_every_kind_of_exit(tree, probe, autojump_clock):
    async with tree(child(probe, "a", restart=Restart.PERMANENT)) as system:
        for lives, way in enumerate(WAYS_TO_END, start=2):
            await end(system, "a", way)
            assert probe.count("ready", "a") == lives, way


@pytest.mark.case(24)
async def test_transient_restarts_after_crash_and_kill_only(tree, probe, autojump_clock):
    async with tree(child(probe, "a", restart=Restart.TRANSIENT)) as system:
        for lives, way in enumerate(["crashed", "killed"], start=2):
            await end(system, "a", way)
            assert probe.count("ready", "a") == lives, way

        for lives, way in enumerate(["normal", "shutdown"], start=4):
            ref = await end(system, "a", way)
            assert not ref.is_running, way
            assert (system.root.count().specs, system.root.count().active) == (1, 0), way
            await system.root.restart_child("a")
            assert ref.is_running, way
            assert probe.count("ready", "a") == lives, way


@pytest.mark.case(25)
@pytest.mark.parametrize("way", WAYS_TO_END)
@pytest.mark.parametrize("strategy", Strategy)
async def test_temporary_never_restarts_and_its_end_disturbs_nobody(
    tree, probe, autojump_clock, way, strategy
):
    async with tree(
        child(probe, "a"), child(probe, "b", restart=Restart.TEMPORARY), child(probe, "c"), strategy=strategy
    ) as system:
        await end(system, "b", way)

        assert probe.count("init") == 3
        assert system.root.child("b") is None
        assert [info.id for info in system.root.which()] == ["a", "c"]
        assert probe.sequence("terminate") in ([], ["terminate b"])


@pytest.mark.case(26)
async def test_temporary_stopped_by_a_siblings_group_restart_stays_away(tree, probe, autojump_clock):
    async with tree(
        child(probe, "a"), child(probe, "b", restart=Restart.TEMPORARY), strategy=Strategy.ONE_FOR_ALL
    ) as system:
        await end(system, "a", "crashed")

        assert probe.count("terminate", "b") == 1
        assert (probe.count("init", "a"), probe.count("init", "b")) == (2, 1)
        assert system.root.child("b") is None


class Cargo:
    """Something big that a temporary child was started with."""


async def carry(cargo: Cargo, actor: Scripted) -> None:
    """A step that keeps its cargo alive as long as anybody keeps the step."""


@pytest.mark.case(27)
@pytest.mark.parametrize("way", WAYS_TO_END)
async def test_start_arguments_of_temporary_children_are_released(tree, probe, autojump_clock, way):
    async def start(supervisor) -> weakref.ref[Cargo]:
        cargo = Cargo()
        await supervisor.start_child(child(probe, "a", init=partial(carry, cargo), restart=Restart.TEMPORARY))
        return weakref.ref(cargo)

    async with tree(dynamic("pool")) as system:
        for supervisor in (system.root, system.find("root/pool")):
            cargo = await start(supervisor)
            gc.collect()
            assert cargo() is not None

            ref = system.find(f"{supervisor.path}/a")
            WAYS_TO_END[way](ref)
            await ref.stopped()
            await settle()
            probe.clear()
            gc.collect()
            assert cargo() is None, supervisor.path
