"""One prompt all the way through: the worktree, the stream, the change, the apply."""

from pathlib import Path

import pytest
import trio

from boocode.cli.client import path_of
from boocode.cli.errors import ApiConflict, ApiError
from tests.kit.driving import Json, assert_sound, new_chat, new_session, prompt, whole_log
from tests.kit.server import nothing_left_of, running_server


async def test_a_change_waits_is_applied_and_touches_nothing_before(home: Path, repository: Path):
    async with running_server(home) as server:
        session = await new_session(server.client, repository)
        chat = session["chats"][0]["id"]
        turn = await prompt(server.client, chat, "create hello.py that prints hello", changes=True)
        assert turn.status == "complete"
        assert not (repository / "hello.py").exists()
        pending = await server.client.get(path_of("sessions", session["id"], "pending"))
        assert [(c["path"], c["op"], c["state"], c["agent"]) for c in pending] == [
            ("hello.py", "create", "pending", "practice")
        ]
        assert "+print(" in pending[0]["diff"]
        applied = await server.client.post(path_of("pending", pending[0]["id"], "apply"))
        assert [c["state"] for c in (applied if isinstance(applied, list) else [applied])] == ["applied"]
        assert "hello" in (repository / "hello.py").read_text()
        assert await server.client.get(path_of("sessions", session["id"], "pending")) == []
        assert_sound(await whole_log(server.client, chat))
    await nothing_left_of(home)


async def test_a_conflict_is_refused_by_name_and_both_sides_stay(home: Path, repository: Path):
    async with running_server(home) as server:
        session = await new_session(server.client, repository)
        chat = session["chats"][0]["id"]
        await prompt(server.client, chat, "create hello.py that prints hello", changes=True)
        (repository / "hello.py").write_text("mine\n")
        with pytest.raises(ApiConflict) as refused:
            await server.client.post(path_of("sessions", session["id"], "pending", "apply"))
        assert "hello.py" in str(refused.value)
        assert (repository / "hello.py").read_text() == "mine\n"
        assert len(await server.client.get(path_of("sessions", session["id"], "pending"))) == 1


async def test_the_message_is_stored_as_it_was_streamed(home: Path, repository: Path):
    async with running_server(home) as server:
        chat = await new_chat(server.client, repository)
        turn = await prompt(server.client, chat, "think about apples then say 200 words then read README.md")
        page = await server.client.get(path_of("chats", chat, "messages"))
        user, answer = page["items"]
        assert (user["role"], user["status"]) == ("user", "complete")
        assert answer["status"] == "complete"
        assert answer["text"] == turn.text
        for kind in ("text", "reasoning"):
            streamed = "".join(f["text"] for f in turn.of("message_delta") if f["kind"] == kind)
            assert streamed == "".join(p["text"] for p in answer["parts"] if p["type"] == kind)
        assert [p["status"] for p in answer["parts"] if p["type"] == "tool"] == ["completed"]


async def test_a_question_blocks_the_task_until_it_is_answered_once(home: Path, repository: Path):
    states: list[str] = []
    async with running_server(home) as server:
        client = server.client
        chat = await new_chat(client, repository)

        async def answer(frame: Json) -> None:
            task = await client.get(path_of("tasks", frame["task_id"]))
            states.append(task["state"])
            option = next(o["id"] for o in frame["options"] if o["kind"] == "allow_once")
            await client.post(path_of("permissions", frame["id"]), {"option_id": option})
            with pytest.raises(ApiConflict):
                await client.post(path_of("permissions", frame["id"]), {"option_id": option})

        turn = await prompt(
            client,
            chat,
            "run echo from the shell",
            changes=True,
            on_frame=lambda frame: answer(frame) if frame["type"] == "permission_requested" else None,
        )
        assert turn.status == "complete"
        assert states == ["blocked"]
        assert [f["outcome"].split(":")[0] for f in turn.of("permission_resolved")] == ["selected"]
        statuses = [f["status"] for f in await whole_log(client, chat) if f["type"] == "agent_status_updated"]
        assert statuses == ["working", "blocked", "working", "idle"]


async def test_cancel_keeps_what_had_streamed_and_the_session(home: Path, repository: Path):
    async with running_server(home) as server:
        client = server.client
        chat = await new_chat(client, repository)
        cancelled = False

        async def cancel(frame: Json) -> None:
            nonlocal cancelled
            if frame["type"] == "message_delta" and not cancelled:
                cancelled = True
                assert (await client.post(path_of("chats", chat, "cancel")))["cancelled"] is True

        turn = await prompt(client, chat, "count to 1000 slowly", on_frame=cancel)
        assert turn.status == "cancelled"
        assert turn.text
        task = await client.get(path_of("tasks", turn.task_id))
        assert task["state"] == "cancelled"
        again = await prompt(client, chat, "what did I say")
        assert again.status == "complete"
        assert "user turns in this conversation: 2" in again.text  # the warm session went on
        assert (await client.post(path_of("chats", chat, "cancel")))["cancelled"] is False


async def test_the_same_client_id_twice_is_one_message(home: Path, repository: Path):
    async with running_server(home) as server:
        chat = await new_chat(server.client, repository)
        body = {"text": "say hello", "agent": "practice", "client_id": "x1"}
        first = await server.client.post(path_of("chats", chat, "messages"), body)
        second = await server.client.post(path_of("chats", chat, "messages"), body)
        assert first["message"]["id"] == second["message"]["id"]
        assert first["task"]["id"] == second["task"]["id"]


async def test_prompts_of_one_chat_run_in_order_and_other_sessions_beside_them(home: Path, repository: Path):
    async with running_server(home) as server:
        client = server.client
        chat, other = await new_chat(client, repository), await new_chat(client, repository)
        for text in ("count to 60 every 20 ms", "say second", "say third"):
            await client.post(path_of("chats", chat, "messages"), {"text": text, "agent": "practice"})
        quick = await prompt(client, other, "say quick")
        assert quick.status == "complete"
        running = [f for f in await whole_log(client, chat) if f["type"] == "message_complete"]
        assert not running  # the other session did not wait for the slow one
        with trio.fail_after(30):
            while len([f for f in await whole_log(client, chat) if f["type"] == "message_complete"]) < 3:
                await trio.sleep(0.05)
        frames = await whole_log(client, chat)
        assert_sound(frames)
        texts = "".join(f["text"] for f in frames if f["type"] == "message_delta")
        assert texts.index("60") < texts.index("second") < texts.index("third")


async def test_an_unknown_agent_is_refused_with_the_known_ones(home: Path, repository: Path):
    async with running_server(home) as server:
        chat = await new_chat(server.client, repository)
        with pytest.raises(ApiError) as refused:
            await server.client.post(path_of("chats", chat, "messages"), {"text": "x", "agent": "nobody"})
        assert refused.value.status == 422
        assert "practice" in str(refused.value)


async def test_an_agent_that_cannot_be_started_fails_the_turn_with_its_own_words(
    home: Path, repository: Path
):
    (home / "config.toml").write_text(
        '[providers.broken]\ncommand = ["sh", "-c", "echo no licence >&2; exit 3"]\n'
        '[providers.missing]\ncommand = ["there-is-no-such-program"]\n'
    )
    async with running_server(home) as server:
        chat = await new_chat(server.client, repository)
        turn = await prompt(server.client, chat, "hello", agent="broken")
        assert turn.status == "error"
        assert "no licence" in turn.ends[0]["error"]
        turn = await prompt(server.client, chat, "hello", agent="missing")
        assert turn.status == "error"
        assert "there-is-no-such-program" in turn.ends[0]["error"]
        assert (await prompt(server.client, chat, "say fine")).status == "complete"
