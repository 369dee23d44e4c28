"""Who named a chat and its session, and what may take the place of which name."""

from typing import Any

import asyncpg
import pytest
import trio_asyncio

from boocode.adapters.postgres import PostgresStore
from boocode.adapters.postgres.migrations import load_migrations, migrate
from boocode.contracts.codec import encode
from boocode.contracts.resources import Session, ToolLabel
from boocode.ports.log_sink import AppendFrames, LabelChange
from tests.adapters.postgres.scenes import Pen, a_project, delta, settlement
from tests.kit.postgres import PostgresServer


async def nameless(store: PostgresStore) -> Session:
    session = await store.create_session((await a_project(store)).id, "New session", for_now=True)
    assert session is not None
    return session


async def titles(store: PostgresStore, session: Session) -> tuple[str, str]:
    found = await store.get_session(session.id)
    assert found is not None
    return found.title, found.chats[0].title


async def test_a_name_is_given_once(store: PostgresStore) -> None:
    session = await nameless(store)
    chat = session.chats[0].id
    assert await store.name_chat(chat, "One")
    assert not await store.name_chat(chat, "Two")
    assert await titles(store, session) == ("One", "One")


async def test_a_person_has_the_last_word(store: PostgresStore) -> None:
    session = await nameless(store)
    chat = session.chats[0].id
    await store.name_chat(chat, "One")
    await store.rename_chat(chat, "Mine")
    await store.rename_session(session.id, "Ours")
    assert not await store.name_chat(chat, "Two")
    await store.rename_chat(chat, "for now", for_now=True)
    await store.rename_session(session.id, "for now", for_now=True)
    assert await titles(store, session) == ("Ours", "Mine")


async def test_a_title_that_was_given_at_the_start_is_a_persons(store: PostgresStore) -> None:
    session = await store.create_session((await a_project(store)).id, "New session")
    assert session is not None
    other = await store.create_chat(session.id, "Mine")
    assert other is not None
    assert not await store.name_chat(other.id, "One")
    assert await titles(store, session) == ("New session", "")


async def test_a_person_who_empties_a_title_takes_the_name_away(store: PostgresStore) -> None:
    session = await nameless(store)
    chat = session.chats[0].id
    await store.rename_chat(chat, "Mine")
    await store.rename_chat(chat, "")
    assert await store.name_chat(chat, "One")
    assert (await titles(store, session))[1] == "One"


async def test_a_chat_has_something_to_be_named_after_until_it_has_a_name(
    store: PostgresStore, pen: Pen
) -> None:
    chat = (await nameless(store)).chats[0].id
    assert await store.first_prompt_if_nameless(chat) is None
    for text in ("/help", " \n", "first \0 prompt\n/help", "second"):
        await pen.post(chat, text)
    assert await store.first_prompt_if_nameless(chat) == "first \ufffd prompt\n/help"
    await store.name_chat(chat, "One")
    assert await store.first_prompt_if_nameless(chat) is None
    assert await store.first_prompt_if_nameless("chat_gone") is None


async def test_a_summary_takes_the_place_of_the_one_it_was_made_from(store: PostgresStore, pen: Pen) -> None:
    await pen.post((await nameless(store)).chats[0].id)
    (claimed,) = await store.claim_tasks("me", 1, 30.0)
    assert not await store.summarise_task(claimed.task.id, None, "too early")
    await pen.settle(settlement(claimed, text="done"))
    assert not await store.summarise_task(claimed.task.id, "other", "new")
    assert await store.summarise_task(claimed.task.id, "done", "new")
    assert not await store.summarise_task(claimed.task.id, "done", "newer")
    assert (await store.get_task(claimed.task.id)).output_summary == "new"  # type: ignore[union-attr]


async def test_labels_stay_with_their_message_whenever_they_come(store: PostgresStore, pen: Pen) -> None:
    chat = (await nameless(store)).chats[0].id
    await pen.post(chat)
    (claimed,) = await store.claim_tasks("me", 1, 30.0)
    labels = (ToolLabel(("a", "b\0"), "before the end"), ToolLabel(("c", "d"), "after it"))
    changes = [LabelChange(claimed.message_id, encode(label)) for label in labels]
    batch = pen.batch(AppendFrames((delta(chat, "x"),), labels=(changes[0],)))
    await pen.log.write(batch)
    await pen.log.write(batch)  # the same one again
    await pen.settle(settlement(claimed))
    await pen.write(AppendFrames((delta(chat, "x"),), labels=(changes[1],)))
    message = await store.get_message(claimed.message_id)
    assert message is not None
    assert message.labels == labels
    page = await store.list_messages(chat, None, 10)
    assert page.items[-1].labels == labels  # type: ignore[attr-defined]


@pytest.fixture
def empty_url(postgres_server: PostgresServer) -> Any:
    name = postgres_server.new_database(template="template0")
    yield postgres_server.url(name)
    postgres_server.drop_database(name)


async def test_of_names_from_before_only_defaults_may_go(empty_url: str, asyncio_loop: object) -> None:
    async def run() -> Any:
        connection = await asyncpg.connect(empty_url)
        try:
            await migrate(connection, load_migrations()[:22])
            await connection.execute(
                "INSERT INTO projects (id, name, path) VALUES ('p', 'p', '/p');"
                "INSERT INTO sessions (id, project_id, title) VALUES ('1', 'p', 'Mine'), ('2', 'p', 'New session');"
                "INSERT INTO chats (id, session_id, title)"
                " VALUES ('1', '1', 'Mine'), ('2', '1', ''), ('3', '1', 'New chat')"
            )
            await migrate(connection)
            return [
                await connection.fetchval(f"SELECT array_agg(named_by ORDER BY id) FROM {table}")
                for table in ("sessions", "chats")
            ]
        finally:
            await connection.close()

    found = await trio_asyncio.aio_as_trio(run)()
    assert found == [["person", "nobody"], ["person", "nobody", "nobody"]]
