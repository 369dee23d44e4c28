"""Prompts that wait: edited and taken back until they are claimed, gapless in the log, whoever races."""

from typing import Any

import trio

from boocode.adapters.postgres import PostgresLog, PostgresStore
from boocode.ports.store import EditedPrompt, NotQueued
from tests.adapters.postgres.scenes import Pen, a_chat, read, settlement


async def frames_of(log: PostgresLog, chat_id: str) -> list[dict[str, Any]]:
    frames = read(await log.read(chat_id, 0, 1000))
    assert [frame["seq"] for frame in frames] == list(range(1, len(frames) + 1))
    return frames


async def test_a_queued_prompt_is_edited_in_message_task_and_log(
    store: PostgresStore, pen: Pen, log: PostgresLog
) -> None:
    chat = await a_chat(store)
    posted = await pen.post(chat.id, "frist")
    assert posted.message.queued
    edited = await store.edit_queued(posted.message.id, "first 🎉")
    assert isinstance(edited, EditedPrompt)
    assert (edited.message.text, edited.message.queued, edited.task.input) == ("first 🎉", True, "first 🎉")
    assert await store.get_message(posted.message.id) == edited.message
    *_, last = await frames_of(log, chat.id)
    assert (last["type"], last["message"]["text"], last["message"]["queued"]) == (
        "message_updated",
        "first 🎉",
        True,
    )
    (claimed,) = await store.claim_tasks("me", 1, 30.0)
    assert claimed.prompt == "first 🎉"
    now = await store.get_message(posted.message.id)
    assert now is not None
    assert not now.queued


async def test_a_prompt_taken_back_is_gone_and_the_next_one_moves_up(
    store: PostgresStore, pen: Pen, log: PostgresLog
) -> None:
    chat = await a_chat(store)
    first, second = await pen.post(chat.id, "first"), await pen.post(chat.id, "second")
    removed = await store.remove_queued(first.message.id)
    assert isinstance(removed, EditedPrompt)
    assert (removed.message.text, removed.task.state) == ("first", "cancelled")
    assert await store.get_message(first.message.id) is None
    *_, last = await frames_of(log, chat.id)
    assert (last["type"], last["message_id"]) == ("message_removed", first.message.id)
    (claimed,) = await store.claim_tasks("me", 5, 30.0)
    assert claimed.task.id == second.task.id
    assert await store.remove_queued(first.message.id) is None
    assert await store.edit_queued(first.message.id, "x") is None


async def test_what_has_begun_or_is_an_answer_is_not_queued(store: PostgresStore, pen: Pen) -> None:
    chat = await a_chat(store)
    posted = await pen.post(chat.id)
    (claimed,) = await store.claim_tasks("me", 1, 30.0)
    for change in (store.edit_queued(posted.message.id, "late"), store.remove_queued(posted.message.id)):
        assert await change == NotQueued("running")
    assert await store.remove_queued(claimed.message_id) == NotQueued("running")
    await pen.settle(settlement(claimed))
    assert await store.edit_queued(posted.message.id, "late") == NotQueued("completed")
    message = await store.get_message(posted.message.id)
    assert message is not None
    assert message.text == "do it"


async def test_an_edit_that_meets_the_claim_is_before_it_or_after_it(store: PostgresStore, pen: Pen) -> None:
    chats = [await a_chat(store) for _ in range(20)]
    posted = [await pen.post(chat.id, "old") for chat in chats]
    edits: dict[str, object] = {}
    prompts: dict[str, str] = {}

    async def edit(message_id: str, task_id: str) -> None:
        edits[task_id] = await store.edit_queued(message_id, "new")

    async def claim() -> None:
        while len(prompts) < len(posted):
            for claimed in await store.claim_tasks("me", 2, 60.0):
                prompts[claimed.task.id] = claimed.prompt
            await trio.lowlevel.checkpoint()

    with trio.fail_after(60):
        async with trio.open_nursery() as nursery:
            nursery.start_soon(claim)
            for each in posted:
                nursery.start_soon(edit, each.message.id, each.task.id)
    for task_id, edited in edits.items():
        if isinstance(edited, EditedPrompt):
            assert prompts[task_id] == "new"
        else:
            assert edited == NotQueued("running")
            assert prompts[task_id] == "old"


async def test_a_removal_that_meets_the_claim_wins_or_changes_nothing(store: PostgresStore, pen: Pen) -> None:
    posted = [await pen.post((await a_chat(store)).id) for _ in range(20)]
    removals: dict[str, object] = {}
    claimed: set[str] = set()

    async def remove(message_id: str, task_id: str) -> None:
        removals[task_id] = await store.remove_queued(message_id)

    async def claim() -> None:
        for _ in range(10):
            claimed.update(each.task.id for each in await store.claim_tasks("me", 2, 60.0))

    async with trio.open_nursery() as nursery:
        nursery.start_soon(claim)
        for each in posted:
            nursery.start_soon(remove, each.message.id, each.task.id)
    for task_id, removed in removals.items():
        assert isinstance(removed, NotQueued) == (task_id in claimed)
