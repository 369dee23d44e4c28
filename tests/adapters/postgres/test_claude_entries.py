"""The SDK's conversations in our database: the SDK's own conformance tests, and what they leave out."""

from itertools import count
from typing import Any

from claude_agent_sdk.testing import run_session_store_conformance

from boocode.adapters.postgres import Database, PostgresStore
from boocode.adapters.postgres.claude_entries import PostgresSessionStore
from boocode.ports.store import AgentSessionRow
from tests.adapters.postgres.scenes import Sql, a_chat

KEY = {"project_key": "-srv-work", "session_id": "0b1c2d3e"}


async def test_the_sdks_own_conformance_tests_pass(database: Database, sql: Sql) -> None:
    """Each contract wants a store of its own: the table is emptied for it."""

    async def fresh() -> Any:
        await sql("TRUNCATE claude_session_entries")
        return PostgresSessionStore(database)

    await run_session_store_conformance(fresh)


async def test_an_entry_that_comes_twice_is_kept_once_at_its_first_place(database: Database) -> None:
    store = PostgresSessionStore(database)
    first, second = {"type": "user", "uuid": "a"}, {"type": "assistant", "uuid": "b"}
    await store.append(KEY, [first, second, first])
    await store.append(KEY, [second, {"type": "title"}, {"type": "title"}])
    assert await store.load(KEY) == [first, second, {"type": "title"}, {"type": "title"}]


async def test_what_json_can_say_comes_back(database: Database) -> None:
    """NUL and half a surrogate pair too, which PostgreSQL has no text for."""
    store = PostgresSessionStore(database)
    entry = {"type": "x", "odd": "\x00 \ud83d \u2028 ü", "deep": [{"n": 1e300, "none": None}], "": ""}
    await store.append(KEY, [entry])
    assert await store.load(KEY) == [entry]


async def test_a_long_conversation_keeps_its_order(database: Database) -> None:
    store = PostgresSessionStore(database)
    numbers = count()
    for size in (1, 400, 7):
        await store.append(KEY, [{"type": "x", "n": next(numbers)} for _ in range(size)])
    loaded = await store.load(KEY)
    assert loaded is not None
    assert [entry["n"] for entry in loaded] == list(range(408))


async def test_a_conversation_is_forgotten_with_the_chat_that_could_resume_it(
    database: Database, store: PostgresStore, sql: Sql
) -> None:
    """Or when that chat has begun another one."""
    entries = PostgresSessionStore(database)
    chat, other = await a_chat(store), await a_chat(store)
    for name, of in (("one", chat), ("two", other)):
        await entries.append({**KEY, "session_id": name}, [{"type": "x"}])
        await store.save_agent_session(AgentSessionRow(of.id, "claude", "claude-sdk", "idle", name, "h"))
    await sql("DELETE FROM chats WHERE id = $1", chat.id)
    assert await entries.load({**KEY, "session_id": "one"}) is None
    assert await entries.load({**KEY, "session_id": "two"}) is not None
    await store.save_agent_session(AgentSessionRow(other.id, "claude", "claude-sdk", "idle", "three", "h"))
    assert await entries.load({**KEY, "session_id": "two"}) is None
