"""The tree that really runs: as documented, and coming back whatever of it dies."""

import random
from collections.abc import Iterator
from pathlib import Path

import trio
import trio_asyncio

from boocode.compose import compose
from boocode.kernel import Node, System, open_tree
from boocode.ports.store import Store, StoreUnavailable
from boocode.settings import load_settings
from tests.kit.server import nothing_left_of
from tools import tree_doc

ALIVE = {"idle", "busy", "blocked"}
SEED = 20
ROUNDS = 4


def workers(node: Node) -> Iterator[Node]:
    if node.kind == "worker":
        yield node
    for child in node.children:
        yield from workers(child)


async def until_all_live(system: System, paths: set[str]) -> None:
    missing = paths
    with trio.move_on_after(30):
        while missing:
            missing = paths - {node.path for node in workers(system.snapshot()) if node.state in ALIVE}
            await trio.sleep(0.02)
    assert not missing, f"{sorted(missing)} did not come back; crashes: {system.crash_log.list()}"


async def test_the_documented_tree_is_the_one_that_runs():
    assert tree_doc.TARGET.read_text(encoding="utf-8") == await tree_doc.render(), (
        "docs/tree.md is out of date: python -m tools.tree_doc"
    )


async def test_every_actor_may_be_killed_and_the_whole_tree_lives_again(tmp_path: Path):
    home = tmp_path / "home"
    home.mkdir()
    async with trio_asyncio.open_loop():
        composition = compose(load_settings({}, home=home, port=0), token="t")
        async with open_tree(composition.spec) as system:
            paths = {node.path for node in workers(system.snapshot())}
            ended: list[str] = []
            system.telemetry.attach(
                lambda event: ended.append(event.path) if event.kind == "exited" else None
            )
            for path in sorted(paths):
                ref = system.find(path)
                assert ref is not None
                ended.clear()
                ref.kill("a test")
                with trio.fail_after(30):
                    while path not in ended:
                        await trio.sleep(0.01)
                await until_all_live(system, paths)
            await composition_answers(composition.store)
        composition.processes.close()
    await nothing_left_of(home)


async def test_the_tree_may_be_stopped_at_any_moment_of_its_start(tmp_path: Path):
    home = tmp_path / "home"
    home.mkdir()
    chance = random.Random(SEED)
    for _ in range(ROUNDS):
        async with trio_asyncio.open_loop():
            composition = compose(load_settings({}, home=home, port=0), token="t")
            with trio.move_on_after(chance.uniform(0.0, 1.5)):
                async with open_tree(composition.spec):
                    await trio.sleep_forever()
            composition.processes.close()
        await nothing_left_of(home, within_s=2.0)


async def composition_answers(store: Store) -> None:
    with trio.fail_after(10):
        while True:
            try:
                await store.list_projects()
            except StoreUnavailable:
                await trio.sleep(0.05)
            else:
                return
