"""An apply that was refused is over, whatever the database took of it before it went away."""

from collections.abc import AsyncIterator
from functools import partial

import pytest
from attrs import evolve, frozen

from actors.event_writer import EventWriter
from boocode.adapters.git import GitCheckpoints
from boocode.adapters.postgres import PostgresLog, PostgresStore
from boocode.ports.names import HUB
from boocode.ports.store import StoreUnavailable
from boocode.ports.worktrees import ApplyChanges, RecoverOperations
from supervisors.store import event_writer_child
from supervisors.worktrees import worktree_children
from tests.actors.checkpoint_kit import FaultyStore
from tests.actors.store_kit import a_tree, ear
from tests.actors.worktree_kit import Desk, Faulty


@frozen
class Scene:
    desk: Desk
    store: FaultyStore

    async def agent_writes(self, **files: str) -> tuple[str, ...]:
        """The ids of the changes (`_` is a dot in the files' names)."""
        _, worktree = await self.desk.open()
        for name, content in files.items():
            worktree.write(name.replace("_", "."), content)
        return tuple(change.id for change in await self.desk.capture())

    async def waiting(self) -> tuple[str, ...]:
        """As the next request finds it, which looks after the journal first."""
        await self.desk.ask(RecoverOperations(self.desk.session.id))
        assert await self.store.open_operations(self.desk.session.id) == ()
        return tuple(change.id for change in await self.desk.listed())


@pytest.fixture
async def scene(desk: Desk, store: PostgresStore, log: PostgresLog) -> AsyncIterator[Scene]:
    going = FaultyStore(store._database)
    git = Faulty()
    async with a_tree(
        event_writer_child(partial(EventWriter, log)),
        ear(HUB, []),
        *worktree_children(git, GitCheckpoints(), going, str(desk.folder), idle_ttl_s=3600.0),
    ) as system:
        yield Scene(evolve(desk, system=system, git=git, store=going), going)


@pytest.mark.parametrize("when", ["away_before", "away_after"])
async def test_what_cannot_begin_is_not_done_later(scene: Scene, when: str) -> None:
    """Its entry may be in the journal although its beginning was refused: nobody expects it any more."""
    ids = await scene.agent_writes(app_py="by the agent\n")
    setattr(scene.store, when, "begin")
    with pytest.raises(StoreUnavailable):
        await scene.desk.apply()
    scene.store.comes_back()
    assert await scene.waiting() == ids
    assert scene.desk.repo.read("app.py") == b"one\n"
    await scene.desk.apply()
    assert scene.desk.repo.read("app.py") == b"by the agent\n"


async def test_what_failed_and_could_not_be_noted_is_not_done_later(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = await scene.agent_writes(app_py="by the agent\n")

    def no_space(*_: object) -> None:
        raise OSError(28, "No space left on device")

    scene.store.away_before = "end"
    with monkeypatch.context() as patch:
        patch.setattr("boocode.adapters.git.swap.sync_parents", no_space)
        error = await scene.desk.refused(ApplyChanges(scene.desk.session.id))
    assert (error.code, "No space left" in str(error)) == ("apply_failed", True)
    with pytest.raises(StoreUnavailable):  # it is still away: nothing is done before the journal is right
        await scene.desk.listed()
    assert scene.desk.repo.read("app.py") == b"one\n"
    scene.store.comes_back()
    assert await scene.waiting() == ids
    assert scene.desk.repo.read("app.py") == b"one\n"


async def test_a_database_that_goes_away_at_the_end_leaves_what_was_written_since(scene: Scene) -> None:
    desk, repo = scene.desk, scene.desk.repo
    ids = await scene.agent_writes(app_py="by the agent\n", new_py="new\n")
    scene.store.away_before = "finish"
    with pytest.raises(StoreUnavailable):
        await desk.apply()
    repo.write("app.py", "by the agent, and by hand\n")
    repo.commit()
    scene.store.comes_back()
    assert await scene.waiting() == ()
    assert {change.id for change in await desk.listed("applied")} == set(ids)
    assert (repo.read("app.py"), repo.read("new.py")) == (b"by the agent, and by hand\n", b"new\n")
    assert repo.git("status", "--porcelain") == b""
