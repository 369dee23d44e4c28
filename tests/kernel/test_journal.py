"""The journal: always written, bounded, in one order of numbers, and it holds nobody alive."""

from __future__ import annotations

from boocode.kernel import Budget, Journal, Killed, Normal
from tests.kit.children import Boom, Crash, Do, Scripted, child
from tests.kit.virtual_time import settle


def kinds(journal: Journal, *, notable: bool = False) -> list[tuple[str, str]]:
    return [(entry.kind, entry.path) for entry in journal.entries(notable=notable)]


async def test_what_happens_is_recorded_though_nobody_listens(tree, probe, autojump_clock):
    async with tree(child(probe, "a")) as system:
        system.find("root/a").cast(Crash(Boom("bang")))
        await probe.until("ready", "a", times=2)
        await settle()
        entries = [entry for entry in system.journal.entries() if entry.path == "root/a"]

    assert [entry.kind for entry in entries] == ["started", "exited", "backing_off", "started", "restarted"]
    exited = entries[1]
    assert (exited.incarnation, exited.exit_kind, exited.reason) == (1, "crashed", "crashed: Boom: bang")
    numbers = [entry.number for entry in entries]
    assert numbers == sorted(set(numbers))


async def test_the_order_of_things_is_not_notable(tree, probe, autojump_clock):
    async with tree(child(probe, "a"), child(probe, "b")) as system:
        await system.stop("root/a")
        system.find("root/b").kill("a test")
        await probe.until("ready", "b", times=2)
        await settle()
        notable = kinds(system.journal, notable=True)

    assert notable == [("exited", "root/b"), ("backing_off", "root/b"), ("restarted", "root/b")]


def test_ordinary_events_never_push_out_notable_ones():
    journal = Journal(notable=2, plain=3, first=1)
    journal.record("exited", "root/crashed", 1, 0.0, exit=Killed("k"))
    for number in range(10):
        journal.record("started", f"root/{number}", 1, 1.0)
        journal.record("exited", f"root/{number}", 1, 2.0, exit=Normal())

    assert kinds(journal) == [
        ("exited", "root/crashed"),
        ("exited", "root/8"),
        ("started", "root/9"),
        ("exited", "root/9"),
    ]
    assert [entry.number for entry in journal.newest()] == [21, 20, 19, 1]
    assert [entry.number for entry in journal.after(19)] == [20, 21]
    assert len(journal) == 4


def test_numbers_are_shared_with_what_else_is_told():
    journal = Journal(first=7)
    journal.record("started", "root/a", 1, 0.0)
    assert journal.take_number() == 8
    journal.record("started", "root/b", 1, 0.0)
    assert [entry.number for entry in journal.entries()] == [7, 9]
    assert journal.last == 9


async def test_an_exit_says_what_the_actor_was_doing_even_if_its_clean_up_says_otherwise(
    tree, probe, autojump_clock
):
    async def work(actor: Scripted) -> None:
        actor.ctx.set_busy(True, "turn task_1")
        raise Boom

    async def rest(actor: Scripted) -> None:
        actor.ctx.set_busy(False)

    async with tree(child(probe, "a", stop=rest)) as system:
        system.find("root/a").cast(Do(work))
        await settle()
        (exited,) = (entry for entry in system.journal.entries() if entry.kind == "exited")

    assert exited.doing == "turn task_1"


async def test_an_exit_gets_its_decision_as_soon_as_there_is_one(tree, probe, autojump_clock):
    async with tree(child(probe, "a"), budget=Budget(3, 60)) as system:
        system.find("root/a").cast(Crash())
        await settle()
        (exited,) = (entry for entry in system.journal.entries() if entry.kind == "exited")
        decision = exited.decision

    assert decision is not None
    assert (decision.verdict, decision.delay, decision.counting) == ("backing_off", 0.25, 1)
    assert decision.due == exited.at + 0.25


async def test_the_reason_of_an_exit_is_bounded(tree, probe, autojump_clock):
    async with tree(child(probe, "a")) as system:
        system.find("root/a").cast(Crash(Boom("x" * 100_000)))
        await settle()
        (exited,) = (entry for entry in system.journal.entries() if entry.kind == "exited")

    assert len(exited.reason) <= 1000
