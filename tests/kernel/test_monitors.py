"""Monitors and names: told exactly once, and only after the name is free."""

from __future__ import annotations

from typing import Any

import pytest
import trio

from boocode.kernel import (
    AlreadyRegistered,
    ChildSpec,
    Crashed,
    Down,
    Killed,
    Normal,
    NotRunning,
    Restart,
    Shutdown,
    StartFailed,
)
from tests.kit.children import (
    Boom,
    Crash,
    Do,
    Echo,
    End,
    Scripted,
    child,
    crashes,
    dynamic,
    in_turn,
    nothing,
    takes,
)
from tests.kit.trees import raising
from tests.kit.virtual_time import lasting, settle


def downs(probe, who: str = "watcher") -> list[Down]:
    return [message for message in probe.details("handled", who) if isinstance(message, Down)]


def watching(path: str) -> Do:
    async def watch(actor: Scripted) -> Any:
        return actor.ctx.monitor(actor.ctx.system.find(path))

    return Do(watch)


def unwatching(monitor: Any) -> Do:
    async def unwatch(actor: Scripted) -> None:
        actor.ctx.demonitor(monitor)

    return Do(unwatch)


@pytest.mark.case(59)
async def test_monitor_fires_once_with_the_exit_on_the_dead_at_once_and_never_after_demonitor(
    tree, probe, autojump_clock
):
    cause = Boom()
    ways = {
        "crashed": (lambda ref: ref.cast(Crash(cause)), Crashed(cause)),
        "normal": (lambda ref: ref.cast(End()), Normal()),
        "stopped": (lambda ref: ref.stop("enough"), Shutdown("enough")),
        "killed": (lambda ref: ref.kill("outsider"), Killed("outsider")),
    }
    kids = [child(probe, who, restart=Restart.TRANSIENT) for who in ways]
    async with tree(child(probe, "watcher"), *kids) as system:
        watcher = system.find("root/watcher")
        for who, (end, how) in ways.items():
            monitor = await watcher.call(watching(f"root/{who}"), 1)
            given_up = await watcher.call(watching(f"root/{who}"), 1)
            await watcher.call(unwatching(given_up), 1)
            ref = system.find(f"root/{who}")
            end(ref)
            await settle()
            assert downs(probe) == [Down(monitor, f"root/{who}", 1, how)]

            await trio.sleep(10)
            system.find(f"root/{who}").kill("again")
            await trio.sleep(10)
            assert len(downs(probe)) == 1
            probe.clear()

        await system.root.terminate_child("normal")
        with lasting(0):
            await watcher.call(watching("root/normal"), 1)
            await settle()
        (down,) = downs(probe)
        assert (down.path, down.exit) == ("root/normal", Normal())


@pytest.mark.case(60)
async def test_name_is_free_before_anyone_learns_of_the_exit_or_the_failed_start(tree, probe, autojump_clock):
    seen = []

    class Watcher(Scripted):
        async def handle(self, message: Any) -> Any:
            if isinstance(message, Down):
                seen.append(await take_the_name())
            return await super().handle(message)

    async def take_the_name() -> str:
        """Start another child under the same name, at this very instant, and end it again."""
        pool = system.find("root/pool")
        await pool.start_child(child(probe, "rival", name="n", restart=Restart.TEMPORARY))
        found = system.whereis("n").path
        await pool.terminate_child("rival")
        return found

    watcher = ChildSpec(id="watcher", start=lambda: Watcher(probe, "watcher"))
    failing = child(probe, "failing", name="f", init=crashes())
    async with tree(dynamic("pool"), watcher, dynamic("other")) as system:
        other = system.find("root/other")
        await other.start_child(child(probe, "a", name="n", restart=Restart.TEMPORARY))
        await system.find("root/watcher").call(watching("root/other/a"), 1)
        system.whereis("n").cast(Crash())
        await settle()
        assert seen == ["root/pool/rival"]

        for _ in range(3):
            with raising(StartFailed) as failed:
                await other.start_child(failing)
            assert isinstance(failed.only.cause, Boom)

        named = child(probe, "often", name="n", init=in_turn(nothing, crashes(), nothing))
        await other.start_child(named)
        system.whereis("n").cast(Crash())
        await probe.until("ready", "often", times=2)
        assert await system.whereis("n").call(Echo("back"), 1) == "back"


async def test_name_of_a_living_child_is_refused_to_another(tree, probe, autojump_clock):
    async with tree(child(probe, "a", name="n"), dynamic("pool")) as system:
        with raising(StartFailed) as failed:
            await system.find("root/pool").start_child(child(probe, "b", name="n"))
        assert isinstance(failed.only.cause, AlreadyRegistered)
        assert system.whereis("n").path == "root/a"


async def test_whereis_gives_a_lazy_address_that_follows_the_name(tree, probe, autojump_clock):
    async with tree(dynamic("pool")) as system:
        address = system.whereis("n")
        with pytest.raises(NotRunning):
            await address.call(Echo(1), timeout=1)
        for who in "ab":
            await system.find("root/pool").start_child(child(probe, who, name="n", restart=Restart.TEMPORARY))
            assert await address.call(Echo(who), timeout=1) == who
            await system.find("root/pool").terminate_child(who)

    assert probe.sequence("handled") == ["handled a", "handled b"]


async def test_monitors_of_a_dead_watcher_are_gone_with_it(tree, probe, autojump_clock):
    async with tree(child(probe, "watcher"), child(probe, "a")) as system:
        await system.find("root/watcher").call(watching("root/a"), 1)
        system.find("root/watcher").cast(Crash())
        await probe.until("ready", "watcher", times=2)
        system.find("root/a").cast(Crash())
        await trio.sleep(1)

        assert downs(probe) == []


async def test_down_overtakes_queued_data(tree, probe, autojump_clock):
    async def busy(actor: Scripted) -> None:
        await trio.sleep(1)

    async with tree(child(probe, "watcher"), child(probe, "a")) as system:
        watcher = system.find("root/watcher")
        await watcher.call(watching("root/a"), 1)
        watcher.cast(Do(busy))
        await settle()
        watcher.cast("queued first")
        system.find("root/a").cast(Crash())
        await trio.sleep(2)

    assert [type(message) for message in probe.details("handled", "watcher")] == [Down, str]


async def test_monitor_of_a_child_in_its_clean_up_waits_for_the_end_and_tells_how_it_ended(
    tree, probe, autojump_clock
):
    async with tree(
        child(probe, "watcher"), child(probe, "a", stop=takes(2), restart=Restart.TRANSIENT)
    ) as system:
        system.find("root/a").kill("outsider")
        await trio.sleep(1)
        await system.find("root/watcher").call(watching("root/a"), 1)
        await settle()
        assert downs(probe) == []
        await trio.sleep(1)
        await settle()
        (down,) = downs(probe)

    assert (down.incarnation, down.exit) == (1, Killed("outsider"))
