"""The embedded server below its actor: started, killed, found again, and gone with the tree."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import psutil
import pytest
import trio
import trio_asyncio

from actors.write_queue import QueueLimits
from boocode.adapters.postgres.cluster import Cluster
from boocode.kernel import StartFailed, open_tree
from boocode.ports.database import StoreMisconfigured
from boocode.ports.names import STORE
from boocode.ports.store import StoreUnavailable
from tests.actors.store_kit import SOON_S, OwnStore, own_store, until
from tests.kit.clusters import copy_cluster


@pytest.fixture
def home(made_cluster: Path, tmp_path: Path) -> Path:
    copy_cluster(made_cluster, tmp_path)
    return tmp_path


def causes(error: BaseException) -> list[str]:
    """The words of an error and of everything it came from, groups opened."""
    found = [f"{type(error).__name__}: {error}"]
    inner = list(error.exceptions) if isinstance(error, BaseExceptionGroup) else []
    inner += [
        each for each in (error.__cause__, getattr(error, "cause", None)) if isinstance(each, BaseException)
    ]
    return found + [words for each in inner for words in causes(each)]


async def test_the_first_start_makes_the_cluster_and_the_next_one_finds_it(tmp_path: Path) -> None:
    async with own_store(tmp_path) as (own, _):
        project = await own.store.add_project("/src", "kept")
        assert own.database.status().state == "up"
    assert "postgres" in os.listdir(tmp_path)
    assert not [name for name in os.listdir(tmp_path) if name.startswith("postgres.new-")]
    async with own_store(tmp_path) as (own, _):
        assert await own.store.list_projects() == (project,)


async def test_a_start_given_up_while_the_cluster_is_made_leaves_it_to_the_next(tmp_path: Path) -> None:
    async with trio_asyncio.open_loop():
        own = OwnStore(tmp_path, QueueLimits())
        with trio.CancelScope() as start:
            async with trio.open_nursery() as nursery:
                nursery.start_soon(cancel_at_initdb, own, start)
                async with open_tree(own.spec()):
                    pytest.fail("the cluster was made before anybody looked")
        assert own.processes.owned() == ()
    async with own_store(tmp_path) as (again, _):
        assert again.database.status().state == "up"


async def cancel_at_initdb(own: OwnStore, start: trio.CancelScope) -> None:
    await until(lambda: any(info.label == "initdb" for info in own.processes.owned()))
    start.cancel()


async def test_the_tree_shows_the_server_and_the_pool(home: Path) -> None:
    async with own_store(home) as (own, system):
        state = await system.get_state("root/store/database", timeout=SOON_S)
        assert (state["state"], state["schema"]) == ("up", own.database.status().schema_version)
        server = await system.get_state("root/store/postgres", timeout=SOON_S)
        assert server["pid"] == own.postmaster.pid
        labels = {info.label for info in own.processes.owned()}
        assert labels == {"postgres"}


async def test_a_killed_server_comes_back_with_what_was_committed(home: Path) -> None:
    async with own_store(home) as (own, system):
        project = await own.store.add_project("/src", "kept")
        keeper = system.find("root/store/database")
        assert keeper is not None
        incarnation = keeper.incarnation
        own.postmaster.kill()
        await until(lambda: own.database.status().state == "down" or bool(own.processes.owned()))
        with trio.fail_after(SOON_S):
            while True:
                try:
                    assert await own.store.list_projects() == (project,)
                except StoreUnavailable:
                    await trio.sleep(0.01)
                else:
                    break
        assert keeper.incarnation == incarnation, "the pool connects again without being restarted"
        restarted = system.find("root/store/postgres")
        assert restarted is not None
        assert restarted.incarnation == 2


async def test_while_the_server_is_stopped_calls_fail_at_once_and_the_keeper_says_why(home: Path) -> None:
    async with own_store(home) as (own, system):
        await system.stop("root/store/postgres")
        await until(lambda: own.database.status().state == "down")
        for _ in range(100):
            began = trio.current_time()
            with pytest.raises(StoreUnavailable):
                await own.store.list_projects()
            assert trio.current_time() - began < 1.0
        node = next(node for node in system.snapshot().children[0].children if node.name == "database")
        assert (node.state, node.waits_for) == ("blocked", "the database server")
        await system.restart("root/store/postgres")
        await until(lambda: own.database.status().state == "up")
        assert await own.store.list_projects() == ()


async def test_a_server_that_cannot_start_says_so_in_its_own_words(home: Path) -> None:
    (home / "postgres" / "global" / "pg_control").unlink()
    with pytest.raises((StartFailed, BaseExceptionGroup)) as raised:
        async with own_store(home):
            pass
    assert any("pg_control" in words for words in causes(raised.value)), causes(raised.value)


async def test_a_home_in_use_is_refused_with_the_process_that_uses_it(home: Path) -> None:
    other = Cluster(home)
    other.prepare()
    try:
        with pytest.raises((StartFailed, BaseExceptionGroup)) as raised:
            async with own_store(home):
                pass
    finally:
        other.release()
    expected = f"{StoreMisconfigured.__name__}: Another BooCode (process {os.getpid()}) uses the database"
    assert any(words.startswith(expected) for words in causes(raised.value)), causes(raised.value)


LIVE_AND_DIE = """
import sys, trio
from pathlib import Path
from tests.actors.store_kit import own_store

async def main():
    async with own_store(Path(sys.argv[1])) as (own, system):
        await own.store.add_project("/src", "from the dead")
        print(own.postmaster.pid, flush=True)
        await trio.sleep_forever()

trio.run(main)
"""


def _die(home: Path) -> int:
    """A BooCode that is killed -9 in the middle of its life; returns the pid of its server."""
    root = Path(__file__).resolve().parents[2]
    with subprocess.Popen(
        [sys.executable, "-c", LIVE_AND_DIE, str(home)],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(root)},
        cwd=root,
    ) as owner:
        assert owner.stdout is not None
        pid = int(owner.stdout.readline())
        owner.send_signal(signal.SIGKILL)
    return pid


async def test_after_a_kill_of_its_owner_the_server_is_replaced_and_nothing_is_lost(home: Path) -> None:
    lost = await trio.to_thread.run_sync(_die, home)
    async with own_store(home) as (own, system):
        assert own.postmaster.pid != lost
        assert not psutil.pid_exists(lost) or psutil.Process(lost).status() == psutil.STATUS_ZOMBIE
        assert [project.name for project in await own.store.list_projects()] == ["from the dead"]
        keeper: Any = system.whereis(STORE)
        assert keeper.is_running
