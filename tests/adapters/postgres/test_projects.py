"""Projects, sessions and chats: listed in order, paged by cursor, deleted with what hangs on them."""

import pytest

from boocode.adapters.postgres import PostgresLog, PostgresStore
from boocode.adapters.postgres.cursors import decode_cursor, encode_cursor
from boocode.contracts.resources import Part
from boocode.ports.store import AgentSessionRow, BadCursor, NewPermission, WorktreeRow
from tests.adapters.postgres.scenes import Pen, Sql, a_chat, a_project, a_session, settlement


async def test_a_path_is_registered_once(store: PostgresStore) -> None:
    first = await store.add_project("/src/app", "app")
    assert await store.add_project("/src/app", "other name") == first
    assert await store.list_projects() == (first,)


async def test_a_session_comes_with_its_first_chat(store: PostgresStore) -> None:
    session = await a_session(store)
    assert [chat.session_id for chat in session.chats] == [session.id]
    assert await store.get_session(session.id) == session


async def test_unknown_ids_are_none_and_false_whatever_they_hold(store: PostgresStore) -> None:
    for id_ in ("nope", "\0", "\ud800", "'; DROP TABLE projects; --"):
        assert await store.get_project(id_) is None
        assert await store.get_session(id_) is None
        assert await store.get_chat(id_) is None
        assert await store.create_session(id_, "title") is None
        assert await store.create_chat(id_, "title") is None
        assert await store.rename_session(id_, "title") is None
        assert await store.delete_session(id_) is False
        assert await store.delete_chat(id_) is False
        assert await store.remove_project(id_) is False


async def test_what_postgres_cannot_keep_in_a_title_is_replaced(store: PostgresStore) -> None:
    session = await store.create_session((await a_project(store)).id, "a\0b\ud800c")
    assert session is not None
    assert session.title == "a\ufffdb\ufffdc"


async def test_sessions_are_paged_newest_first_and_each_is_seen_once(store: PostgresStore) -> None:
    project = await a_project(store)
    made = [(await a_session(store, project)).id for _ in range(7)]
    seen: list[str] = []
    cursor: str | None = None
    while True:
        page = await store.list_sessions(project.id, cursor, 3)
        seen += [session.id for session in page.items]  # type: ignore[attr-defined]
        await a_session(store, project)  # newer ones do not disturb the pages
        cursor = page.next
        if cursor is None:
            break
    assert seen == made[::-1]


async def test_the_last_page_has_no_next_even_when_it_is_full(store: PostgresStore) -> None:
    project = await a_project(store)
    for _ in range(2):
        await a_session(store, project)
    assert (await store.list_sessions(project.id, None, 2)).next is None


async def test_chats_are_listed_oldest_first(store: PostgresStore) -> None:
    session = await a_session(store)
    second = await store.create_chat(session.id, "second")
    page = await store.list_chats(session.id, None, 1)
    assert page.items == session.chats
    assert (await store.list_chats(session.id, page.next, 1)).items == (second,)


async def test_an_invented_cursor_is_refused(store: PostgresStore) -> None:
    with pytest.raises(BadCursor):
        await store.list_sessions(None, "c1 OR 1", 10)


@pytest.mark.parametrize(
    "cursor", ["", "x", "c", "cxyz", "-1", "c-1", "cffffffffffffffffff", "c1 OR 1", "C1"]
)
def test_only_what_was_given_out_is_a_cursor(cursor: str) -> None:
    with pytest.raises(BadCursor):
        decode_cursor(cursor)


@pytest.mark.parametrize("n", [0, 1, 2**63 - 1])
def test_a_cursor_comes_back_as_its_row(n: int) -> None:
    assert decode_cursor(encode_cursor(n)) == n


async def test_renaming_shows_at_once(store: PostgresStore) -> None:
    chat = await a_chat(store)
    renamed = await store.rename_chat(chat.id, "new")
    assert renamed is not None
    assert renamed.title == "new"
    assert await store.get_chat(chat.id) == renamed
    session = await store.rename_session(chat.session_id, "also new")
    assert session is not None
    assert session.chats == (renamed,)


async def _furnish(store: PostgresStore, pen: Pen) -> tuple[str, str, str]:
    """A session with everything that can hang on it; returns the ids of session, chat and ended task."""
    session = await a_session(store)
    chat = session.chats[0]
    await pen.post(chat.id, "first")
    await pen.post(chat.id, "second")
    (claimed,) = await store.claim_tasks("me", 5, 30.0)
    task = claimed.task
    part = Part("tool", title="run")
    await store.save_permission(
        NewPermission("perm", chat.id, task.id, "practice", "k", "may I", part, (), 1.0)
    )
    await store.save_agent_session(AgentSessionRow(chat.id, "practice", "acp", "idle", "s1", "h"))
    await store.save_worktree(WorktreeRow("wt", session.id, task.project_id, "/src", "/wt", "branch", "abc"))
    await pen.settle(settlement(claimed))
    return session.id, chat.id, task.id


async def test_deleting_a_session_takes_chats_messages_events_and_agent_sessions(
    store: PostgresStore, pen: Pen, log: PostgresLog
) -> None:
    session_id, chat_id, task_id = await _furnish(store, pen)
    assert await log.read(chat_id, 0, 100) != ()
    assert await store.delete_session(session_id) is True
    assert await store.get_chat(chat_id) is None
    assert await log.read(chat_id, 0, 100) == ()
    assert await log.last_seq(chat_id) is None
    assert (await store.list_messages(chat_id, None, 10)).items == ()
    assert await store.get_agent_session(chat_id, "practice") is None
    assert await store.get_permission("perm") is None
    ended = await store.get_task(task_id)
    assert ended is not None
    assert (ended.session_id, ended.chat_id, ended.message_id) == (None, None, None)
    assert (ended.state, ended.input, ended.output_summary) == ("completed", "first", "done")


async def test_deleting_cancels_what_waits(store: PostgresStore, pen: Pen) -> None:
    session_id, _, _ = await _furnish(store, pen)
    await store.delete_session(session_id)
    states = [task.state for task in (await store.list_tasks(None, None, None, 10)).items]  # type: ignore[attr-defined]
    assert states == ["cancelled", "completed"]
    assert await store.claim_tasks("me", 5, 30.0) == ()


async def test_deleting_asks_what_runs_to_end_and_its_settlement_still_counts(
    store: PostgresStore, pen: Pen
) -> None:
    chat = await a_chat(store)
    await pen.post(chat.id)
    (claimed,) = await store.claim_tasks("me", 5, 30.0)
    await store.delete_chat(chat.id)
    assert await store.cancel_requests("me") == (claimed.task.id,)
    settled = await pen.settle(settlement(claimed))
    assert settled.won is True
    assert settled.task.state == "completed"
    assert settled.task.chat_id is None


async def test_a_worktree_outlives_its_session_as_an_orphan(store: PostgresStore, pen: Pen, sql: Sql) -> None:
    session_id, _, _ = await _furnish(store, pen)
    await store.delete_session(session_id)
    assert await store.get_worktree(session_id) is None
    orphans = "SELECT count(*) FROM worktrees WHERE session_id IS NULL AND orphaned_at IS NOT NULL"
    assert await sql(orphans) == 1


async def test_removing_a_project_takes_its_sessions_and_tasks_along(store: PostgresStore, pen: Pen) -> None:
    chat = await a_chat(store)
    await pen.post(chat.id)
    (claimed,) = await store.claim_tasks("me", 5, 30.0)
    assert await store.remove_project(claimed.task.project_id) is True
    assert await store.list_projects() == ()
    assert await store.get_task(claimed.task.id) is None
    settled = await pen.settle(settlement(claimed))
    assert (settled.won, settled.task) == (False, None)
