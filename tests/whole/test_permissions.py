"""Questions of agents on the real thing: policies, deadlines, deaths and restarts, each answered or ended once."""

import json
import sys
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

import psutil
import pytest
import trio

from boocode.cli.client import Client, path_of
from boocode.cli.errors import CONFLICT, OK, ApiConflict
from tests.kit.driving import (
    Json,
    Turn,
    assert_sound,
    chat_frames,
    follow,
    new_session,
    post,
    prompt,
    whole_log,
)
from tests.kit.server import RunningServer, command_of, nothing_left_of, running_server
from tests.whole.test_commands import boocode

AGENT = Path(__file__).parent.parent / "kit" / "asking_agent.py"
READ = {"title": "read inside", "kind": "read", "locations": [{"path": "$CWD/README.md"}]}
EDIT = {"title": "edit inside", "kind": "edit", "rawInput": {"file_path": "$CWD/new.txt", "content": "/etc"}}
OUT = {"title": "edit outside", "kind": "edit", "locations": [{"path": "$CWD/../x.txt"}]}
LINK = {"title": "edit through a link", "kind": "edit", "locations": [{"path": "$CWD/door/x.txt"}]}
RUN = {"title": "run", "kind": "execute", "rawInput": {"command": "ls"}, "locations": [{"path": "$CWD"}]}
SHY = {"title": "read somewhere", "kind": "read"}
CALLS = (READ, EDIT, OUT, LINK, RUN, SHY)


def configure(home: Path, more: str = "") -> None:
    command = json.dumps([sys.executable, str(AGENT)])
    (home / "config.toml").write_text(f"{more}\n[providers.asking]\ncommand = {command}\n")


def asks(*calls: Json, then: str | None = None) -> str:
    return json.dumps({"ask": calls, "then": then})


async def answer(client: Client, frame: Json, kind: str = "reject_once") -> Json:
    option = next(o["id"] for o in frame["options"] if o["kind"] == kind)
    resolved: Json = await client.post(path_of("permissions", frame["id"]), {"option_id": option})
    return resolved


async def frame_of(frames: AsyncIterator[Json], type_: str) -> Json:
    async for frame in frames:
        if frame["type"] == type_:
            return frame
    raise AssertionError(f"the frames ended before a {type_}")


@asynccontextmanager
async def asking(server: RunningServer, chat_id: str, text: str) -> AsyncIterator[tuple[Json, Json]]:
    """A turn that waits for an answer: its task, and the question's frame."""
    task = (await post(server.client, chat_id, text, "asking"))["task"]
    with trio.fail_after(60):
        async with chat_frames(server.client, chat_id) as frames:
            question = await frame_of(frames, "permission_requested")
    yield task, question


def words_on_tools(turn: Turn) -> dict[str, str | None]:
    parts = [frame["part"] for frame in turn.of("tool_update")]
    return {part["title"]: part["permission"] for part in parts if part["permission"]}


async def questions(client: Client) -> list[str]:
    return [item["id"] for item in (await client.get("/api/inbox"))["items"] if item["kind"] == "permission"]


@pytest.mark.parametrize(
    ("policy", "allowed"),
    [("ask", ()), ("allow_reads", ("read inside",)), ("allow_worktree", ("read inside", "edit inside"))],
)
async def test_a_policy_answers_what_it_may_and_a_person_the_rest(
    home: Path, repository: Path, policy: str, allowed: Iterable[str]
):
    configure(home)
    async with running_server(home) as server:
        client = server.client
        session = await new_session(client, repository)
        chat = session["chats"][0]["id"]
        project = path_of("projects", session["project_id"])
        assert (await client.get(project))["permission_policy"] == "ask"
        assert (await client.patch(project, {"permission_policy": policy}))["permission_policy"] == policy
        assert (await prompt(client, chat, "say hello")).status == "complete"
        worktree = Path((await client.get(path_of("sessions", session["id"], "worktree")))["path"])
        (worktree / "door").symlink_to(repository)

        async def refuse(frame: Json) -> None:
            if frame["type"] == "permission_requested":
                await answer(client, frame)

        turn = await prompt(client, chat, asks(*CALLS), agent="asking", on_frame=refuse)
        titles = [call["title"] for call in CALLS]
        assert turn.status == "complete"
        assert turn.text.splitlines() == [f"{t}: {'ja' if t in allowed else 'nein'}" for t in titles]
        asked = [frame["title"] for frame in turn.of("permission_requested")]
        assert asked == [title for title in titles if title not in allowed]
        by = {frame["title"]: frame["answered_by"] for frame in turn.of("permission_resolved")}
        assert by == {title: "policy" if title in allowed else "person" for title in titles}
        words = words_on_tools(turn)
        assert set(words) == set(titles)
        assert all(
            str(words[title]).startswith("Allowed by the project's permission policy") for title in allowed
        )
        blocked = [f for f in turn.of("agent_status_updated") if f["status"] == "blocked"]
        assert len(blocked) == len(asked)
        page = await client.get(path_of("chats", chat, "messages"))
        stored = {p["title"]: p["permission"] for p in page["items"][-1]["parts"] if p["type"] == "tool"}
        assert stored == words
        assert_sound(await whole_log(client, chat))


async def test_a_deadline_is_told_as_a_deadline_and_never_as_a_denial(home: Path, repository: Path):
    configure(home, "[limits]\npermission_timeout_s = 0.5")
    async with running_server(home) as server:
        client = server.client
        session = await new_session(client, repository)
        chat = session["chats"][0]["id"]
        turn = await prompt(client, chat, asks(RUN), agent="asking")
        assert turn.status == "complete"
        (resolved,) = turn.of("permission_resolved")
        assert (resolved["outcome"], resolved["answered_by"]) == ("timed_out:nein", "deadline")
        assert turn.text == "run: nein (timed out)\n"
        words = str(words_on_tools(turn)["run"])
        assert words.startswith("Timed out: nobody answered in time")
        page = await client.get(path_of("chats", chat, "messages"))
        assert [p["permission"] for p in page["items"][-1]["parts"] if p["type"] == "tool"] == [words]
        with pytest.raises(ApiConflict) as late:
            await answer(client, turn.of("permission_requested")[0])
        assert late.value.code == "permission_gone"
        assert "Timed out" in str(late.value)
        assert await questions(client) == []


async def test_a_deadline_may_allow_when_that_is_configured(home: Path, repository: Path):
    configure(home, '[limits]\npermission_timeout_s = 0.5\n[permissions]\non_timeout = "allow"')
    async with running_server(home) as server:
        chat = (await new_session(server.client, repository))["chats"][0]["id"]
        turn = await prompt(server.client, chat, asks(RUN), agent="asking")
        assert turn.text == "run: ja (timed out)\n"
        assert [f["outcome"] for f in turn.of("permission_resolved")] == ["timed_out:ja"]


async def test_the_second_answer_hears_who_was_first(home: Path, repository: Path):
    configure(home)
    async with running_server(home) as server:
        client = server.client
        chat = (await new_session(client, repository))["chats"][0]["id"]
        async with asking(server, chat, asks(RUN)) as (task, question):
            assert await questions(client) == [question["id"]]
            shown = await boocode(home, "inbox")
            assert f"{question['id']}  permission" in shown.stdout
            assert "ja: Do it" in shown.stdout
            answered = await boocode(home, "inbox", "answer", question["id"], "ja")
            assert (answered.returncode, answered.stdout) == (OK, "Answered: Do it.\n")
            again = await boocode(home, "inbox", "answer", question["id"], "nein")
            assert again.returncode == CONFLICT
            assert "Answered by a person: 'Do it'" in again.stderr
            assert (await follow(client, chat, task["id"])).text == "run: ja\n"
            assert await questions(client) == []


async def test_a_question_is_withdrawn_everywhere_when_the_asker_dies(home: Path, repository: Path):
    configure(home)
    async with running_server(home) as server:
        client = server.client
        chat = (await new_session(client, repository))["chats"][0]["id"]
        withdrawn: list[Json] = []

        async def watch(task_status: trio.TaskStatus[None]) -> None:
            async with client.frames("user") as frames:
                async for frame in frames:
                    if frame["type"] == "subscribed":
                        task_status.started()
                    if frame["type"] == "permission_resolved":
                        withdrawn.append(frame)
                        return

        with trio.fail_after(60):
            async with trio.open_nursery() as nursery:
                await nursery.start(watch)
                async with asking(server, chat, asks(RUN)) as (task, _):
                    for process in psutil.Process(server.pid).children(recursive=True):
                        if str(AGENT) in command_of(process):
                            process.kill()
                turn = await follow(client, chat, task["id"])
        assert turn.status == "interrupted"
        (question,) = turn.of("permission_requested")
        with trio.fail_after(60):
            async with chat_frames(client, chat) as frames:  # it may stand on either side of the turn's end
                resolved = await frame_of(frames, "permission_resolved")
        assert resolved["id"] == withdrawn[0]["id"] == question["id"]
        assert resolved["outcome"].startswith("withdrawn:")
        assert resolved["outcome"] == "withdrawn:The agent no longer waits."
        assert await questions(client) == []
        shown = (await boocode(home, "inbox")).stdout
        assert question["id"] not in shown
        assert "killed by signal 9" in shown  # the task, which can be tried again
        with pytest.raises(ApiConflict) as late:
            await answer(client, question)
        assert "Withdrawn" in str(late.value)
        assert (await prompt(client, chat, asks(), agent="asking")).status == "complete"


async def test_a_question_whose_asker_dies_at_once_does_not_stay_open(home: Path, repository: Path):
    configure(home)
    async with running_server(home) as server:
        client = server.client
        chat = (await new_session(client, repository))["chats"][0]["id"]
        turn = await prompt(client, chat, asks(RUN, then="die"), agent="asking")
        assert turn.status == "interrupted"
        assert (await prompt(client, chat, "say fine")).status == "complete"
        kinds = [frame["type"] for frame in await whole_log(client, chat)]
        assert kinds.count("permission_requested") == kinds.count("permission_resolved")
        assert await questions(client) == []


async def test_a_question_survives_a_restart_of_its_desk_and_is_answered_after_it(
    home: Path, repository: Path
):
    configure(home)
    async with running_server(home) as server:
        client = server.client
        chat = (await new_session(client, repository))["chats"][0]["id"]
        async with asking(server, chat, asks(RUN)) as (task, question):
            await client.post("/api/supervision/actors/root/surface/permission_desk/restart")
            assert await questions(client) == [question["id"]]
            await answer(client, question, "allow_once")
            turn = await follow(client, chat, task["id"])
            assert turn.text == "run: ja\n"
            assert {frame["id"] for frame in turn.of("permission_requested")} == {question["id"]}
            statuses = [frame["status"] for frame in turn.of("agent_status_updated")]
            assert statuses[-1] == "working"


async def test_a_question_of_a_killed_server_is_ended_with_a_reason_at_the_next_start(
    home: Path, repository: Path
):
    configure(home)
    async with running_server(home) as server:
        chat = (await new_session(server.client, repository))["chats"][0]["id"]
        async with asking(server, chat, asks(RUN)) as (task, question):
            await server.kill()
    await nothing_left_of(home)
    async with running_server(home) as again:
        turn = await follow(again.client, chat, task["id"])
        assert turn.status == "interrupted"
        assert [f["outcome"] for f in turn.of("permission_resolved")] == [
            "withdrawn:BooCode ended while this turn was running."
        ]
        assert await questions(again.client) == []
        with pytest.raises(ApiConflict):
            await answer(again.client, question)
        assert (
            await prompt(again.client, chat, asks(READ), agent="asking", on_frame=_allowing(again.client))
        ).text


def _allowing(client: Client):  # type: ignore[no-untyped-def]
    return lambda frame: (
        answer(client, frame, "allow_once") if frame["type"] == "permission_requested" else None
    )
