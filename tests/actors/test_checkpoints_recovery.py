"""A restore that is cut off is finished before anything else happens there, or left with words where it cannot be."""

from collections.abc import Awaitable, Callable

import pytest
import trio

from boocode.kernel import ActorDied
from boocode.ports.checkpoints import Captured
from boocode.ports.safety_store import Operation
from boocode.ports.worktrees import OpenWorktree, RecoverOperations
from tests.actors.checkpoint_kit import Points, Talk, living
from tests.actors.store_kit import SOON_S
from tests.actors.worktree_kit import Crash
from tests.kit.repositories import Repo

BEGUN = ("restore.journaled", "restore.files_done", "restore.changes_captured", "restore.finished")
POINTS = ("restore.safety_taken", *BEGUN)


async def cut_off(talk: Talk, point: str) -> Repo:
    """Two turns, and a restore to before the second that dies at `point`."""
    await talk.turn("one", app_py="by one\n")
    _, target = await talk.turn("two", app_py="by two\n", new_txt="new\n")
    await talk.remember(talk.chat, "conversation 1")
    tree = await talk.worktree()
    talk.points.crash_at = point
    with pytest.raises(ActorDied):
        await talk.restore(target)
    talk.points.crash_at = None
    return tree


async def assert_went_back(talk: Talk, tree: Repo) -> None:
    assert tree.read("app.py") == b"by one\n"
    assert not (tree.root / "new.txt").exists()
    assert [text for text in await talk.said() if not text.startswith("answer")] == ["one"]
    assert {path: change.op for path, change in (await talk.desk.pending()).items()} == {"app.py": "edit"}
    assert await talk.memory(talk.chat) is None
    assert len(await talk.frames("checkpoint_restored")) == 1
    assert await talk.store.open_operations() == ()


async def test_a_restore_comes_by_every_point_in_order(talk: Talk) -> None:
    _, target = await talk.turn("one", app_py="by one\n")
    await talk.restore(target)
    assert talk.points.passed == list(POINTS)


@pytest.mark.parametrize("point", BEGUN)
async def test_the_next_request_finishes_what_its_owner_died_over(talk: Talk, point: str) -> None:
    tree = await cut_off(talk, point)
    await talk.desk.ask(OpenWorktree(talk.session_id))
    await assert_went_back(talk, tree)
    safety = next(c for c in await talk.taken() if c.kind == "safety")
    await talk.restore(safety)
    assert tree.read("app.py") == b"by two\n"
    assert tree.read("new.txt") == b"new\n"


async def test_before_the_journal_knows_of_it_nothing_has_happened(talk: Talk) -> None:
    tree = await cut_off(talk, "restore.safety_taken")
    assert await talk.desk.ask(RecoverOperations(talk.session_id)) == 0
    assert tree.read("app.py") == b"by two\n"
    assert len(await talk.said()) == 4
    assert await talk.memory(talk.chat) == "conversation 1"


@pytest.mark.parametrize("point", BEGUN[:-1])
async def test_the_next_life_finishes_it_though_nobody_asks(talk: Talk, point: str) -> None:
    tree = await cut_off(talk, point)
    async with living(talk.desk, talk.store, talk.checkpoints, Points()):
        with trio.fail_after(SOON_S):
            while not (notices := await talk.frames("notice")):
                await trio.sleep(0.02)
        await assert_went_back(talk, tree)
        assert ["that is finished now" in notice["text"] for notice in notices] == [True]


async def test_death_in_every_life_still_comes_to_the_end(talk: Talk) -> None:
    tree = await cut_off(talk, "restore.journaled")
    for point in BEGUN[1:]:
        talk.points.crash_at = point
        with pytest.raises(ActorDied):
            await talk.desk.ask(OpenWorktree(talk.session_id))
    talk.points.crash_at = None
    await talk.desk.ask(OpenWorktree(talk.session_id))
    await assert_went_back(talk, tree)


async def test_what_a_person_changed_meanwhile_is_not_overwritten(talk: Talk) -> None:
    tree = await cut_off(talk, "restore.journaled")
    tree.write("app.py", "by a person\n")
    await talk.desk.ask(OpenWorktree(talk.session_id))
    assert tree.read("app.py") == b"by a person\n"
    assert tree.read("new.txt") == b"new\n"
    assert len(await talk.said()) == 4
    assert await talk.store.open_operations() == ()
    [notice] = await talk.frames("notice")
    safety = next(c for c in await talk.taken() if c.kind == "safety")
    assert "app.py" in notice["text"]
    assert safety.id in notice["text"]


async def test_a_chat_that_was_deleted_meanwhile_locks_nobody_out(talk: Talk) -> None:
    second = await talk.second_chat()
    tree = await cut_off(talk, "restore.journaled")
    assert await talk.store.delete_chat(talk.chat)
    await talk.desk.ask(OpenWorktree(talk.session_id))
    assert await talk.store.open_operations() == ()
    assert tree.read("app.py") == b"by two\n"
    [notice] = await talk.frames("notice", second)
    assert "deleted" in notice["text"]


async def test_what_another_boocode_is_in_the_middle_of_is_left_to_it(talk: Talk) -> None:
    _, target = await talk.turn("one", app_py="by one\n")
    row, tree = await talk.desk.open()
    plan: dict[str, object] = {
        "checkpoint_id": target.id,
        "safety_id": target.id,
        "by": "/home/other/.boocode/worktrees",
    }
    await talk.store.begin_operation(Operation("op_1", "restore", talk.session_id, row.id, plan))
    assert await talk.desk.ask(RecoverOperations(talk.session_id)) == 0
    assert tree.read("app.py") == b"by one\n"
    assert [operation.id for operation in await talk.store.open_operations()] == ["op_1"]


async def test_an_owner_that_dies_in_a_capture_leaves_no_checkpoint(talk: Talk) -> None:
    await talk.turn("one", app_py="by one\n")
    before = await talk.taken()
    (await talk.worktree()).write("app.py", "by hand\n")

    async def die() -> Captured:
        raise Crash

    failing: Callable[[], Awaitable[object]] = die
    talk.checkpoints.at["capture"] = failing
    await talk.post()
    [claimed] = await talk.store.claim_tasks("me", 1, 600.0)
    with pytest.raises(ActorDied):
        await talk.take(claimed)
    assert await talk.taken() == before
    talk.checkpoints.at.clear()
    assert (await talk.take(claimed)).task_id == claimed.task.id
