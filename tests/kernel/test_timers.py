"""Timers: they belong to an incarnation and die with it."""

from __future__ import annotations

import pytest
import trio

from boocode.kernel import MailboxSpec
from tests.kit.children import Crash, Do, Scripted, child, in_turn, nothing
from tests.kit.virtual_time import settle


def after(seconds: float, message: object) -> Do:
    async def arm(actor: Scripted) -> object:
        return actor.ctx.send_after(seconds, message)

    return Do(arm)


@pytest.mark.case(69)
async def test_timers_die_with_their_incarnation_even_when_already_queued(tree, probe, autojump_clock):
    async def arm_then_block_past_it(actor: Scripted) -> None:
        actor.ctx.send_after(1, "queued by the old one")
        actor.ctx.send_after(10, "armed by the old one")
        actor.ctx.send_every(2, "repeated by the old one")
        await trio.sleep(5)
        raise ValueError

    async with tree(child(probe, "a")) as system:
        system.find("root/a").cast(Do(arm_then_block_past_it))
        await probe.until("ready", "a", times=2)
        assert len(system.timers) == 0
        system.find("root/a").cast(after(1, "armed by the new one"))
        await trio.sleep(100)

    assert probe.details("handled", "a") == ["armed by the new one"]


async def test_timer_fires_once_at_its_instant_and_every_timer_again_and_again(tree, probe, autojump_clock):
    async def arm(actor: Scripted) -> None:
        actor.ctx.send_after(1.5, "once")
        actor.ctx.send_every(2, "every")

    async with tree(child(probe, "a", init=arm)):
        await trio.sleep(7)

    assert [(note.at, note.detail) for note in probe.of("handled")] == [
        (1.5, "once"),
        (2, "every"),
        (4, "every"),
        (6, "every"),
    ]


async def test_cancelled_timer_never_fires_even_when_already_queued(tree, probe, autojump_clock):
    async def arm_wait_cancel(actor: Scripted) -> None:
        timers = [
            actor.ctx.send_after(1, "queued"),
            actor.ctx.send_after(9, "armed"),
            actor.ctx.send_every(1, "every"),
        ]
        await trio.sleep(3)
        for timer in timers:
            actor.ctx.cancel_timer(timer)
            actor.ctx.cancel_timer(timer)

    async with tree(child(probe, "a")) as system:
        system.find("root/a").cast(Do(arm_wait_cancel))
        await trio.sleep(100)

    assert probe.count("handled") == 0


async def test_busy_actor_is_not_flooded_by_its_own_repeating_timer(tree, probe, autojump_clock):
    async def arm_and_block(actor: Scripted) -> None:
        actor.ctx.send_every(1, "tick")
        await trio.sleep(999.5)

    async with tree(child(probe, "a", mailbox=MailboxSpec(2))) as system:
        system.find("root/a").cast(Do(arm_and_block))
        await trio.sleep(999.75)

        assert probe.count("handled") == 1
        assert system.find("root/a").incarnation == 1


async def test_timer_of_a_stopped_actor_keeps_nothing_waiting(tree, probe, autojump_clock):
    async def arm(actor: Scripted) -> None:
        actor.ctx.send_after(5000, "late")

    async with tree(child(probe, "a", init=in_turn(arm, nothing))) as system:
        await system.root.terminate_child("a")
        await settle()
        await trio.sleep(10_000)

        assert probe.count("handled") == 0
        assert system.dead_letters.total == 0


async def test_crash_cancels_only_the_crashed_ones_timers(tree, probe, autojump_clock):
    async with tree(child(probe, "a"), child(probe, "b")) as system:
        system.find("root/a").cast(after(2, "never"))
        system.find("root/b").cast(after(2, "two"))
        await trio.sleep(1)
        system.find("root/a").cast(Crash())
        await trio.sleep(10)

    assert probe.sequence("handled") == ["handled b"]
