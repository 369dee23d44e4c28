"""Questions to people, the inbox, costs, settings and the pages of a transcript."""

import time

import pytest

from boocode.adapters.postgres import PostgresStore
from boocode.contracts.resources import Part, PermissionOption
from boocode.domain.events import Completed, Failed
from boocode.ports.database import StoreRejected
from boocode.ports.store import ClaimedTask, NewPermission
from tests.adapters.postgres.scenes import Pen, a_chat, settlement


async def running(store: PostgresStore, pen: Pen, text: str = "do it") -> ClaimedTask:
    await pen.post((await a_chat(store)).id, text)
    (claimed,) = await store.claim_tasks("me", 1, 30.0)
    return claimed


def question(claimed: ClaimedTask, id_: str = "perm_1") -> NewPermission:
    options = (PermissionOption("yes", "Yes", "allow_once"), PermissionOption("no", "No", "reject_once"))
    task = claimed.task
    assert task.chat_id is not None
    tool = Part("tool", tool_call_id="t", title="rm \0", kind="execute", status="pending")
    return NewPermission(
        id_, task.chat_id, task.id, "practice", "key", "May I?", tool, options, time.time() + 60
    )


async def test_a_question_asked_again_is_the_same_question(store: PostgresStore, pen: Pen) -> None:
    claimed = await running(store, pen)
    first = await store.save_permission(question(claimed))
    assert first.tool.title == "rm \0"
    assert await store.save_permission(question(claimed)) == first
    assert await store.open_permissions() == (first,)
    assert await store.open_permissions(claimed.task.chat_id) == (first,)
    assert await store.open_permissions("another") == ()


async def test_an_answer_counts_once(store: PostgresStore, pen: Pen) -> None:
    await store.save_permission(question(await running(store, pen)))
    answered = await store.resolve_permission("perm_1", "selected:yes")
    assert answered is not None
    assert await store.resolve_permission("perm_1", "selected:no") is None
    assert await store.get_permission("perm_1") == answered
    assert answered.outcome == "selected:yes"
    assert await store.resolve_permission("unknown", "selected:no") is None


async def test_a_question_of_no_task_is_rejected(store: PostgresStore, pen: Pen) -> None:
    claimed = await running(store, pen)
    await store.remove_project(claimed.task.project_id)
    with pytest.raises(StoreRejected):
        await store.save_permission(question(claimed))


async def test_the_inbox_holds_questions_blocked_and_failed_tasks_each_once(
    store: PostgresStore, pen: Pen
) -> None:
    asking, blocked, failed, fine = [
        await running(store, pen, text) for text in ("ask", "block", "fail", "fine")
    ]
    await store.set_task_blocked(asking.task.id, True)
    saved = await store.save_permission(question(asking))
    await store.set_task_blocked(blocked.task.id, True)
    await pen.settle(settlement(failed, Failed("agent_error", "broke")))
    await pen.settle(settlement(fine, Completed()))
    items = await store.inbox()
    assert [(item.kind, item.task_id) for item in items[:1]] == [("permission", asking.task.id)]
    assert items[0].permission == saved
    assert {(item.kind, item.task_id, item.title, item.detail) for item in items[1:]} == {
        ("blocked", blocked.task.id, "block", None),
        ("failed", failed.task.id, "fail", "broke"),
    }


async def test_a_failed_task_that_was_tried_again_waits_for_nobody(store: PostgresStore, pen: Pen) -> None:
    first = await running(store, pen, "fail")
    await pen.settle(settlement(first, Failed("agent_error", "broke")))
    assert first.task.chat_id is not None
    again = await pen.post(first.task.chat_id, "fail", repeats=first.task.id)
    assert await store.inbox() == ()
    (claimed,) = await store.claim_tasks("me", 1, 30.0)
    assert claimed.task.id == again.task.id
    await pen.settle(settlement(claimed, Failed("agent_error", "broke again")))
    assert [item.task_id for item in await store.inbox()] == [again.task.id]


async def test_costs_are_summed_by_what_is_asked(store: PostgresStore, pen: Pen) -> None:
    first = await running(store, pen)
    await pen.settle(settlement(first, input_tokens=3, output_tokens=4, cost=0.5))
    second = await running(store, pen)
    await pen.settle(settlement(second, model="m2", input_tokens=None, output_tokens=None, cost=None))
    by_model = {row.key: (row.tasks, row.input_tokens, row.cost) for row in await store.costs("model")}
    assert by_model == {"m1": (1, 3, 0.5), "m2": (1, None, None)}
    (by_agent,) = await store.costs("agent")
    assert (by_agent.key, by_agent.tasks, by_agent.output_tokens) == ("practice", 2, 4)
    assert {row.key for row in await store.costs("project")} == {
        first.task.project_id,
        second.task.project_id,
    }
    (today,) = await store.costs("day")
    assert today.key == first.task.created_at[:10]


async def test_a_setting_is_what_was_set_last(store: PostgresStore) -> None:
    assert await store.get_setting("theme") is None
    await store.set_setting("theme", "light")
    await store.set_setting("theme", "ember")
    assert await store.get_setting("theme") == "ember"


async def test_a_transcript_is_paged_backwards_and_reads_forwards(store: PostgresStore, pen: Pen) -> None:
    chat = await a_chat(store)
    for number in range(5):
        await pen.post(chat.id, str(number))
    newest = await store.list_messages(chat.id, None, 2)
    assert [message.text for message in newest.items] == ["3", "4"]  # type: ignore[attr-defined]
    older = await store.list_messages(chat.id, newest.next, 2)
    assert [message.text for message in older.items] == ["1", "2"]  # type: ignore[attr-defined]
    oldest = await store.list_messages(chat.id, older.next, 2)
    assert ([message.text for message in oldest.items], oldest.next) == (["0"], None)  # type: ignore[attr-defined]
