"""Checkpoints as rows: their place in the chat, their numbers, and what outlives what."""

import time

import pytest

from boocode.adapters.postgres import PostgresStore
from boocode.contracts.resources import LeftOutFile
from boocode.domain.events import Failed
from boocode.ports.checkpoints import CHECKPOINT_REFS, LeftOut
from boocode.ports.database import StoreRejected
from boocode.ports.safety_store import NewCheckpoint
from tests.adapters.postgres.safety_scenes import Desk, a_desk, change, later
from tests.adapters.postgres.scenes import Pen, Sql, settlement


@pytest.fixture
async def desk(store: PostgresStore, pen: Pen) -> Desk:
    return await a_desk(store, pen)


async def test_a_turns_checkpoint_names_the_message_before_which_it_was(desk: Desk) -> None:
    made = await desk.begin_turn("  Write\na   program ")
    shown = made.checkpoint
    assert desk.claimed is not None
    assert (shown.message_id, shown.task_id) == (desk.claimed.message_id, desk.claimed.task.id)
    assert (shown.session_id, shown.chat_id) == (desk.session_id, desk.chat_id)
    assert (shown.kind, shown.agent, shown.title) == ("turn", "practice", "Write a program")
    assert (made.worktree_id, made.head, made.base_commit) == (desk.worktree.id, "head", "base")
    assert await desk.store.get_checkpoint(shown.id) == made
    assert await desk.store.get_checkpoint("unknown") is None


async def test_a_title_is_eighty_characters_of_whole_words(desk: Desk) -> None:
    title = (await desk.turn("word " * 100)).checkpoint.title
    assert title == "word " * 15 + "word…"
    assert (await desk.turn("x" * 200)).checkpoint.title == "x" * 79 + "…"


async def test_a_safety_checkpoint_has_no_message_and_no_title(desk: Desk) -> None:
    await desk.turn()
    shown = (await desk.checkpoint("safety")).checkpoint
    assert (shown.message_id, shown.task_id, shown.agent, shown.title) == (None, None, None, None)


async def test_what_a_checkpoint_left_out_is_kept(desk: Desk) -> None:
    left_out = (LeftOut("vendor/lib", "nested repository"), LeftOut('b"ig\n\0\udc80', "too large"))
    made = await desk.checkpoint("manual", left_out=left_out)
    assert made.checkpoint.left_out == (
        LeftOutFile("vendor/lib", "nested repository"),
        LeftOutFile('b"ig\n\0\ufffd', "too large"),
    )


async def test_numbers_count_the_refs_of_a_chat(store: PostgresStore, pen: Pen) -> None:
    desk = await a_desk(store, pen, chats=2)
    one, two = (chat.id for chat in desk.chats)
    assert (await store.newest_checkpoint(one))[1] == 1
    for _ in range(2):
        await desk.checkpoint(chat_id=one)
    assert [(await store.newest_checkpoint(chat_id))[1] for chat_id in (one, two)] == [3, 1]


async def test_a_checkpoint_without_a_ref_of_its_own_counts_no_number(store: PostgresStore, pen: Pen) -> None:
    desk = await a_desk(store, pen, chats=2)
    first = await desk.checkpoint()
    await desk.checkpoint(ref=first.checkpoint.ref)
    other = desk.chats[1].id
    await desk.checkpoint(chat_id=other, ref=f"{CHECKPOINT_REFS}{desk.chat_id}/7")
    assert [(await store.newest_checkpoint(chat.id))[1] for chat in desk.chats] == [2, 1]


async def test_the_same_checkpoint_twice_is_one_row(desk: Desk) -> None:
    new = NewCheckpoint(
        "cp_1",
        desk.session_id,
        desk.chat_id,
        None,
        None,
        desk.worktree.id,
        "manual",
        "refs/x/1",
        "c1",
        None,
        "b",
        (),
    )
    first = await desk.store.add_checkpoint(new)
    assert await desk.store.add_checkpoint(new) == first
    assert await desk.store.list_checkpoints(desk.session_id) == (first.checkpoint,)


async def test_a_session_lists_the_checkpoints_of_all_its_chats_in_order(
    store: PostgresStore, pen: Pen
) -> None:
    desk = await a_desk(store, pen, chats=2)
    made = [await desk.turn("t", chat.id) for chat in (*desk.chats, *desk.chats)]
    listed = await store.list_checkpoints(desk.session_id)
    assert [one.id for one in listed] == [one.checkpoint.id for one in made]
    assert await store.list_checkpoints("unknown") == ()


async def test_the_last_checkpoint_is_that_of_the_chat(store: PostgresStore, pen: Pen) -> None:
    desk = await a_desk(store, pen, chats=2)
    assert await store.newest_checkpoint(desk.chat_id) == (None, 1)
    await desk.turn()
    newest = await desk.checkpoint("safety")
    await desk.turn(chat_id=desk.chats[1].id)
    assert await store.newest_checkpoint(desk.chat_id) == (newest, 3)
    assert await store.newest_checkpoint("gone") == (None, 1)


async def test_a_turn_that_waits_is_not_part_of_a_safety_checkpoint(desk: Desk) -> None:
    """It was claimed while the owner was busy with the restore: its files are changed after it."""
    await desk.turn()
    await desk.pen.post(desk.chat_id, "claimed meanwhile")
    (claimed,) = await desk.store.claim_tasks("me", 1, 30.0)
    safety = await desk.checkpoint("safety")
    waiting = await desk.checkpoint("turn", claimed.task.id)
    assert safety.message_n <= waiting.message_n


# what outlives what


async def test_a_deleted_chat_leaves_its_refs_to_the_reaper(desk: Desk) -> None:
    kept = [(await desk.turn()).checkpoint.ref for _ in range(2)]
    assert await desk.store.orphaned_checkpoints(later()) == ()
    before = time.time() - 5
    await desk.store.delete_chat(desk.chat_id)
    assert await desk.store.orphaned_checkpoints(before) == ()
    found = await desk.store.orphaned_checkpoints(later())
    assert found == tuple((ref, desk.worktree.project_path) for ref in kept)
    await desk.store.forget_checkpoints([ref for ref, _ in found])
    assert await desk.store.orphaned_checkpoints(later()) == ()


async def everything_of(desk: Desk) -> str:
    """A session with all that can hang on it; gives the first ref."""
    ref = (await desk.turn()).checkpoint.ref
    second = await desk.begin_turn()
    assert desk.claimed is not None
    await desk.store.replace_pending(
        desk.session_id, desk.claimed.task.id, "practice", [change("a"), change("b")]
    )
    await desk.end_turn()
    await desk.restore(second)
    await desk.begin_operation("apply")
    return ref


@pytest.mark.parametrize("kind", ["chat", "session", "project"])
async def test_checkpoints_are_found_after_what_they_hang_on_is_gone(desk: Desk, kind: str) -> None:
    ref = await everything_of(desk)
    match kind:
        case "chat":
            assert await desk.store.delete_chat(desk.chat_id)
        case "session":
            assert await desk.store.delete_session(desk.session_id)
        case _:
            assert await desk.store.remove_project(desk.project_id)
    found = await desk.store.orphaned_checkpoints(later())
    assert len(found) == 3
    assert found[0] == (ref, desk.worktree.project_path)
    assert await desk.store.worktree_by_id(desk.worktree.id) is not None
    assert len(await desk.store.open_operations(desk.session_id)) == 1


async def test_changes_outlive_the_chat_of_their_message(desk: Desk) -> None:
    await everything_of(desk)
    await desk.store.delete_chat(desk.chat_id)
    assert [one.message_id for one in await desk.store.list_pending(desk.session_id)] == [None, None]


async def test_a_ref_that_a_living_chat_shares_stays(store: PostgresStore, pen: Pen) -> None:
    desk = await a_desk(store, pen, chats=2)
    shared = (await desk.checkpoint()).checkpoint.ref
    own = (await desk.checkpoint()).checkpoint.ref
    other = await desk.checkpoint(chat_id=desk.chats[1].id, ref=shared)
    await store.delete_chat(desk.chat_id)
    assert [ref for ref, _ in await store.orphaned_checkpoints(later())] == [own]
    await store.forget_checkpoints([shared, own])
    assert await store.list_checkpoints(desk.session_id) == (other.checkpoint,)


async def test_a_ref_shared_by_two_deleted_chats_has_the_longer_grace(
    store: PostgresStore, pen: Pen, sql: Sql
) -> None:
    desk = await a_desk(store, pen, chats=2)
    shared = (await desk.checkpoint()).checkpoint.ref
    await desk.checkpoint(chat_id=desk.chats[1].id, ref=shared)
    await store.delete_session(desk.session_id)
    await sql(
        "UPDATE checkpoints SET orphaned_at = now() - interval '1 day' WHERE chat_ref = $1", desk.chat_id
    )
    assert await store.orphaned_checkpoints(time.time() - 3600) == ()
    assert await store.orphaned_checkpoints(later()) == ((shared, desk.worktree.project_path),)


async def test_a_checkpoint_of_a_chat_that_just_went_is_an_orphan_at_once(desk: Desk) -> None:
    await desk.store.delete_session(desk.session_id)
    made = await desk.checkpoint("manual")
    assert (made.checkpoint.session_id, made.checkpoint.chat_id) == (None, None)
    found = await desk.store.orphaned_checkpoints(later())
    assert found == ((made.checkpoint.ref, desk.worktree.project_path),)


async def test_a_checkpoint_of_no_known_worktree_is_refused(desk: Desk) -> None:
    new = NewCheckpoint(
        "cp_1",
        desk.session_id,
        desk.chat_id,
        None,
        None,
        "nowhere",
        "manual",
        "refs/x/1",
        "c1",
        None,
        "b",
        (),
    )
    with pytest.raises(StoreRejected):
        await desk.store.add_checkpoint(new)
    assert await desk.store.get_checkpoint("cp_1") is None


# what a restore leaves of the inbox


async def test_a_failed_turn_waits_for_nobody_once_it_left_the_chat(desk: Desk) -> None:
    before = await desk.begin_turn()
    assert desk.claimed is not None
    await desk.pen.settle(settlement(desk.claimed, Failed("agent_error", "broke")))
    assert [item.task_id for item in await desk.store.inbox()] == [desk.claimed.task.id]
    safety, _ = await desk.restore(before)
    assert await desk.store.inbox() == ()
    await desk.restore(safety)
    assert [item.task_id for item in await desk.store.inbox()] == [desk.claimed.task.id]
