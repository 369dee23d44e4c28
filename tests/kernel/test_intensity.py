"""Restart intensity: a sliding window that belongs to the supervisor; past it the supervisor gives up."""

from __future__ import annotations

import pytest
import trio

from boocode.kernel import Budget, Crashed, Restart, RestartsExhausted, is_abnormal
from tests.kit.children import Boom, Crash, child, crashes, in_turn, nothing, supervisor
from tests.kit.trees import escalating
from tests.kit.virtual_time import settle, until


@pytest.mark.case(41)
async def test_as_many_restarts_as_budgeted_survive_and_the_next_escalates_in_order(
    tree, probe, autojump_clock
):
    sub = supervisor(
        "sub",
        *(child(probe, who) for who in "abc"),
        budget=Budget(3, 60),
        spec={"restart": Restart.TEMPORARY},
    )
    async with tree(sub) as system:
        ref = system.find("root/sub")
        for lives in (2, 3, 4):
            system.find("root/sub/b").cast(Crash())
            await probe.until("ready", "b", times=lives)
        assert ref.is_running
        probe.clear()

        system.find("root/sub/b").cast(Crash())
        exit_ = await ref.stopped()

        assert probe.sequence("terminate", "init") == ["terminate b", "terminate c", "terminate a"]
        assert is_abnormal(exit_)
        assert isinstance(exit_, Crashed)
        assert isinstance(exit_.cause, RestartsExhausted)
        assert (exit_.cause.path, exit_.cause.restarts, exit_.cause.period) == ("root/sub", 3, 60)
        assert isinstance(exit_.cause.__cause__, Boom)


@pytest.mark.case(42)
async def test_window_slides_and_its_edge_is_inclusive(tree, probe, autojump_clock):
    period = 8.0

    async with tree(child(probe, "a"), budget=Budget(1, period)) as system:
        for number in range(1, 51):
            await until(number * (period + 0.0625))
            system.find("root/a").cast(Crash())
        await trio.sleep(1)
        assert probe.count("ready", "a") == 51
    probe.clear()

    start = trio.current_time()
    with escalating():
        async with tree(child(probe, "a"), budget=Budget(1, period)) as system:
            for number in (1, 2):
                await until(start + number * period)
                system.find("root/a").cast(Crash())
            await trio.sleep(1000)
    assert trio.current_time() == start + 2 * period


@pytest.mark.case(43)
async def test_failed_start_attempts_spend_the_budget(tree, probe, autojump_clock):
    kid = child(probe, "a", init=in_turn(nothing, crashes()))
    with escalating():
        async with tree(kid, budget=Budget(3, 60)) as system:
            system.find("root/a").cast(Crash())
            await trio.sleep(1000)

    assert probe.count("init", "a") == 3 + 1


@pytest.mark.case(44)
async def test_budget_belongs_to_the_supervisor_not_to_the_child(tree, probe, autojump_clock):
    with escalating():
        async with tree(child(probe, "a"), child(probe, "b"), budget=Budget(3, 60)) as system:
            for who in "abab":
                system.find(f"root/{who}").cast(Crash())
                await trio.sleep(1)
            pytest.fail("the fourth crash of the two must escalate")

    assert (probe.count("ready", "a"), probe.count("ready", "b")) == (3, 2)


@pytest.mark.case(45)
@pytest.mark.parametrize("restart", [Restart.PERMANENT, Restart.TRANSIENT])
async def test_escalated_supervisor_comes_back_with_a_fresh_budget(tree, probe, autojump_clock, restart):
    sub = supervisor("sub", child(probe, "a"), budget=Budget(1, 1000), spec={"restart": restart})
    async with tree(sub, budget=Budget(2, 1000)) as system:
        for lives in range(2, 6):
            system.find("root/sub/a").cast(Crash())
            await probe.until("ready", "a", times=lives)
            await settle()
        assert system.find("root/sub").incarnation == 3
        assert system.snapshot().restarts_in_window == 2


async def test_escalation_does_not_wait_for_a_backoff(tree, probe, autojump_clock):
    with escalating():
        async with tree(child(probe, "a"), budget=Budget(0, 1)) as system:
            system.find("root/a").cast(Crash())
            await trio.sleep(1000)

    assert trio.current_time() == 0


async def test_escalated_root_takes_the_body_with_it_and_names_the_last_crash(tree, probe, autojump_clock):
    cause = Boom("the last straw")
    with escalating() as raised:
        async with tree(child(probe, "a"), budget=Budget(0, 1)) as system:
            system.find("root/a").cast(Crash(cause))
            await trio.sleep(1000)

    assert raised.only.__cause__ is cause
    assert "root" in str(raised.only)
