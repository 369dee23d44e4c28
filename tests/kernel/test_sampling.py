"""Sampling: what changed is shown, once; what merely grew older is not."""

from __future__ import annotations

import os

import trio

from boocode.kernel import Budget, Sampler
from tests.kit.children import Crash, Do, Scripted, child, dynamic, supervisor, takes
from tests.kit.virtual_time import settle


def shown(sampler: Sampler) -> tuple[list[tuple[str, str]], tuple[str, ...]]:
    nodes, gone = sampler.changes()
    return [(node.path, node.state) for node in nodes], gone


async def test_time_alone_changes_nothing(tree, probe, autojump_clock):
    async with tree(supervisor("sub", child(probe, "a")), dynamic("pool")) as system:
        sampler = system.sampler()
        await trio.sleep(1000)
        assert shown(sampler) == ([], ())


async def test_a_change_is_shown_once_and_only_of_whom_it_concerns(tree, probe, autojump_clock):
    async with tree(child(probe, "a"), child(probe, "b")) as system:
        sampler = system.sampler()
        system.find("root/a").cast(Do(takes(10)))
        await settle()
        assert shown(sampler) == ([("root/a", "busy")], ())
        await trio.sleep(5)
        assert shown(sampler) == ([], ())
        await trio.sleep(6)
        assert shown(sampler) == ([("root/a", "idle")], ())
        await system.suspend("root/b")
        assert shown(sampler) == ([("root/b", "suspended")], ())


async def test_who_came_and_who_went_is_shown_without_what_went_below(tree, probe, autojump_clock):
    async with tree(dynamic("pool")) as system:
        sampler = system.sampler()
        pool = system.find("root/pool")
        await pool.start_child(supervisor("sub", child(probe, "x"), child(probe, "y")))
        assert [path for path, _ in shown(sampler)[0]] == [
            "root/pool/sub",
            "root/pool/sub/x",
            "root/pool/sub/y",
        ]
        await pool.terminate_child("sub")
        assert shown(sampler) == ([], ("root/pool/sub",))


async def test_another_one_in_the_same_place_is_a_change(tree, probe, autojump_clock):
    async with tree(dynamic("pool")) as system:
        pool = system.find("root/pool")
        await pool.start_child(child(probe, "a"))
        sampler = system.sampler()
        await pool.terminate_child("a")
        await trio.sleep(1)
        await pool.start_child(child(probe, "a"))
        assert shown(sampler) == ([("root/pool/a", "idle")], ())


async def test_a_restart_that_counts_and_one_that_does_no_more_are_changes_of_the_supervisor(
    tree, probe, autojump_clock
):
    async with tree(child(probe, "a"), budget=Budget(3, 60)) as system:
        sampler = system.sampler()
        system.find("root/a").cast(Crash())
        await probe.until("ready", "a", times=2)
        await settle()
        nodes, _ = sampler.changes()
        assert [(node.path, len(node.budget.expires) if node.budget else None) for node in nodes] == [
            ("root", 1),
            ("root/a", None),
        ]
        await trio.sleep(30)
        assert shown(sampler) == ([], ())
        await trio.sleep(31)
        ((root,), _) = sampler.changes()
        assert root.budget.expires == ()


async def test_an_actor_that_does_not_answer_is_shown_when_it_has_taken_too_long(tree, probe, autojump_clock):
    async with tree(child(probe, "a")) as system:
        system.find("root/a").cast(Do(takes(60)))
        await settle()
        system.find("root/a").cast("waits")
        sampler = system.sampler()
        await trio.sleep(4)
        assert sampler.changes() == ((), ())
        await trio.sleep(2)
        ((node,), _) = sampler.changes()
        assert not node.is_responsive


async def test_a_process_is_shown_when_it_comes_and_when_it_is_gone(tree, probe):
    async def own(actor: Scripted) -> None:
        actor.ctx.set_process(os.getpid())

    async with tree(child(probe, "a")) as system:
        sampler = system.sampler()
        await system.find("root/a").call(Do(own), 5)
        ((node,), _) = sampler.changes()
        assert node.process.pid == os.getpid()
