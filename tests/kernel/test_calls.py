"""Calls: a reply, the callee's death or the timeout, whichever is first; never a deadlock, never a stray reply."""

from __future__ import annotations

import pytest
import trio

from boocode.kernel import (
    ActorDied,
    CallCycle,
    CallRefused,
    CallTimeout,
    Killed,
    MailboxSpec,
    NotRunning,
    Restart,
    kind,
)
from tests.kit.children import Boom, Crash, Do, Echo, Scripted, child, hangs, in_turn, nothing, takes
from tests.kit.virtual_time import lasting, settle


@pytest.mark.case(53)
async def test_call_raises_at_its_timeout_even_when_the_mailbox_is_full_or_the_target_in_init(
    tree, probe, autojump_clock
):
    full = child(probe, "full", mailbox=MailboxSpec(1))
    async with tree(full, child(probe, "slow", init=in_turn(nothing, takes(50)))) as system:
        system.find("root/full").cast(Do(takes(10)))
        await settle()
        system.find("root/full").cast("fills it")
        with lasting(2), pytest.raises(CallTimeout) as late:
            await system.find("root/full").call(Echo(1), timeout=2)
        assert (late.value.path, late.value.timeout) == ("root/full", 2)
        assert isinstance(late.value, TimeoutError)

        system.find("root/slow").cast(Crash())
        await probe.until("init", "slow", times=2)
        with lasting(3), pytest.raises(CallTimeout):
            await system.find("root/slow").call(Echo(2), timeout=3)

        await trio.sleep(100)
        assert probe.details("handled") == ["fills it"]


@pytest.mark.case(54)
async def test_late_reply_goes_to_dead_letters_and_to_no_later_call(tree, probe, autojump_clock):
    async def slow_answer(actor: Scripted) -> str:
        await trio.sleep(2)
        return "too late"

    kept = []

    async def keep_the_reply_for_later(actor: Scripted) -> None:
        kept.append(actor.ctx.defer())

    async with tree(child(probe, "a")) as system:
        ref = system.find("root/a")
        for step in (slow_answer, keep_the_reply_for_later):
            with pytest.raises(CallTimeout):
                await ref.call(Do(step), timeout=1)
        kept[0].reply("too late as well")
        assert await ref.call(Echo("on time"), timeout=5) == "on time"

        assert probe.details("handled", "a") == ["on time"]
        letters = system.dead_letters.list()
        assert len(letters) == 2
        assert all("late" in letter.reason for letter in letters)
        assert (ref.incarnation, probe.count("terminate")) == (1, 0)


@pytest.mark.case(55)
async def test_crash_while_handling_fails_the_caller_and_all_queued_callers_at_once(
    tree, probe, autojump_clock
):
    cause = Boom("while handling")
    died = []

    async def crash_after(actor: Scripted) -> None:
        await trio.sleep(1)
        raise cause

    async def ask(ref, request) -> None:
        with pytest.raises(ActorDied) as error:
            await ref.call(request, timeout=1000)
        died.append((trio.current_time(), error.value))

    async with tree(child(probe, "a", stop=takes(3))) as system:
        ref = system.find("root/a")
        async with trio.open_nursery() as nursery:
            nursery.start_soon(ask, ref, Do(crash_after))
            await settle()
            for number in range(5):
                nursery.start_soon(ask, ref, Echo(number))

    assert [at for at, _ in died] == [1] * 6
    assert all(error.exit.cause is cause and error.__cause__ is cause for _, error in died)
    assert all(error.path == "root/a" for _, error in died)
    assert probe.count("handled") == 0


@pytest.mark.case(56)
@pytest.mark.parametrize("length", [1, 2, 3, 7])
async def test_calls_to_self_and_in_a_cycle_raise_at_once_and_name_the_path(
    tree, probe, autojump_clock, length
):
    paths = [f"root/k{number}" for number in range(length)]

    def call_on(number: int):
        async def step(actor: Scripted) -> object:
            return await actor.ctx.system.find(paths[number % length]).call(Do(call_on(number + 1)), 100)

        return step

    caught = []

    async def begin(actor: Scripted) -> None:
        try:
            await call_on(1)(actor)
        except (CallCycle, ActorDied) as error:
            caught.append(error)

    kids = [child(probe, f"k{number}", restart=Restart.TEMPORARY) for number in range(length)]
    with lasting(0):
        async with tree(*kids) as system:
            await system.find(paths[0]).call(Do(begin), timeout=100)

    (error,) = caught
    while not isinstance(error, CallCycle):
        error = error.__cause__
    assert set(error.path) == set(paths)
    assert error.path[0] == error.path[-1]
    assert len(error.path) == length + 1
    assert all(path in str(error) for path in paths)


@pytest.mark.case(57)
async def test_caller_cancelled_while_waiting_leaves_the_actors_work_untouched(tree, probe, autojump_clock):
    async def work(actor: Scripted) -> str:
        await trio.sleep(2)
        actor.note("worked")
        return "for nobody"

    async with tree(child(probe, "a")) as system:
        ref = system.find("root/a")
        with trio.move_on_after(1) as waiting:
            await ref.call(Do(work), timeout=100)
        assert waiting.cancelled_caught
        assert await ref.call(Echo("next"), timeout=100) == "next"

    assert probe.times("worked", "a") == [2]
    assert probe.count("terminate", "a") == 1


@pytest.mark.case(58)
async def test_drain_processes_what_was_queued_and_kill_interrupts_the_handler(tree, probe, autojump_clock):
    async with tree(*(child(probe, who, restart=Restart.TEMPORARY) for who in "ab")) as system:
        drained, killed = system.find("root/a"), system.find("root/b")
        for ref in (drained, killed):
            ref.cast(Do(takes(2)))
            await settle()
            ref.cast("queued")

        drained.drain("enough")
        drained.cast("after")
        with lasting(0), pytest.raises((NotRunning, ActorDied)):
            await drained.call(Echo("after"), timeout=100)
        with lasting(0):
            killed.kill("at once")
            assert await killed.stopped() == Killed("at once")
        with lasting(2):
            assert kind(await drained.stopped()) == "shutdown"

        assert probe.sequence("handled") == ["handled a"]
        assert probe.details("handled") == ["queued"]
        assert sorted(
            letter.target for letter in system.dead_letters.list() if letter.message_type == "str"
        ) == [
            "root/a",
            "root/b",
        ]


async def test_call_while_the_target_restarts_fails_fast_and_says_when(tree, probe, autojump_clock):
    async with tree(child(probe, "a")) as system:
        system.find("root/a").cast(Crash())
        await settle()
        await trio.sleep(0.125)
        with lasting(0), pytest.raises(NotRunning) as refused:
            await system.find("root/a").call(Echo(1), timeout=100)

    assert (refused.value.path, refused.value.due_in) == ("root/a", 0.125)


async def test_call_to_an_unknown_name_is_not_running_without_a_due_time(tree, probe, autojump_clock):
    async with tree(child(probe, "a")) as system:
        with pytest.raises(NotRunning) as refused:
            await system.whereis("nobody").call(Echo(1), timeout=1)

    assert refused.value.due_in is None


async def test_refusal_is_a_reply_and_kills_nobody(tree, probe, autojump_clock):
    async def refuse(actor: Scripted) -> None:
        raise CallRefused(LookupError("no such row"))

    async def fail_later(actor: Scripted) -> None:
        actor.ctx.defer().fail(LookupError("no such row"))

    async with tree(child(probe, "a")) as system:
        for step in (refuse, fail_later):
            with pytest.raises(LookupError, match="no such row"):
                await system.find("root/a").call(Do(step), timeout=1)
        assert system.find("root/a").incarnation == 1
        assert probe.count("terminate") == 0


async def test_deferred_reply_reaches_its_caller_while_others_are_served(tree, probe, autojump_clock):
    kept = []

    async def defer(actor: Scripted) -> str:
        kept.append(actor.ctx.defer())
        return "not this"

    async with tree(child(probe, "a")) as system:
        ref = system.find("root/a")

        async def first() -> None:
            kept.append(await ref.call(Do(defer), timeout=100))

        async with trio.open_nursery() as nursery:
            nursery.start_soon(first)
            await settle()
            assert await ref.call(Echo("between"), timeout=1) == "between"
            kept[0].reply("this")

    assert kept[1] == "this"


async def test_callee_killed_in_the_handler_fails_the_call_with_the_exit(tree, probe, autojump_clock):
    async with tree(child(probe, "a", restart=Restart.TEMPORARY)) as system:
        ref = system.find("root/a")
        async with trio.open_nursery() as nursery:

            @nursery.start_soon
            async def ask() -> None:
                with pytest.raises(ActorDied) as died:
                    await ref.call(Do(hangs), timeout=100)
                assert died.value.exit == Killed("gone")

            await settle()
            ref.kill("gone")


async def test_caller_that_dies_is_not_waited_for(tree, probe, autojump_clock):
    async def call_b(actor: Scripted) -> None:
        await actor.ctx.system.find("root/b").call(Do(takes(2)), timeout=100)

    async with tree(child(probe, "a", restart=Restart.TEMPORARY), child(probe, "b")) as system:
        system.find("root/a").cast(Do(call_b))
        await settle()
        system.find("root/a").kill("gone")
        assert await system.find("root/b").call(Echo("alive"), timeout=100) == "alive"
        assert system.find("root/b").incarnation == 1


async def test_parallel_callers_are_no_cycle(tree, probe, autojump_clock):
    async def ask_b(actor: Scripted) -> object:
        return await actor.ctx.system.find("root/b").call(Echo("b"), timeout=100)

    async with tree(child(probe, "a"), child(probe, "b"), child(probe, "c")) as system:
        replies = []

        async def ask(who: str) -> None:
            replies.append(await system.find(f"root/{who}").call(Do(ask_b), timeout=100))

        async with trio.open_nursery() as nursery:
            nursery.start_soon(ask, "a")
            nursery.start_soon(ask, "c")

    assert replies == ["b", "b"]


async def test_callee_may_call_back_once_it_has_answered(tree, probe, autojump_clock):
    async def ask_b(actor: Scripted) -> object:
        return await actor.ctx.system.find("root/b").call(Echo("answer"), timeout=100)

    async def call_back(actor: Scripted) -> None:
        actor.note("called back", await actor.ctx.system.find("root/a").call(Echo("back"), timeout=100))

    async with tree(child(probe, "a"), child(probe, "b")) as system:
        system.find("root/b").cast(Do(takes(1)))
        await settle()
        async with trio.open_nursery() as nursery:
            nursery.start_soon(system.find("root/a").call, Do(ask_b), 100)
            await settle()
            system.find("root/b").cast(Do(call_back))  # in one burst with the answer to `a`
        await settle()

    assert probe.details("called back") == ["back"]
    assert probe.count("init") == 2
