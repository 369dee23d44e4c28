"""Going back in a chat with a living agent: files, messages, changes and the agent's memory; and forth again."""

from pathlib import Path

import trio

from boocode.cli.client import Client, path_of
from tests.kit.driving import Json, assert_sound, new_session, prompt, whole_log
from tests.kit.server import running_server
from tests.whole.test_two_servers import rest, two_servers, wake


async def checkpoint_of(client: Client, session: Json, task_id: str) -> Json:
    checkpoints = await client.get(path_of("sessions", session["id"], "checkpoints"))
    [found] = [checkpoint for checkpoint in checkpoints if checkpoint["task_id"] == task_id]
    return dict(found)


async def restore(client: Client, checkpoint_id: str) -> Json:
    return dict(await client.post(path_of("checkpoints", checkpoint_id, "restore")))


async def texts(client: Client, chat: str) -> list[str]:
    page = await client.get(path_of("chats", chat, "messages"))
    return [message["text"].strip() for message in page["items"]]


async def files(client: Client, session: Json) -> dict[str, str]:
    info = await client.get(path_of("sessions", session["id"], "worktree"))
    return texts_in(Path(info["path"]))


def texts_in(root: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in root.iterdir() if path.name != ".git"}


async def pending(client: Client, session: Json) -> dict[str, str]:
    changes = await client.get(path_of("sessions", session["id"], "pending"))
    return {change["path"]: change["op"] for change in changes}


async def memory(client: Client, chat: str) -> int:
    """How many turns the agent says that its conversation holds, this one included."""
    turn = await prompt(client, chat, "what did I say", changes=True)
    return int(turn.text.partition("user turns in this conversation: ")[2].split(",")[0])


async def test_a_chat_goes_back_with_its_files_and_its_agent_starts_anew(
    home: Path, repository: Path
) -> None:
    async with running_server(home) as server:
        client = server.client
        session = await new_session(client, repository)
        chat = session["chats"][0]["id"]
        await prompt(client, chat, "create one.txt with the text one")
        # At once after the terminal frame: the agent is still held by the turn, whose changes are being captured.
        second = await prompt(client, chat, "create two.txt with the text two")
        said = await texts(client, chat)
        target = await checkpoint_of(client, session, second.task_id)
        done = await restore(client, target["id"])
        assert done["deleted"] == ["two.txt"]
        assert await files(client, session) == {"README.md": "# Example\n", "one.txt": "one\n"}
        assert await texts(client, chat) == said[:2]
        assert await pending(client, session) == {"one.txt": "create"}
        assert await memory(client, chat) == 1
        assert await memory(client, chat) == 2
        assert len(await texts(client, chat)) == 6

        back = await restore(client, done["safety"]["id"])
        assert await files(client, session) == {
            "README.md": "# Example\n",
            "one.txt": "one\n",
            "two.txt": "two\n",
        }
        assert await texts(client, chat) == said
        assert await pending(client, session) == {"one.txt": "create", "two.txt": "create"}
        assert (len(back["shown_messages"]), len(back["hidden_messages"])) == (2, 4)
        assert await memory(client, chat) == 1
        assert_sound(await whole_log(client, chat))


async def test_an_agent_that_is_warm_in_another_boocode_forgets_too(
    homes: tuple[Path, Path], repository: Path, database_url: str
) -> None:
    async with two_servers(homes, database_url) as (here, there):
        session = await new_session(here.client, repository)
        chat = session["chats"][0]["id"]
        await rest(there)
        first = await prompt(here.client, chat, "say one", changes=True)
        await wake(there)
        await rest(here)
        await prompt(there.client, chat, "say two", changes=True)
        target = await checkpoint_of(here.client, session, first.task_id)
        await restore(here.client, target["id"])
        assert await memory(there.client, chat) == 1
        await rest(there)
        await wake(here)
        with trio.fail_after(60):
            assert await memory(here.client, chat) == 2
