"""What is said of a supervisor's decisions is what it decided."""

from __future__ import annotations

from collections.abc import Iterator

from boocode.kernel import (
    AutoShutdown,
    Backoff,
    Budget,
    Decision,
    KernelError,
    Normal,
    Restart,
    Strategy,
    SupervisorSpec,
    System,
)
from boocode.kernel.decide import decide
from boocode.kernel.exits import Crashed
from boocode.kernel.state import Begin, Exited, Ready, initial
from boocode.kernel.verdicts import judge
from tests.kit.children import Boom, Crash, End, child, crashes, dynamic, in_turn, nothing, supervisor
from tests.kit.trees import raising
from tests.kit.virtual_time import settle


def decisions(system: System, path: str) -> Iterator[Decision | None]:
    for entry in system.journal.entries():
        if entry.path == path and entry.kind in ("exited", "start_failed"):
            yield entry.decision


def verdicts(system: System, path: str) -> list[str | None]:
    return [decision.verdict if decision else None for decision in decisions(system, path)]


async def test_a_restart_without_backoff_is_at_once(tree, probe, autojump_clock):
    async with tree(child(probe, "a"), backoff=Backoff(0, 0)) as system:
        system.find("root/a").cast(Crash())
        await settle()
        (decision,) = decisions(system, "root/a")
    assert (decision.verdict, decision.delay, decision.supervisor) == ("restarted", 0.0, "root")


async def test_the_nth_restart_in_the_window_is_counted_until_it_escalates(tree, probe, autojump_clock):
    async with tree(supervisor("sub", child(probe, "a"), child(probe, "b"), budget=Budget(2, 60))) as system:
        for times in (2, 3):
            system.find("root/sub/a").cast(Crash())
            await probe.until("ready", "a", times=times)
        system.find("root/sub/a").cast(Crash())
        await settle()
        found = list(decisions(system, "root/sub/a"))
        (other,) = decisions(system, "root/sub/b")
    assert [(each.verdict, each.counting) for each in found] == [
        ("backing_off", 1),
        ("backing_off", 2),
        ("escalated", 3),
    ]
    assert found[-1].also_stopped == ("b",)
    assert (other.verdict, other.because[:26]) == ("stopped_as_asked", "crashed: RestartsExhausted")
    assert found[-1].budget == Budget(2, 60)


async def test_a_group_says_who_goes_and_comes_with_the_one(tree, probe, autojump_clock):
    kids = [child(probe, who) for who in "abc"]
    async with tree(*kids, strategy=Strategy.REST_FOR_ONE) as system:
        system.find("root/b").cast(Crash())
        await probe.until("ready", "c", times=2)
        (decision,) = decisions(system, "root/b")
        assert (decision.also_stopped, decision.also_started) == (("c",), ("c",))
        assert verdicts(system, "root/c") == ["restarted_with_group"]
        assert verdicts(system, "root/a") == []


async def test_who_does_not_come_back_was_left_or_removed(tree, probe, autojump_clock):
    async with tree(child(probe, "a", restart=Restart.TRANSIENT), dynamic("pool")) as system:
        system.find("root/a").cast(End(Normal()))
        pool = system.find("root/pool")
        await pool.start_child(child(probe, "t", restart=Restart.TEMPORARY))
        system.find("root/pool/t").cast(Crash())
        await settle()
        assert verdicts(system, "root/a") == ["left_stopped"]
        assert verdicts(system, "root/pool/t") == ["removed"]


async def test_an_operators_stop_and_restart_are_told_apart(tree, probe, autojump_clock):
    async with tree(child(probe, "a")) as system:
        await system.restart("root/a")
        await system.stop("root/a")
        assert verdicts(system, "root/a") == ["restarted_with_group", "stopped_as_asked"]


async def test_a_start_that_somebody_asked_for_is_refused(tree, probe, autojump_clock):
    async with tree(dynamic("pool")) as system:
        with raising(KernelError):
            await system.find("root/pool").start_child(child(probe, "t", init=crashes()))
        assert verdicts(system, "root/pool/t") == ["start_refused"]


async def test_a_restart_whose_start_fails_is_one_more_restart(tree, probe, autojump_clock):
    init = in_turn(nothing, crashes(), nothing)
    async with tree(child(probe, "a", init=init), budget=Budget(5, 60)) as system:
        system.find("root/a").cast(Crash())
        await probe.until("ready", "a", times=2)
        found = list(decisions(system, "root/a"))
    assert [(each.verdict, each.counting) for each in found] == [("backing_off", 1), ("backing_off", 2)]


async def test_a_significant_child_ends_its_supervisor(tree, probe, autojump_clock):
    sub = supervisor(
        "sub",
        child(probe, "a", restart=Restart.TRANSIENT, significant=True),
        child(probe, "b"),
        auto_shutdown=AutoShutdown.ANY,
        spec={"restart": Restart.TEMPORARY},
    )
    async with tree(sub) as system:
        system.find("root/sub/a").cast(End(Normal()))
        await probe.until("ended", "b")
        await settle()
        assert verdicts(system, "root/sub/a") == ["supervisor_ends"]
        assert verdicts(system, "root/sub/b") == ["stopped_as_asked"]


def test_a_first_start_that_fails_fails_the_supervisor(probe):
    spec = SupervisorSpec(children=(child(probe, "a"), child(probe, "b")))
    state, _ = decide(initial(spec, "root"), Begin(), 0.0)
    state, _ = decide(state, Ready("a", 1), 0.0)
    event = Exited("b", 1, Crashed(Boom()))
    after, actions = decide(state, event, 1.0)
    decision = judge(state, event, after, actions, 1.0)
    assert (decision.verdict, decision.also_stopped) == ("start_failed", ("a",))


def test_a_cause_that_nobody_may_swallow_ends_the_supervisor(probe):
    state, _ = decide(initial(SupervisorSpec(children=(child(probe, "a"),)), "root"), Begin(), 0.0)
    state, _ = decide(state, Ready("a", 1), 0.0)
    event = Exited("a", 1, Crashed(KeyboardInterrupt()))
    after, actions = decide(state, event, 1.0)
    assert judge(state, event, after, actions, 1.0).verdict == "supervisor_ends"


def test_stale_news_was_no_decision(probe):
    state, _ = decide(initial(SupervisorSpec(children=(child(probe, "a"),)), "root"), Begin(), 0.0)
    event = Exited("a", 9, Crashed(Boom()))
    after, actions = decide(state, event, 1.0)
    assert judge(state, event, after, actions, 1.0) is None
