"""The conversations of BooCode's own agent, kept in PostgreSQL."""

import pytest
import trio

from boocode.adapters.postgres import Database, PostgresStore
from boocode.adapters.postgres.native_memory import PostgresNativeMemory
from boocode.contracts.resources import Part
from boocode.domain.events import Cancelled
from boocode.domain.native.conversation import (
    AssistantSaid,
    CallAsked,
    Compacted,
    Entry,
    Told,
    ToolSaid,
    UserSaid,
)
from boocode.ports.native import ConversationMoved
from boocode.ports.store import AgentSessionRow
from tests.adapters.postgres.scenes import Pen, Sql, a_chat, prompt, settlement

ALL: tuple[Entry, ...] = (
    UserSaid("do it"),
    AssistantSaid("I will", "hm", (CallAsked("c1", "read_file", '{"path": 1'),)),
    ToolSaid("c1", "read_file", "no", failed=True),
    Told("by the way"),
    Compacted("so far"),
)


@pytest.fixture
def memory(database: Database) -> PostgresNativeMemory:
    return PostgresNativeMemory(database)


async def test_what_was_said_comes_back_in_its_order(memory: PostgresNativeMemory) -> None:
    await memory.append("s1", "chat", 0, ALL[:2])
    await memory.append("s1", "chat", 2, ALL[2:])
    await memory.append("s2", "chat", 0, ALL[:1])

    assert await memory.load("s1") == ALL
    assert await memory.load("never") is None


async def test_what_postgres_has_no_text_for_comes_back(memory: PostgresNativeMemory) -> None:
    odd = UserSaid("\x00 \ud83d \u2028 ü 😀")
    await memory.append("s1", "chat", 0, [odd])

    assert await memory.load("s1") == (odd,)


async def test_twice_is_once(memory: PostgresNativeMemory) -> None:
    await memory.append("s1", "chat", 0, ALL)
    await memory.append("s1", "chat", 0, ALL)
    await memory.append("s1", "chat", 2, ALL[2:])

    assert await memory.load("s1") == ALL


async def test_two_that_go_on_with_one_conversation_are_found_out_and_nothing_is_mixed(
    memory: PostgresNativeMemory,
) -> None:
    await memory.append("s1", "chat", 0, ALL[:1])
    await memory.append("s1", "chat", 1, [AssistantSaid("mine"), UserSaid("go on")])

    with pytest.raises(ConversationMoved):
        await memory.append("s1", "chat", 1, [AssistantSaid("yours"), UserSaid("stop"), AssistantSaid("ok")])

    assert await memory.load("s1") == (ALL[0], AssistantSaid("mine"), UserSaid("go on"))


async def test_entries_with_a_gap_before_them_are_refused(memory: PostgresNativeMemory) -> None:
    with pytest.raises(ConversationMoved):
        await memory.append("s1", "chat", 1, ALL)

    assert await memory.load("s1") is None


async def test_of_two_at_the_same_time_one_wins(memory: PostgresNativeMemory) -> None:
    moved = []

    async def go_on(words: str) -> None:
        try:
            await memory.append("s1", "chat", 0, [UserSaid(words), AssistantSaid(words)])
        except ConversationMoved:
            moved.append(words)

    async with trio.open_nursery() as nursery:
        for words in "abcdef":
            nursery.start_soon(go_on, words)

    assert len(moved) == 5
    kept = await memory.load("s1")
    assert kept is not None
    assert kept[0].text == kept[1].text


async def test_a_conversation_is_forgotten_with_its_chat_and_when_the_chat_begins_another(
    memory: PostgresNativeMemory, store: PostgresStore, sql: Sql
) -> None:
    chat, other = await a_chat(store), await a_chat(store)
    for name, of in (("one", chat), ("two", other), ("untold", chat)):
        await memory.append(name, of.id, 0, ALL)
    for name, of in (("one", chat), ("two", other)):
        await store.save_agent_session(AgentSessionRow(of.id, "boocode", "native", "idle", name, "h"))

    await sql("DELETE FROM chats WHERE id = $1", chat.id)
    assert await memory.load("one") is None
    assert await memory.load("untold") is None
    assert await memory.load("two") == ALL

    await store.save_agent_session(AgentSessionRow(other.id, "boocode", "native", "idle", "three", "h"))
    assert await memory.load("two") is None


async def test_a_session_that_begins_in_a_chat_with_a_past_learns_of_the_turns_that_are_over(
    memory: PostgresNativeMemory, store: PostgresStore, pen: Pen
) -> None:
    chat = await a_chat(store)
    await pen.write(prompt(chat.id, "first"))
    await pen.write(prompt(chat.id, "second"))
    (claimed,) = await store.claim_tasks("me", 1, 30.0)
    tool = Part("tool", tool_call_id="t", title="Edit a.txt", status="completed")
    await pen.settle(settlement(claimed, Cancelled(), "done", parts=(tool, Part("text", text="done"))))

    assert await memory.from_chat(chat.id) == (
        UserSaid("first"),
        AssistantSaid("done"),
        Told(
            "That answer was written by practice. These tools were used for it: Edit a.txt. It ended as cancelled."
        ),
    )


async def test_what_a_restore_has_hidden_is_not_learnt(
    memory: PostgresNativeMemory, store: PostgresStore, pen: Pen, sql: Sql
) -> None:
    chat = await a_chat(store)
    await pen.write(prompt(chat.id, "first"))
    (claimed,) = await store.claim_tasks("me", 1, 30.0)
    await pen.settle(settlement(claimed))
    await sql("UPDATE messages SET hidden = true WHERE chat_id = $1", chat.id)

    assert await memory.from_chat(chat.id) == ()
