"""The queue of tasks: claimed once, in order, one writer per session, and given back when their owner dies."""

import trio

from boocode.adapters.postgres import Database, DatabaseSettings, PostgresLog, PostgresStore
from boocode.contracts.resources import Session
from boocode.domain.events import Cancelled
from tests.adapters.postgres.scenes import Pen, Sql, a_chat, a_project, a_session, read, settlement

LEASE_S = 30.0


async def _claim(store: PostgresStore, limit: int = 10, owner: str = "me") -> list[str]:
    return [claimed.prompt for claimed in await store.claim_tasks(owner, limit, LEASE_S)]


async def test_a_prompt_becomes_a_claimed_task_with_a_streaming_message(
    store: PostgresStore, pen: Pen, log: PostgresLog
) -> None:
    chat = await a_chat(store)
    posted = await pen.post(chat.id, "do it", model="m1", mode="plan", thinking="high")
    assert (posted.task.state, posted.task.message_id) == ("pending", None)
    (claimed,) = await store.claim_tasks("me", 10, LEASE_S)
    assert (claimed.task.id, claimed.task.state, claimed.task.mode) == (posted.task.id, "running", "plan")
    assert (claimed.prompt, claimed.thinking, claimed.message_id) == (
        "do it",
        "high",
        claimed.task.message_id,
    )
    message = await store.get_message(claimed.message_id)
    assert message is not None
    assert (message.role, message.status, message.agent, message.model) == (
        "assistant",
        "streaming",
        "practice",
        "m1",
    )
    frames = read(await log.read(chat.id, 0, 10))
    assert [(frame["seq"], frame["type"], frame["message"]["role"]) for frame in frames] == [
        (1, "message_created", "user"),
        (2, "message_created", "assistant"),
    ]


async def test_a_chat_keeps_its_order_one_at_a_time(store: PostgresStore, pen: Pen) -> None:
    chat = await a_chat(store)
    for text in ("one", "two", "three"):
        await pen.post(chat.id, text)
    seen = []
    for _ in range(3):
        (claimed,) = await store.claim_tasks("me", 10, LEASE_S)
        assert await _claim(store) == []
        seen.append(claimed.prompt)
        await pen.settle(settlement(claimed))
    assert seen == ["one", "two", "three"]


async def test_another_chat_of_the_same_session_waits_for_its_worktree(
    store: PostgresStore, pen: Pen
) -> None:
    session = await a_session(store)
    other = await store.create_chat(session.id, "other")
    assert other is not None
    await pen.post(session.chats[0].id, "first")
    await pen.post(other.id, "second")
    (claimed,) = await store.claim_tasks("me", 10, LEASE_S)
    assert claimed.prompt == "first"
    await store.set_task_blocked(claimed.task.id, True)
    assert await _claim(store) == []
    await pen.settle(settlement(claimed))
    assert await _claim(store) == ["second"]


async def test_different_sessions_run_side_by_side_up_to_the_limit(store: PostgresStore, pen: Pen) -> None:
    project = await a_project(store)
    for text in "abcd":
        await pen.post((await a_session(store, project)).chats[0].id, text)
    assert await _claim(store, limit=3) == ["a", "b", "c"]
    assert await _claim(store, limit=3) == ["d"]


async def test_many_owners_never_get_a_task_twice(store: PostgresStore, pen: Pen, database_url: str) -> None:
    project = await a_project(store)
    sessions: list[Session] = [await a_session(store, project) for _ in range(10)]
    for turn in range(3):
        for session in sessions:
            await pen.post(session.chats[0].id, f"{session.id} {turn}")
    second = Database(DatabaseSettings(database_url, pool_size=4))
    await second.open()
    ran: list[str] = []
    running: dict[str, str] = {}

    async def work(owner: str, own_store: PostgresStore, own_pen: Pen) -> None:
        while len(ran) < 30:
            for claimed in await own_store.claim_tasks(owner, 2, LEASE_S):
                session_id = claimed.task.session_id
                assert session_id is not None
                assert session_id not in running, f"{owner} and {running[session_id]} run one session"
                running[session_id] = owner
                await trio.lowlevel.checkpoint()
                ran.append(claimed.prompt)
                del running[session_id]
                await own_pen.settle(settlement(claimed))

    with trio.fail_after(30):
        async with trio.open_nursery() as nursery:
            for number in range(6):
                database = second if number % 2 else store._database
                own = PostgresStore(database)
                nursery.start_soon(work, f"owner{number}", own, Pen(PostgresLog(database, "test")))
    await second.close()
    assert sorted(ran) == sorted(f"{session.id} {turn}" for session in sessions for turn in range(3))
    for session in sessions:
        mine = [text for text in ran if text.startswith(session.id)]
        assert mine == sorted(mine)


async def test_the_database_itself_refuses_two_open_tasks_of_a_session(
    store: PostgresStore, pen: Pen, sql: Sql
) -> None:
    chat = await a_chat(store)
    first = await pen.post(chat.id, "first")
    second = await pen.post(chat.id, "second")
    # What a race could do: the later one runs already, and the earlier one still looks free.
    running = "UPDATE tasks SET state = 'running', lease_until = now() WHERE id = $1"
    await sql(running, second.task.id)
    assert await _claim(store) == []
    await sql("UPDATE tasks SET n = DEFAULT WHERE id = $1", second.task.id)
    assert await _claim(store) == []
    assert (await store.get_task(first.task.id)).state == "pending"  # type: ignore[union-attr]


async def test_a_lease_is_renewed_by_its_owner_only(store: PostgresStore, pen: Pen) -> None:
    await pen.post((await a_chat(store)).id)
    (claimed,) = await store.claim_tasks("me", 1, 0.0)
    assert await store.renew_leases("another", [claimed.task.id], LEASE_S) == ()
    assert await store.renew_leases("me", [claimed.task.id, "unknown"], LEASE_S) == (claimed.task.id,)
    assert await store.take_back(None) == ()


async def test_an_ended_lease_is_taken_back_once_and_its_owner_learns_of_it(
    store: PostgresStore, pen: Pen
) -> None:
    await pen.post((await a_chat(store)).id, "lost")
    (claimed,) = await store.claim_tasks("dead", 1, 0.0)
    (taken,) = await store.take_back(None)
    assert (taken.task.id, taken.message_id, taken.prompt) == (claimed.task.id, claimed.message_id, "lost")
    assert await store.take_back(None) == ()
    assert await store.renew_leases("dead", [claimed.task.id], LEASE_S) == ()


async def test_tasks_of_a_dead_process_of_this_home_are_taken_back_at_once(
    store: PostgresStore, pen: Pen
) -> None:
    for owner in ("home1:old", "home2:old"):
        await pen.post((await a_chat(store)).id, owner)
        await store.claim_tasks(owner, 1, LEASE_S)
    assert [claimed.prompt for claimed in await store.take_back("home1:")] == ["home1:old"]
    assert await store.take_back("home1:") == ()


async def test_a_pending_task_is_cancelled_at_once_with_one_terminal_frame(
    store: PostgresStore, pen: Pen, log: PostgresLog
) -> None:
    chat = await a_chat(store)
    posted = await pen.post(chat.id)
    assert await store.request_cancel(posted.task.id) == "cancelled"
    assert await store.request_cancel(posted.task.id) == "ended"
    task = await store.get_task(posted.task.id)
    assert task is not None
    assert (task.state, task.ended_at is not None) == ("cancelled", True)
    frames = read(await log.read(chat.id, 1, 10))
    assert [frame["type"] for frame in frames] == ["message_created", "message_complete"]
    assert (frames[1]["message_id"], frames[1]["status"]) == (task.message_id, "cancelled")
    assert await _claim(store) == []


async def test_a_running_task_is_asked_and_its_owner_can_look_it_up(store: PostgresStore, pen: Pen) -> None:
    await pen.post((await a_chat(store)).id)
    (claimed,) = await store.claim_tasks("me", 1, LEASE_S)
    assert await store.cancel_requests("me") == ()
    assert await store.request_cancel(claimed.task.id) == "asked"
    assert await store.cancel_requests("me") == (claimed.task.id,)
    await pen.settle(settlement(claimed, Cancelled()))
    assert await store.cancel_requests("me") == ()
    assert await store.request_cancel(claimed.task.id) == "ended"
    assert await store.request_cancel("task_unknown") == "unknown"


async def test_blocking_moves_between_running_and_blocked_only(store: PostgresStore, pen: Pen) -> None:
    posted = await pen.post((await a_chat(store)).id)
    assert await store.set_task_blocked(posted.task.id, True) is None
    await store.claim_tasks("me", 1, LEASE_S)
    blocked = await store.set_task_blocked(posted.task.id, True)
    assert blocked is not None
    assert blocked.state == "blocked"
    assert await store.set_task_blocked(posted.task.id, True) is None
    running = await store.set_task_blocked(posted.task.id, False)
    assert running is not None
    assert running.state == "running"


async def test_the_open_task_of_a_chat_is_the_running_one_then_the_oldest_that_waits(
    store: PostgresStore, pen: Pen
) -> None:
    chat = await a_chat(store)
    assert await store.open_task_of_chat(chat.id) is None
    first, second = await pen.post(chat.id, "first"), await pen.post(chat.id, "second")
    for expected in (first, second):
        assert (await store.open_task_of_chat(chat.id)).id == expected.task.id  # type: ignore[union-attr]
        (claimed,) = await store.claim_tasks("me", 1, LEASE_S)
        assert (await store.open_task_of_chat(chat.id)).id == expected.task.id  # type: ignore[union-attr]
        await pen.settle(settlement(claimed))
    assert await store.open_task_of_chat(chat.id) is None


async def test_a_task_without_a_chat_gets_session_chat_and_message(
    store: PostgresStore, log: PostgresLog
) -> None:
    project = await a_project(store)
    parent = await store.create_task(project.id, "parent", "practice", None, None, None)
    assert parent is not None
    task = await store.create_task(project.id, "fix it\nnow", "practice", "m", "plan", parent.id)
    assert task is not None
    assert (task.state, task.parent_task_id, task.mode) == ("pending", parent.id, "plan")
    assert task.chat_id is not None
    (frame,) = read(await log.read(task.chat_id, 0, 10))
    assert frame["message"]["text"] == "fix it\nnow"
    chat = await store.get_chat(task.chat_id)
    assert chat is not None
    assert chat.title == "fix it"
    assert await store.create_task("unknown", "x", "practice", None, None, None) is None


async def test_a_task_without_a_chat_is_one_shot_and_so_is_what_repeats_it(
    store: PostgresStore, pen: Pen
) -> None:
    project = await a_project(store)
    task = await store.create_task(project.id, "once", "practice", None, None, None)
    assert task is not None
    assert task.chat_id is not None
    (claimed,) = await store.claim_tasks("me", 1, LEASE_S)
    assert claimed.one_shot
    await pen.settle(settlement(claimed))
    again = await pen.post(task.chat_id, "once", repeats=task.id)
    (claimed,) = await store.claim_tasks("me", 1, LEASE_S)
    assert claimed.task.id == again.task.id
    assert claimed.one_shot
    await pen.settle(settlement(claimed))
    await pen.post(task.chat_id, "and now we talk")
    (claimed,) = await store.claim_tasks("me", 1, LEASE_S)
    assert not claimed.one_shot


async def test_tasks_are_listed_newest_first_by_state_and_project(store: PostgresStore, pen: Pen) -> None:
    one, two = await a_project(store), await a_project(store)
    for project in (one, two, one):
        await store.create_task(project.id, "x", "practice", None, None, None)
    await store.claim_tasks("me", 1, LEASE_S)

    async def listed(state: str | None, project_id: str | None) -> int:
        return len((await store.list_tasks(state, project_id, None, 10)).items)  # type: ignore[arg-type]

    assert [await listed(None, None), await listed(None, one.id), await listed("pending", one.id)] == [
        3,
        2,
        1,
    ]
    first = await store.list_tasks(None, None, None, 2)
    rest = await store.list_tasks(None, None, first.next, 2)
    numbers = [task.created_at for task in (*first.items, *rest.items)]  # type: ignore[attr-defined]
    assert numbers == sorted(numbers, reverse=True)
    assert (len(first.items), len(rest.items), rest.next) == (2, 1, None)


async def test_open_tasks_come_in_the_order_in_which_none_frees_another(
    store: PostgresStore, pen: Pen
) -> None:
    session = await a_session(store)
    other = await store.create_chat(session.id, "other")
    assert other is not None
    chat = session.chats[0]
    ids = [(await pen.post(where.id)).task.id for where in (chat, other, chat)]
    await store.claim_tasks("me", 1, LEASE_S)
    found = await store.open_tasks_of_chats((chat.id, other.id, "chat_unknown"))
    assert [task.id for task in found] == [ids[2], ids[1], ids[0]]
    assert [task.id for task in await store.open_tasks_of_chats((other.id,))] == [ids[1]]
    for task in found[:2]:
        assert await store.request_cancel(task.id) == "cancelled"
    assert [task.id for task in await store.open_tasks_of_chats((chat.id, other.id))] == [ids[0]]


async def test_a_conversation_knows_the_last_turn_that_another_process_ran(
    store: PostgresStore, pen: Pen
) -> None:
    chat = await a_chat(store)

    async def turn(owner: str) -> str:
        await pen.post(chat.id)
        (claimed,) = await store.claim_tasks(owner, 1, LEASE_S)
        assert claimed.claimed_by == owner
        await pen.settle(settlement(claimed))
        return claimed.task.id

    async def elsewhere(owner: str) -> str | None:
        row = await store.get_agent_session(chat.id, "practice", owner)
        assert row is not None
        return row.led_elsewhere

    first = await turn("me")
    assert (await elsewhere("me"), await elsewhere("you")) == (None, first)
    second = await turn("you")
    assert (await elsewhere("me"), await elsewhere("you")) == (second, first)
    third = await turn("me")
    assert (await elsewhere("me"), await elsewhere("you")) == (second, third)
