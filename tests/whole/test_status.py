"""What an agent does is told on every change, and can be asked: per chat and agent, in frames and in the row."""

from pathlib import Path

import trio

from boocode.cli.client import Client, path_of
from tests.kit.driving import follow, new_session, prompt, whole_log
from tests.kit.server import running_server
from tests.whole.test_permissions import RUN, answer, asking, asks, configure


async def status_becomes(client: Client, session_id: str, agent: str, status: str) -> None:
    """Both in the row and as the newest frame; it comes just after the turn's end."""
    with trio.fail_after(60):
        while True:
            rows = await client.get(path_of("sessions", session_id, "agent-sessions"))
            if {row["agent"]: row["status"] for row in rows}.get(agent) == status:
                return
            await trio.sleep(0.02)


async def statuses(client: Client, chat_id: str, agent: str) -> list[str]:
    frames = await whole_log(client, chat_id)
    return [f["status"] for f in frames if f["type"] == "agent_status_updated" and f["agent"] == agent]


async def test_a_status_is_told_and_kept_on_every_change(home: Path, repository: Path):
    configure(home, '[providers.broken]\ncommand = ["sh", "-c", "exit 3"]\n')
    async with running_server(home) as server:
        client = server.client
        session = await new_session(client, repository)
        chat = session["chats"][0]["id"]
        async with asking(server, chat, asks(RUN)) as (task, question):
            await status_becomes(client, session["id"], "asking", "blocked")
            await answer(client, question)
            await follow(client, chat, task["id"])
        await status_becomes(client, session["id"], "asking", "idle")
        assert await statuses(client, chat, "asking") == ["working", "blocked", "working", "idle"]
        assert (await prompt(client, chat, "x", agent="broken")).status == "error"
        await status_becomes(client, session["id"], "broken", "error")
        assert await statuses(client, chat, "broken") == ["working", "error"]
        rows = await client.get(path_of("sessions", session["id"], "agent-sessions"))
        assert {row["agent"]: row["status"] for row in rows} == {"asking": "idle", "broken": "error"}


async def test_an_open_question_whose_answer_never_comes_does_not_stay_blocked_after_a_kill(
    home: Path, repository: Path
):
    configure(home)
    async with running_server(home) as server:
        session = await new_session(server.client, repository)
        chat = session["chats"][0]["id"]
        async with asking(server, chat, asks(RUN)):
            await status_becomes(server.client, session["id"], "asking", "blocked")
            await server.kill()
    async with running_server(home) as again:
        await status_becomes(again.client, session["id"], "asking", "error")
        assert (await prompt(again.client, chat, asks(), agent="asking")).status == "complete"
        await status_becomes(again.client, session["id"], "asking", "idle")
