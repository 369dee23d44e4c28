"""A database that is not ours: away at the start, killed in the middle of a turn."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import trio

from tests.kit.driving import assert_sound, chat_frames, follow, new_chat, post, prompt, whole_log
from tests.kit.external import ExternalPostgres, external_postgres
from tests.kit.server import nothing_left_of, running_server


@pytest.fixture
def external() -> Iterator[ExternalPostgres]:
    with external_postgres() as server:
        yield server


async def until_logged(home: Path, words: str) -> None:
    log = home.parent / f"{home.name}.log"
    with trio.fail_after(60):
        while not log.exists() or words not in log.read_text():
            await trio.sleep(0.05)


async def test_a_start_without_the_database_fails_and_says_what_to_do(
    home: Path, external: ExternalPostgres
) -> None:
    (home / "config.toml").write_text("[database]\npatience_s = 1\n")
    with pytest.raises(AssertionError, match="did not become ready") as failed:
        async with running_server(home, "--database-url", external.url):
            pass
    for words in ("could not be reached for 1 s", "--database-url", "DATABASE_URL"):
        assert words in str(failed.value)
    assert "Traceback" not in str(failed.value)
    await nothing_left_of(home)


async def test_a_start_waits_for_the_database_and_its_death_in_a_turn_loses_nothing(
    home: Path, repository: Path, external: ExternalPostgres
) -> None:
    (home / "config.toml").write_text("[database]\npatience_s = 60\n")
    async with trio.open_nursery() as nursery:

        async def appear() -> None:
            await until_logged(home, "waiting for the database")
            external.start()

        nursery.start_soon(appear)
        async with running_server(home, "--database-url", external.url) as server:
            client = server.client
            chat = await new_chat(client, repository)
            task = (await post(client, chat, "count to 300 every 10 ms"))["task"]["id"]
            with trio.fail_after(60):
                async with chat_frames(client, chat) as frames:
                    async for frame in frames:
                        if frame["type"] == "message_delta":
                            break
            external.kill()
            external.start()
            turn = await follow(client, chat, task)
            assert turn.status == "complete"
            numbers = [int(word) for word in turn.text.replace(".", " ").split() if word.isdigit()]
            assert numbers == list(range(1, 301))
            assert_sound(await whole_log(client, chat))
            assert (await prompt(client, chat, "say fine")).status == "complete"
    await nothing_left_of(home)
