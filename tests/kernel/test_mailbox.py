"""The mailbox as seen by senders: order, two lanes, bounds and what overflow does."""

from __future__ import annotations

import pytest
import trio

from boocode.kernel import MailboxFull, MailboxSpec, Overflow
from tests.kit.children import Do, child, dynamic, hangs, takes
from tests.kit.virtual_time import lasting, settle


async def busy(system, path: str = "root/a", seconds: float = 1) -> None:
    """Keep that actor in a handler for so long: what is sent now stays queued."""
    system.find(path).cast(Do(takes(seconds)))
    await settle()


@pytest.mark.case(51)
async def test_fifo_per_sender_and_control_overtakes_queued_data(tree, probe, autojump_clock):
    roomy = MailboxSpec(capacity=20_000)
    async with tree(child(probe, "a", mailbox=roomy)) as system:
        ref = system.find("root/a")

        async def send(sender: str) -> None:
            for number in range(100):
                ref.cast((sender, number))
                if number % 10 == 0:
                    await trio.lowlevel.checkpoint()

        async with trio.open_nursery() as nursery:
            for sender in "xyz":
                nursery.start_soon(send, sender)
        await settle()
        received = probe.details("handled", "a")
        for sender in "xyz":
            assert [number for who, number in received if who == sender] == list(range(100))
        probe.clear()

        await busy(system)
        for number in range(10_000):
            ref.cast(number)
        ref.stop("now")
        await ref.stopped()

    assert probe.count("handled") == 0
    assert system.dead_letters.total >= 10_000


@pytest.mark.case(52)
@pytest.mark.parametrize(
    ("overflow", "kept", "dropped"),
    [
        (Overflow.REJECT, [0, 1, 2], [3]),
        (Overflow.DROP_OLDEST, [1, 2, 3], [0]),
        (Overflow.DROP_NEWEST, [0, 1, 2], [3]),
    ],
)
async def test_full_mailbox_follows_its_rule_and_the_control_lane_is_never_full(
    tree, probe, autojump_clock, overflow, kept, dropped
):
    async with tree(child(probe, "a", mailbox=MailboxSpec(3, overflow))) as system:
        ref = system.find("root/a")
        await busy(system)
        for number in range(3):
            ref.cast(number)
        if overflow is Overflow.REJECT:
            with pytest.raises(MailboxFull) as refused:
                ref.cast(3)
            assert refused.value.capacity == 3
            assert system.dead_letters.total == 0
        else:
            ref.cast(3)
            (letter,) = system.dead_letters.list()
            assert (letter.target, letter.message_type, letter.reason) == ("root/a", "int", "full")

        with pytest.raises(TimeoutError):
            await system.get_state("root/a", timeout=0.25)
        await trio.sleep(1)
        assert probe.details("handled", "a") == kept

        await busy(system)
        for number in range(3):
            ref.cast(number)
        with lasting(1):
            ref.stop("still heard")
            await ref.stopped()


async def test_coalesce_replaces_the_queued_message_of_the_same_key(tree, probe, autojump_clock):
    def first_letter(message: object) -> str | None:
        return message[0] if isinstance(message, str) else None

    by_first = MailboxSpec(2, Overflow.COALESCE, coalesce_key=first_letter)
    async with tree(child(probe, "a", mailbox=by_first)) as system:
        await busy(system)
        for message in ("x1", "y1", "x2", "y2", "x3"):
            system.find("root/a").cast(message)
        await trio.sleep(2)

    assert probe.details("handled", "a") == ["x3", "y2"]


async def test_cast_to_the_dead_goes_to_dead_letters_and_never_raises(tree, probe, autojump_clock):
    async with tree(child(probe, "a"), child(probe, "b")) as system:
        await system.root.terminate_child("a")
        ref = system.find("root/a")

        async def cast_from_b(actor) -> None:
            ref.cast("anybody there?")

        await system.find("root/b").call(Do(cast_from_b), 1)
        system.whereis("nobody").cast(b"hello")
        first, second = system.dead_letters.list()

    assert (first.sender, first.target, first.message_type) == ("root/b", "root/a", "str")
    assert second.message_type == "bytes"


async def test_messages_queued_at_death_go_to_dead_letters_not_to_the_next_incarnation(
    tree, probe, autojump_clock
):
    async def crash_after(actor) -> None:
        await trio.sleep(1)
        raise ValueError

    async with tree(child(probe, "a")) as system:
        ref = system.find("root/a")
        ref.cast(Do(crash_after))
        ref.cast("lost")
        await probe.until("ready", "a", times=2)
        ref.cast("found")
        await settle()

        assert probe.details("handled", "a") == ["found"]
        assert [letter.message_type for letter in system.dead_letters.list()] == ["str"]


async def test_dead_letters_are_a_bounded_ring_that_counts_everything(tree, probe, autojump_clock):
    async with tree(child(probe, "a")) as system:
        await system.root.terminate_child("a")
        for number in range(5000):
            system.find("root/a").cast(number)

        assert system.dead_letters.total == 5000
        assert len(system.dead_letters.list()) < 5000


async def test_one_flooded_actor_does_not_starve_another(tree, probe, autojump_clock):
    async with tree(child(probe, "a", mailbox=MailboxSpec(50_000)), child(probe, "b")) as system:
        for number in range(20_000):
            system.find("root/a").cast(number)
        system.find("root/b").cast("quick")
        await probe.until("handled", "b")

        assert probe.count("handled", "a") < 1000


async def test_ref_is_stable_across_restarts(tree, probe, autojump_clock):
    from tests.kit.children import Crash, WhoAreYou

    async with tree(child(probe, "a")) as system:
        ref = system.find("root/a")
        assert await ref.call(WhoAreYou(), 1) == ref.incarnation == 1
        ref.cast(Crash())
        await probe.until("ready", "a", times=2)
        assert await ref.call(WhoAreYou(), 1) == ref.incarnation == 2
        assert system.find("root/a") == ref


async def test_suspended_data_still_counts_against_the_bound(tree, probe, autojump_clock):
    async with tree(dynamic("pool")) as system:
        await system.find("root/pool").start_child(child(probe, "a", mailbox=MailboxSpec(2)))
        await system.suspend("root/pool/a")
        ref = system.find("root/pool/a")
        ref.cast(1)
        ref.cast(2)
        with pytest.raises(MailboxFull):
            ref.cast(3)
        await system.resume("root/pool/a")
        await settle()

    assert probe.details("handled", "a") == [1, 2]


async def test_hanging_handler_does_not_stop_its_siblings(tree, probe, autojump_clock):
    async with tree(child(probe, "a", shutdown=1), child(probe, "b")) as system:
        system.find("root/a").cast(Do(hangs))
        system.find("root/b").cast("hello")
        await settle()

        assert probe.details("handled", "b") == ["hello"]
