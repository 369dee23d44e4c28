"""Sub-tasks in the database: whose they are, how many there may be, who was told, and what a cancel takes with it."""

from typing import Any

import pytest
import trio

from boocode.adapters.postgres import Database, PostgresStore
from boocode.adapters.postgres.sub_tasks import PostgresSubTasks
from boocode.contracts.resources import Part, Task
from boocode.domain.events import Cancelled, Completed, Failed, Outcome
from boocode.ports.store import ClaimedTask
from boocode.ports.sub_tasks import ChildLimits, NewChild, NotStarted, TaskEnded
from tests.adapters.postgres.scenes import Pen, Sql, a_chat, a_session, settlement

LIMITS = ChildLimits()
CHILD = NewChild("find the bug\nand say where it is", "practice", model="small", mode="plan")


@pytest.fixture
def sub_tasks(database: Database) -> PostgresSubTasks:
    return PostgresSubTasks(database)


async def a_turn(store: PostgresStore, pen: Pen, chat_id: str | None = None) -> ClaimedTask:
    """A turn that runs, in a chat of its own unless one is named."""
    await pen.post(chat_id or (await a_chat(store)).id)
    (claimed,) = await store.claim_tasks("me", 10, 30.0)
    return claimed


def chat_of(claimed: ClaimedTask | Task) -> str:
    task = claimed.task if isinstance(claimed, ClaimedTask) else claimed
    assert task.chat_id is not None
    return task.chat_id


async def a_child(sub_tasks: PostgresSubTasks, parent: ClaimedTask | Task, new: NewChild = CHILD) -> Task:
    child = await sub_tasks.add_child(chat_of(parent), new, LIMITS)
    assert isinstance(child, Task), child
    return child


async def run_to_end(
    store: PostgresStore, pen: Pen, outcome: Outcome | None = None, **more: Any
) -> ClaimedTask:
    (claimed,) = await store.claim_tasks("me", 10, 30.0)
    await pen.settle(settlement(claimed, outcome or Completed(), **more))
    return claimed


async def test_a_child_has_a_session_of_its_own_and_knows_its_parent(
    store: PostgresStore, sub_tasks: PostgresSubTasks, pen: Pen
) -> None:
    parent = await a_turn(store, pen)
    child = await a_child(sub_tasks, parent)
    assert child.parent_task_id == parent.task.id
    assert child.session_id != parent.task.session_id
    assert child.project_id == parent.task.project_id
    assert (child.agent, child.model, child.mode, child.state) == ("practice", "small", "plan", "pending")
    session = await store.get_session(child.session_id or "")
    assert session is not None
    assert session.title == "find the bug"
    (claimed,) = await store.claim_tasks("me", 10, 30.0)
    assert (claimed.task.id, claimed.one_shot) == (child.id, True)


async def test_only_a_turn_that_runs_and_was_not_told_to_end_begins_sub_tasks(
    store: PostgresStore, sub_tasks: PostgresSubTasks, pen: Pen
) -> None:
    chat = await a_chat(store)
    ending = NotStarted("ending")
    assert await sub_tasks.add_child(chat.id, CHILD, LIMITS) == ending
    parent = await a_turn(store, pen, chat.id)
    await store.request_cancel(parent.task.id)
    assert await sub_tasks.add_child(chat.id, CHILD, LIMITS) == ending
    await pen.settle(settlement(parent, Cancelled()))
    assert await sub_tasks.add_child(chat.id, CHILD, LIMITS) == ending


async def test_depth_and_numbers_have_bounds(
    store: PostgresStore, sub_tasks: PostgresSubTasks, pen: Pen
) -> None:
    limits = ChildLimits(deepest=2, open_at_once=2, in_all=4)
    top = await a_turn(store, pen)

    async def begin(parent: ClaimedTask) -> Task | NotStarted:
        return await sub_tasks.add_child(chat_of(parent), CHILD, limits)

    assert isinstance(await begin(top), Task)
    assert isinstance(await begin(top), Task)
    assert await begin(top) == NotStarted("open", 2)
    first, second = await store.claim_tasks("me", 10, 30.0)
    assert isinstance(await begin(first), Task)
    assert isinstance(await begin(second), Task)
    deep, _ = await store.claim_tasks("me", 10, 30.0)
    assert await begin(deep) == NotStarted("deep", 2)
    await pen.settle(settlement(first))
    assert await begin(top) == NotStarted("many", 4)


async def test_an_agent_sees_the_children_of_its_own_conversation_and_no_others(
    store: PostgresStore, sub_tasks: PostgresSubTasks, pen: Pen
) -> None:
    chat = await a_chat(store)
    earlier = await a_turn(store, pen, chat.id)
    old = await a_child(sub_tasks, earlier)
    await run_to_end(store, pen)
    await pen.settle(settlement(earlier))
    now = await a_turn(store, pen, chat.id)
    young = await a_child(sub_tasks, now)
    strange = await a_child(sub_tasks, (await store.claim_tasks("me", 10, 30.0))[0])  # a child's own child
    assert [task.id for task in await sub_tasks.children(chat.id, 10)] == [young.id, old.id]
    assert [task.id for task in await sub_tasks.children(chat.id, 1)] == [young.id]
    assert await sub_tasks.child(chat.id, strange.id) is None
    assert await sub_tasks.child(chat.id, "task_no\0ne") is None
    assert await sub_tasks.child(chat.id, now.task.id) is None
    await store.request_cancel(strange.id)


async def test_another_agent_in_the_same_chat_is_another_conversation(
    store: PostgresStore, sub_tasks: PostgresSubTasks, pen: Pen, sql: Sql
) -> None:
    chat = await a_chat(store)
    first = await a_turn(store, pen, chat.id)
    child = await a_child(sub_tasks, first)
    await run_to_end(store, pen)
    await sql("UPDATE tasks SET agent = 'another' WHERE id = $1", first.task.id)
    await pen.settle(settlement(first))
    await a_turn(store, pen, chat.id)
    assert await sub_tasks.children(chat.id, 10) == ()
    assert await sub_tasks.untold(chat.id, 10) == ()
    assert await sub_tasks.child(chat.id, child.id) is None


async def test_the_answer_of_a_child_is_what_it_said_behind_its_last_tool(
    store: PostgresStore, sub_tasks: PostgresSubTasks, pen: Pen
) -> None:
    parent = await a_turn(store, pen)
    child = await a_child(sub_tasks, parent)
    running = await sub_tasks.child(chat_of(parent), child.id)
    assert running is not None
    assert running.answer == ""
    parts = (
        Part("text", text="Let me look. "),
        Part("tool", tool_call_id="1", title="Read"),
        Part("text", text="It is \0 here."),
    )
    await run_to_end(store, pen, parts=parts)
    over = await sub_tasks.child(chat_of(parent), child.id)
    assert over is not None
    assert (over.task.state, over.answer) == ("completed", "It is \0 here.")


async def test_an_end_is_news_until_it_was_told_and_then_never_again(
    store: PostgresStore, sub_tasks: PostgresSubTasks, pen: Pen
) -> None:
    parent = await a_turn(store, pen)
    chat_id = chat_of(parent)
    first, second = await a_child(sub_tasks, parent), await a_child(sub_tasks, parent)
    assert await sub_tasks.untold(chat_id, 10) == ()
    one, two = await store.claim_tasks("me", 10, 30.0)
    await pen.settle(settlement(two, Failed("agent_error", "no luck")))
    await pen.settle(settlement(one))
    assert [child.task.id for child in await sub_tasks.untold(chat_id, 10)] == [second.id, first.id]
    assert [child.task.id for child in await sub_tasks.untold(chat_id, 1)] == [second.id]
    await sub_tasks.told(chat_id, [second.id])
    await sub_tasks.told(chat_id, [second.id])
    assert [child.task.id for child in await sub_tasks.untold(chat_id, 10)] == [first.id]
    await pen.settle(settlement(parent))
    await a_turn(store, pen, chat_id)  # it waits for the next turn of the chat
    assert [child.task.id for child in await sub_tasks.untold(chat_id, 10)] == [first.id]


async def test_a_child_that_a_person_tries_again_is_a_child_again(
    store: PostgresStore, sub_tasks: PostgresSubTasks, pen: Pen
) -> None:
    parent = await a_turn(store, pen)
    child = await a_child(sub_tasks, parent)
    await run_to_end(store, pen, Failed("agent_error", "no luck"))
    await sub_tasks.told(chat_of(parent), [child.id])
    again = await pen.post(chat_of(child), CHILD.prompt, repeats=child.id)
    assert again.task.parent_task_id == parent.task.id
    await run_to_end(store, pen)
    assert [each.task.id for each in await sub_tasks.untold(chat_of(parent), 10)] == [again.task.id]


async def test_nobody_marks_the_children_of_others_as_told(
    store: PostgresStore, sub_tasks: PostgresSubTasks, pen: Pen
) -> None:
    parent = await a_turn(store, pen)
    child = await a_child(sub_tasks, parent)
    await run_to_end(store, pen)
    other = await a_turn(store, pen)
    await sub_tasks.told(chat_of(other), [child.id])
    assert [each.task.id for each in await sub_tasks.untold(chat_of(parent), 10)] == [child.id]


async def test_what_a_hidden_turn_was_told_is_news_again_and_its_own_children_are_not(
    store: PostgresStore, sub_tasks: PostgresSubTasks, pen: Pen, sql: Sql
) -> None:
    chat = await a_chat(store)
    first = await a_turn(store, pen, chat.id)
    child = await a_child(sub_tasks, first)
    await pen.settle(settlement((await store.claim_tasks("me", 10, 30.0))[0]))
    await pen.settle(settlement(first))
    second = await a_turn(store, pen, chat.id)
    await a_child(sub_tasks, second)
    await run_to_end(store, pen)
    await sub_tasks.told(chat.id, [each.task.id for each in await sub_tasks.untold(chat.id, 10)])
    await pen.settle(settlement(second))
    third = await a_turn(store, pen, chat.id)
    assert await sub_tasks.untold(chat.id, 10) == ()
    await sql("UPDATE messages SET hidden = true WHERE id = $1", second.message_id)
    assert [each.task.id for each in await sub_tasks.untold(chat.id, 10)] == [child.id]
    assert [task.id for task in await sub_tasks.children(chat.id, 10)] == [child.id]
    await sub_tasks.told(chat.id, [child.id])
    assert await sub_tasks.untold(chat.id, 10) == ()
    await pen.settle(settlement(third))


async def test_a_cancelled_task_takes_what_it_began_with_it(
    store: PostgresStore, sub_tasks: PostgresSubTasks, pen: Pen
) -> None:
    parent = await a_turn(store, pen)
    running = await a_child(sub_tasks, parent)
    (claimed,) = await store.claim_tasks("another process", 10, 30.0)
    waiting = await a_child(sub_tasks, parent)
    below = await a_child(sub_tasks, claimed)
    await pen.settle(settlement(parent, Cancelled()))
    assert await store.cancel_requests("another process") == (running.id,)
    assert await store.claim_tasks("me", 10, 30.0) != ()  # the grandchild: its own parent has not ended yet
    await store.cancel_waiting()
    assert await _state(store, waiting) == "cancelled"
    assert await _state(store, below) == "running"
    await pen.settle(settlement(claimed, Cancelled()))
    assert await store.cancel_requests("me") == (below.id,)


async def test_what_is_to_be_cancelled_in_the_queue_is_not_claimed_and_ends_with_a_message(
    store: PostgresStore, sub_tasks: PostgresSubTasks, pen: Pen
) -> None:
    parent = await a_turn(store, pen)
    child = await a_child(sub_tasks, parent)
    await pen.settle(settlement(parent, Cancelled()))
    assert await store.claim_tasks("me", 10, 30.0) == ()
    await store.cancel_waiting()
    await store.cancel_waiting()
    over = await store.get_task(child.id)
    assert over is not None
    assert over.state == "cancelled"
    message = await store.get_message(over.message_id or "")
    assert message is not None
    assert message.status == "cancelled"


@pytest.mark.parametrize("outcome", [Completed(), Failed("agent_error", "gone")])
async def test_a_task_that_ends_otherwise_leaves_what_it_began(
    store: PostgresStore, sub_tasks: PostgresSubTasks, pen: Pen, outcome: Outcome
) -> None:
    parent = await a_turn(store, pen)
    child = await a_child(sub_tasks, parent)
    await pen.settle(settlement(parent, outcome))
    await store.cancel_waiting()
    assert await _state(store, child) == "pending"


async def test_a_child_and_its_parents_cancel_never_miss_each_other(
    store: PostgresStore, sub_tasks: PostgresSubTasks, pen: Pen
) -> None:
    """Whichever comes first: no child of a cancelled parent goes on."""
    for _ in range(10):
        parent = await a_turn(store, pen)
        made: list[Task | NotStarted] = []

        async def begin(chat_id: str = chat_of(parent), made: list[Task | NotStarted] = made) -> None:
            made.append(await sub_tasks.add_child(chat_id, CHILD, LIMITS))

        async with trio.open_nursery() as nursery:
            nursery.start_soon(begin)
            nursery.start_soon(pen.settle, settlement(parent, Cancelled()))
        assert await store.claim_tasks("me", 10, 30.0) == ()
        await store.cancel_waiting()
        for child in made:
            assert child == NotStarted("ending") or await _state(store, child) == "cancelled"  # type: ignore[arg-type]


async def test_ends_are_read_and_what_is_gone_has_ended(
    store: PostgresStore, sub_tasks: PostgresSubTasks, pen: Pen
) -> None:
    parent = await a_turn(store, pen)
    child = await a_child(sub_tasks, parent)
    done = await run_to_end(store, pen)
    assert done.task.id == child.id
    found = await sub_tasks.ended([parent.task.id, child.id, "task_unknown"])
    assert set(found) == {TaskEnded(child.id, "completed"), TaskEnded("task_unknown", None)}


async def test_the_children_of_a_task_can_be_listed_for_people(
    store: PostgresStore, sub_tasks: PostgresSubTasks, pen: Pen
) -> None:
    parent = await a_turn(store, pen)
    first, second = await a_child(sub_tasks, parent), await a_child(sub_tasks, parent)
    found = (await store.list_tasks(None, None, None, 10, parent=parent.task.id)).items
    assert [task.id for task in found] == [second.id, first.id]  # type: ignore[attr-defined]
    assert (await store.list_tasks(None, None, None, 10, parent=first.id)).items == ()


async def test_the_history_of_a_session_is_the_newest_of_all_its_chats_in_order(
    store: PostgresStore, sub_tasks: PostgresSubTasks, pen: Pen
) -> None:
    session = await a_session(store)
    here = session.chats[0]
    there = await store.create_chat(session.id, "Elsewhere")
    assert there is not None
    for number, chat_id in enumerate([here.id, there.id, here.id]):
        await pen.post(chat_id, f"prompt {number}")
        await run_to_end(store, pen, parts=(Part("text", text=f"answer {number}"),))
    await pen.post(here.id, "the one that runs")
    await store.claim_tasks("me", 10, 30.0)
    found = await sub_tasks.history(here.id, 4)
    assert [(each.message.text, each.chat_title) for each in found] == [
        ("prompt 1", "Elsewhere"),
        ("answer 1", "Elsewhere"),
        ("prompt 2", None),
        ("answer 2", None),
    ]
    assert len(await sub_tasks.history(here.id, 100)) == 6
    assert await sub_tasks.history((await a_chat(store)).id, 100) == ()


async def _state(store: PostgresStore, task: Task) -> str:
    found = await store.get_task(task.id)
    assert found is not None
    return found.state
