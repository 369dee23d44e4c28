"""Files and commands of BooCode's own agent on the real thing: reviewed while it works, asked about, and ended."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import psutil
import trio

from boocode.cli.client import Client, path_of
from tests.kit.driving import Json, chat_frames, follow, new_session, post, prompt
from tests.kit.model_endpoint import ModelEndpoint, serve_model
from tests.kit.server import RunningServer, running_server
from tests.whole.test_native import configure
from tests.whole.test_permissions import answer, frame_of

WAIT_S = 60.0


@asynccontextmanager
async def native(home: Path, more: str = "") -> AsyncIterator[tuple[RunningServer, ModelEndpoint]]:
    async with serve_model() as endpoint:
        configure(home, endpoint, more)
        async with running_server(home) as server:
            yield server, endpoint


async def pending(client: Client, session: Json) -> list[Json]:
    found: list[Json] = await client.get(path_of("sessions", session["id"], "pending"))
    return found


async def worktree(client: Client, session: Json) -> Path:
    found: Json = await client.get(path_of("sessions", session["id"], "worktree"))
    return Path(found["path"])


def outputs(endpoint: ModelEndpoint) -> list[str]:
    """What the model heard of its calls, in the last request."""
    messages = [seen.body["messages"] for seen in endpoint.requests if "messages" in seen.body][-1]
    assert isinstance(messages, list)
    return [message["content"] for message in messages if message["role"] == "tool"]


async def an_edit_can_be_reviewed_while_its_turn_runs(
    server: RunningServer, endpoint: ModelEndpoint, repository: Path
) -> None:
    session = await new_session(server.client, repository)
    chat = session["chats"][0]["id"]
    task = (await post(server.client, chat, "write a.txt: one then gate hold", "boocode"))["task"]
    with trio.fail_after(WAIT_S):
        async with chat_frames(server.client, chat) as frames:
            await frame_of(frames, "pending_changes_updated")
    [waiting] = await pending(server.client, session)
    assert (waiting["path"], waiting["task_id"], waiting["agent"]) == ("a.txt", task["id"], "boocode")
    endpoint.gates["hold"].set()
    turn = await follow(server.client, chat, task["id"], changes=True)
    assert turn.status == "complete"
    [change] = await pending(server.client, session)
    assert change == waiting


async def a_person_sees_the_diff_and_what_changed_meanwhile_is_left_alone(
    server: RunningServer, endpoint: ModelEndpoint, repository: Path
) -> None:
    session = await new_session(server.client, repository)
    chat = session["chats"][0]["id"]
    words = "edit README.md: # Example => # Changed then say done"
    for meanwhile in (None, "somebody's own # Example\n"):
        task = (await post(server.client, chat, words, "boocode"))["task"]
        with trio.fail_after(WAIT_S):
            async with chat_frames(server.client, chat) as frames:
                while True:
                    asked = await frame_of(frames, "permission_requested")
                    if asked["task_id"] == task["id"]:
                        break
        root = await worktree(server.client, session)
        tool = asked["tool"]
        assert (tool["kind"], tool["diff"]["path"]) == ("edit", f"{root}/README.md")
        assert (tool["diff"]["old_text"], tool["diff"]["new_text"]) == ("# Example\n", "# Changed\n")
        if meanwhile is not None:
            (root / "README.md").write_text(meanwhile)
        await answer(server.client, asked, "allow_once")
        assert (await follow(server.client, chat, task["id"])).status == "complete"
        if meanwhile is None:
            assert (root / "README.md").read_text() == "# Changed\n"
            assert outputs(endpoint) == ["Edited README.md, line 1."]
            (root / "README.md").write_text("# Example\n")
        else:
            assert (root / "README.md").read_text() == meanwhile
            assert "has changed since this call was looked at" in outputs(endpoint)[-1]


async def a_project_that_trusts_its_worktrees_is_not_asked_about_edits_inside(
    server: RunningServer, endpoint: ModelEndpoint, repository: Path
) -> None:
    session = await new_session(server.client, repository)
    await server.client.patch(
        path_of("projects", session["project_id"]), {"permission_policy": "allow_worktree"}
    )
    words = "edit README.md: # Example => $HOME is ../.. then say done"
    turn = await prompt(server.client, session["chats"][0]["id"], words, agent="boocode")
    assert turn.status == "complete"
    assert outputs(endpoint) == ["Edited README.md, line 1."]
    assert (await worktree(server.client, session) / "README.md").read_text() == "$HOME is ../..\n"


async def a_cancel_ends_the_command_with_all_it_started(server: RunningServer, repository: Path) -> None:
    session = await new_session(server.client, repository)
    chat = session["chats"][0]["id"]
    line = "trap '' TERM; (setsid sleep 4711 &); sleep 4712 & touch begun; sleep 4713"
    task = (await post(server.client, chat, f"shell {line}", "boocode"))["task"]
    with trio.fail_after(WAIT_S):
        while len(sleepers()) < 3:
            await trio.sleep(0.05)
    await server.client.post(path_of("chats", chat, "cancel"), {})
    assert (await follow(server.client, chat, task["id"])).status == "cancelled"
    assert sleepers() == []


def sleepers() -> list[int]:
    """Processes whose command is `sleep 471x`."""
    found = []
    for process in psutil.process_iter(["cmdline"]):
        words = process.info["cmdline"] or []
        if words[:1] == ["sleep"] and words[1:] in (["4711"], ["4712"], ["4713"]):
            found.append(process.pid)
    return found


async def every_tool_works_on_the_worktree_and_says_so(
    server: RunningServer, endpoint: ModelEndpoint, repository: Path
) -> None:
    session = await new_session(server.client, repository)
    calls = [
        ("list_files", {}),
        ("read_file", {"path": "README.md"}),
        ("search_files", {"pattern": "^# Ex"}),
        ("create_file", {"path": "src/a.py", "content": "one\ntwo\n"}),
        ("edit_file", {"path": "src/a.py", "edits": [{"old": "one", "new": "ONE"}]}),
        ("move_file", {"path": "src/a.py", "to": "lib/b.py"}),
        ("diff_files", {}),
        ("delete_file", {"path": "lib/b.py"}),
        ("read_file", {"path": "../../secret"}),
    ]
    script = " then ".join(f"call {name} {json.dumps(arguments)}" for name, arguments in calls)
    turn = await prompt(server.client, session["chats"][0]["id"], f"{script} then say done", agent="boocode")
    assert turn.status == "complete"
    heard = outputs(endpoint)
    assert heard[0] == ".: 1 file\nREADME.md"
    assert heard[1] == "README.md, lines 1–1 of 1\n     1\t# Example"
    assert heard[2] == "1 line in 1 file\nREADME.md\n     1\t# Example"
    assert heard[3] == "Made src/a.py: 2 lines, 8 bytes."
    assert heard[4] == "Edited src/a.py, line 1."
    assert heard[5] == "Moved src/a.py → lib/b.py."
    assert "+++ b/lib/b.py\n@@ -0,0 +1,2 @@\n+ONE\n+two" in heard[6]
    assert heard[7] == "Deleted lib/b.py."
    assert "lies outside the worktree" in heard[8]
    kinds = {frame["part"]["kind"] for frame in turn.of("tool_call")}
    assert kinds == {"read", "search", "edit", "move", "delete"}
    assert await pending(server.client, session) == []


async def test_what_it_does_without_asking(home: Path, repository: Path) -> None:
    async with native(home, '[native]\nmode = "auto"\n') as (server, endpoint):
        await an_edit_can_be_reviewed_while_its_turn_runs(server, endpoint, repository)
        await every_tool_works_on_the_worktree_and_says_so(server, endpoint, repository)
        await a_cancel_ends_the_command_with_all_it_started(server, repository)


async def test_what_it_asks_before(home: Path, repository: Path) -> None:
    async with native(home, '[native]\nmode = "ask"\n') as (server, endpoint):
        await a_person_sees_the_diff_and_what_changed_meanwhile_is_left_alone(server, endpoint, repository)
        await a_project_that_trusts_its_worktrees_is_not_asked_about_edits_inside(
            server, endpoint, repository
        )
