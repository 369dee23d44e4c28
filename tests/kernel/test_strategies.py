"""Strategies: whom a restart takes along, in which order, and what happens when it fails half way."""

from __future__ import annotations

import pytest
import trio

from boocode.kernel import AutoShutdown, Backoff, Budget, Restart, Strategy
from tests.kit.children import Crash, End, child, crashes, dynamic, in_turn, nothing, supervisor, takes
from tests.kit.trees import escalating
from tests.kit.virtual_time import settle


@pytest.mark.case(28)
async def test_one_for_one_leaves_the_siblings_alone(tree, probe, autojump_clock):
    async with tree(child(probe, "a"), child(probe, "b"), child(probe, "c")) as system:
        before = {who: system.find(f"root/{who}").incarnation for who in "abc"}
        system.find("root/b").cast(Crash())
        await probe.until("ready", "b", times=2)
        after = {who: system.find(f"root/{who}").incarnation for who in "abc"}

    assert after == {**before, "b": before["b"] + 1}


@pytest.mark.case(29)
async def test_one_for_all_stops_the_others_in_reverse_before_any_starts(tree, probe, autojump_clock):
    kids = [child(probe, who, stop=takes(1)) for who in "abcd"]
    async with tree(*kids, strategy=Strategy.ONE_FOR_ALL) as system:
        probe.clear()
        system.find("root/b").cast(Crash())
        await probe.until("ready", "d")
        seen = probe.sequence("terminate", "ended", "init")

    assert seen == [
        *("terminate b", "ended b"),
        *("terminate d", "ended d"),
        *("terminate c", "ended c"),
        *("terminate a", "ended a"),
        *("init a", "init b", "init c", "init d"),
    ]


@pytest.mark.case(30)
async def test_rest_for_one_restarts_only_the_later_ones(tree, probe, autojump_clock):
    async with tree(*(child(probe, who) for who in "abcd"), strategy=Strategy.REST_FOR_ONE) as system:
        probe.clear()
        system.find("root/b").cast(Crash())
        await probe.until("ready", "d")
        seen = probe.sequence("terminate", "init")

    assert seen == ["terminate b", "terminate d", "terminate c", "init b", "init c", "init d"]


@pytest.mark.case(31)
async def test_group_restart_counts_as_one_restart(tree, probe, autojump_clock):
    kids = [child(probe, who) for who in "abcd"]
    with escalating():
        async with tree(*kids, strategy=Strategy.ONE_FOR_ALL, budget=Budget(2, 60)) as system:
            for lives in (2, 3):
                system.find("root/a").cast(Crash())
                await probe.until("ready", "d", times=lives)
                assert system.snapshot().restarts_in_window == lives - 1
            system.find("root/a").cast(Crash())
            await trio.sleep(1000)

    assert probe.count("init", "d") == 3


@pytest.mark.case(32)
async def test_one_for_all_stops_the_restarted_ones_again_when_a_later_one_fails(tree, probe, autojump_clock):
    kids = [
        child(probe, "a"),
        child(probe, "b", init=in_turn(nothing, crashes(), nothing)),
        child(probe, "c"),
    ]
    async with tree(*kids, strategy=Strategy.ONE_FOR_ALL) as system:
        probe.clear()
        system.find("root/a").cast(Crash())
        await probe.until("ready", "c")
        seen = probe.sequence("terminate", "init")

    assert seen[:3] == ["terminate a", "terminate c", "terminate b"]
    assert seen[3:] == ["init a", "init b", "terminate a", "init a", "init b", "init c"]


@pytest.mark.case(33)
async def test_rest_for_one_retries_from_the_one_that_failed(tree, probe, autojump_clock):
    kids = [
        child(probe, "a"),
        child(probe, "b"),
        child(probe, "c", init=in_turn(nothing, crashes(), nothing)),
        child(probe, "d"),
    ]
    async with tree(*kids, strategy=Strategy.REST_FOR_ONE) as system:
        probe.clear()
        system.find("root/b").cast(Crash())
        await probe.until("ready", "d")
        seen = probe.sequence("terminate", "init")

    assert seen[:3] == ["terminate b", "terminate d", "terminate c"]
    assert seen[3:] == ["init b", "init c", "init c", "init d"]


@pytest.mark.case(34)
@pytest.mark.parametrize("strategy", Strategy)
async def test_child_stopped_by_hand_stays_away_but_follows_its_group(tree, probe, autojump_clock, strategy):
    async with tree(child(probe, "a"), child(probe, "b"), strategy=strategy) as system:
        await system.root.terminate_child("b")
        system.find("root/a").cast(Crash())
        await probe.until("ready", "a", times=2)
        await trio.sleep(100)

        came_back = probe.count("ready", "b") == 2
        assert came_back == (strategy is not Strategy.ONE_FOR_ONE)
        assert system.root.count().active == (2 if came_back else 1)


@pytest.mark.case(35)
async def test_dead_supervisors_dynamic_children_are_forgotten_and_its_static_ones_return(
    tree, probe, autojump_clock
):
    async with tree(supervisor("sub", child(probe, "static"), dynamic("pool"))) as system:
        await system.find("root/sub").start_child(child(probe, "added"))
        await system.find("root/sub/pool").start_child(child(probe, "pooled"))
        system.find("root/sub").kill("outsider")
        await probe.until("ready", "static", times=2)
        await settle()

        assert [info.id for info in system.find("root/sub").which()] == ["static", "pool"]
        assert system.find("root/sub/pool").count().specs == 0
        assert (probe.count("ended", "added"), probe.count("ended", "pooled")) == (1, 1)

        system.find("root/sub/pool").kill("outsider")
        await trio.sleep(1)
        assert probe.count("init", "static") == 2
        assert system.find("root/sub/pool").is_running


@pytest.mark.parametrize(("auto_shutdown", "ends_after"), [(AutoShutdown.ANY, 1), (AutoShutdown.ALL, 2)])
async def test_auto_shutdown_ends_the_supervisor_when_significant_children_are_done(
    tree, probe, autojump_clock, auto_shutdown, ends_after
):
    kids = [child(probe, who, restart=Restart.TRANSIENT, significant=True) for who in "ab"]
    sub = supervisor(
        "sub", child(probe, "plain"), *kids, auto_shutdown=auto_shutdown, spec={"restart": Restart.TRANSIENT}
    )
    async with tree(sub) as system:
        for number, who in enumerate("ab", start=1):
            assert system.find("root/sub").is_running
            system.find(f"root/sub/{who}").cast(End())
            await settle()
            if number == ends_after:
                break
        assert not system.find("root/sub").is_running
        assert probe.count("terminate", "plain") == 1
        await trio.sleep(100)
        assert probe.count("init", "plain") == 1


@pytest.mark.parametrize("strategy", [Strategy.ONE_FOR_ALL, Strategy.REST_FOR_ONE])
async def test_group_restart_waits_once_from_the_crash_on_however_long_its_stops_take(
    tree, probe, autojump_clock, strategy
):
    for stop, starts in ((0, 2), (1, 2), (5, 5)):
        probe.clear()
        kids = [child(probe, "a"), child(probe, "b", stop=takes(stop))]
        async with tree(*kids, strategy=strategy, backoff=Backoff(2, 2, jitter=0)) as system:
            began = trio.current_time()
            system.find("root/a").cast(Crash())
            await probe.until("ready", "b", times=2)
            assert [at - began for at in probe.times("init")] == [0, 0, starts, starts]


async def test_crash_during_a_group_restart_joins_it(tree, probe, autojump_clock):
    kids = [child(probe, "a"), child(probe, "b", stop=takes(1)), child(probe, "c", stop=takes(1))]
    async with tree(*kids, strategy=Strategy.ONE_FOR_ALL) as system:
        probe.clear()
        system.find("root/b").cast(Crash())
        await settle()
        system.find("root/a").cast(Crash())
        await probe.until("ready", "c")
        await trio.sleep(100)

        assert probe.sequence("init") == ["init a", "init b", "init c"]
        assert system.snapshot().children[0].incarnation == 2
