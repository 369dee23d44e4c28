"""Nothing is lost, over HTTP: a prompt, half of its change, out of the project again, back in the chat and forth."""

from pathlib import Path

import pytest
import trio

from boocode.cli.client import Client, path_of
from boocode.cli.errors import ApiError
from tests.kit.driving import Json, assert_sound, new_session, post, prompt, whole_log
from tests.kit.repositories import Repo, make_repository
from tests.kit.server import running_server

NOTES = "alpha\n" + "".join(f"line {n}\n" for n in range(30)) + "omega\n"
EDIT_BOTH = "edit notes.txt replacing alpha with ALPHA then edit notes.txt replacing omega with OMEGA"


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    return make_repository(tmp_path / "notes", {"notes.txt": NOTES}).root


def read(repository: Path) -> str:
    return (repository / "notes.txt").read_text()


async def pending(client: Client, session: Json, state: str = "pending") -> list[Json]:
    changes: list[Json] = await client.get(path_of("sessions", session["id"], "pending"), state=state)
    return changes


async def messages(client: Client, chat: str) -> list[str]:
    page = await client.get(path_of("chats", chat, "messages"))
    return [message["id"] for message in page["items"]]


async def refusal(asking: object) -> tuple[int, str]:
    with pytest.raises(ApiError) as refused:
        await asking  # type: ignore[misc]
    return refused.value.status, refused.value.code


async def test_from_a_prompt_to_a_hunk_and_out_again_back_in_time_and_forth_and_gone(home: Path, notes: Path):
    async with running_server(home) as server:
        client = server.client
        session = await new_session(client, notes)
        chat = session["chats"][0]["id"]
        first = await prompt(client, chat, EDIT_BOTH, changes=True)

        # One hunk of two, first as a question, then in earnest.
        (change,) = await pending(client, session)
        assert change["diff"].count("\n@@ ") == 2
        assert (await refusal(client.post(path_of("pending", change["id"], "apply"), {"hunks": [2]})))[
            0
        ] == 422
        await client.post(path_of("pending", change["id"], "apply"), {"hunks": [0], "dry_run": True})
        assert read(notes) == NOTES
        await client.post(path_of("pending", change["id"], "apply"), {"hunks": [0]})
        assert read(notes) == NOTES.replace("alpha", "ALPHA")
        (rest,) = await pending(client, session)
        assert rest["diff"].count("\n@@ ") == 1
        assert "+OMEGA" in rest["diff"]

        # Out of the project again: the bytes from before.
        (applied,) = await pending(client, session, "applied")
        assert (applied["tier"], applied["message_id"]) == ("exact", first.message_id)
        (rewound,) = await client.post(path_of("pending", applied["id"], "rewind"))
        assert rewound["state"] == "rewound"
        assert read(notes) == NOTES
        assert await refusal(client.post(path_of("pending", applied["id"], "rewind"))) == (409, "not_applied")

        # A second turn, and back to before it.
        second = await prompt(client, chat, "create second.txt with the text two", changes=True)
        before = await messages(client, chat)
        checkpoints = await client.get(path_of("sessions", session["id"], "checkpoints"))
        assert [(c["task_id"], c["kind"]) for c in checkpoints] == [
            (first.task_id, "turn"),
            (second.task_id, "turn"),
        ]
        target = checkpoints[1]["id"]
        preview = await client.get(path_of("checkpoints", target, "preview"))
        assert (preview["written"], preview["deleted"]) == ([], ["second.txt"])
        assert preview["hidden_messages"] == before[2:]
        done = await client.post(path_of("checkpoints", target, "restore"))
        same = (
            "written",
            "deleted",
            "kept",
            "kept_ignored",
            "head_moved",
            "hidden_messages",
            "shown_messages",
        )
        assert {name: done[name] for name in same} == {name: preview[name] for name in same}
        worktree = Path((await client.get(path_of("sessions", session["id"], "worktree")))["path"])
        assert not (worktree / "second.txt").exists()
        assert await messages(client, chat) == before[:2]
        assert "second.txt" not in [change["path"] for change in await pending(client, session)]

        # The way back is the safety checkpoint.
        await client.post(path_of("checkpoints", done["safety"]["id"], "restore"))
        assert (worktree / "second.txt").read_text() == "two\n"
        assert await messages(client, chat) == before
        assert "second.txt" in [change["path"] for change in await pending(client, session)]
        frames = await whole_log(client, chat)
        assert_sound(frames)
        restored = [frame for frame in frames if frame["type"] == "checkpoint_restored"]
        assert [(f["hidden_messages"], f["shown_messages"]) for f in restored] == [
            (before[2:], []),
            ([], before[2:]),
        ]

        # Put aside, then deleted: the answer is empty, and the files are where the ref says.
        risks = await client.get(path_of("sessions", session["id"], "worktree"))
        assert (risks["dirty"], risks["untracked"], risks["pending"]) == (1, 1, 2)
        stashed = await client.post(path_of("sessions", session["id"], "worktree", "stash"))
        assert (stashed["dirty"], stashed["untracked"]) == (0, 0)
        assert not (worktree / "second.txt").exists()
        assert Repo(notes).git("show", f"{stashed['stashed']}:second.txt") == b"two\n"
        answer = await client.http.delete(path_of("sessions", session["id"]))
        assert (answer.status_code, answer.content) == (204, b"")
        (orphan,) = await client.get("/api/worktrees")
        assert (orphan["path"], orphan["session_id"], orphan["removed_at"]) == (str(worktree), None, None)
        assert orphan["orphaned_at"]
        assert Repo(notes).git("-C", str(worktree), "status", "--porcelain") == b"", (
            "within its hour of grace"
        )


async def test_ten_clients_that_apply_at_once_apply_once(home: Path, notes: Path):
    async with running_server(home) as server:
        session = await new_session(server.client, notes)
        chat = session["chats"][0]["id"]
        await prompt(server.client, chat, "create first.txt with the text first", changes=True)
        (change,) = await pending(server.client, session)
        answers = await ten_times(server.client, path_of("pending", change["id"], "apply"))
        assert sorted(answers) == [(200, [change["id"]]), *[(409, ["not_pending"])] * 9]

        for n in range(3):
            await prompt(server.client, chat, f"create new{n}.txt with the text {n}", changes=True)
        await prompt(server.client, chat, EDIT_BOTH, changes=True)
        wanted = {change["id"] for change in await pending(server.client, session)}
        assert len(wanted) == 4
        answers = await ten_times(server.client, path_of("sessions", session["id"], "pending", "apply"))
        assert {status for status, _ in answers} <= {200, 409}
        applied = [id_ for status, ids in answers if status == 200 for id_ in ids]
        assert sorted(applied) == sorted(wanted), "each of them once"
        assert read(notes) == NOTES.replace("alpha", "ALPHA").replace("omega", "OMEGA")
        assert [(notes / f"new{n}.txt").read_text() for n in range(3)] == ["0\n", "1\n", "2\n"]
        assert await pending(server.client, session) == []
        assert {change["id"] for change in await pending(server.client, session, "applied")} == {
            *wanted,
            change["id"],
        }

        # Out again by ten at once: by one of them.
        answers = await ten_times(server.client, path_of("pending", change["id"], "rewind"))
        assert sorted(answers) == [(200, [change["id"]]), *[(409, ["not_applied"])] * 9]
        assert "first.txt" not in Repo(notes).git("status", "--porcelain").decode()


async def ten_times(client: Client, path: str) -> list[tuple[int, list[str]]]:
    """The same request by ten at once: the status of each answer, and the changes it names, or its code."""
    answers: list[tuple[int, list[str]]] = []

    async def ask() -> None:
        answer = await client.http.post(path)
        body = answer.json()
        answers.append((answer.status_code, [c["id"] for c in body] if answer.is_success else [body["code"]]))

    async with trio.open_nursery() as nursery:
        for _ in range(10):
            nursery.start_soon(ask)
    return answers


async def test_during_a_turn_nothing_is_restored_stashed_or_applied(home: Path, notes: Path):
    async with running_server(home) as server:
        client = server.client
        session = await new_session(client, notes)
        chat = session["chats"][0]["id"]
        await prompt(client, chat, EDIT_BOTH, changes=True)
        (change,) = await pending(client, session)
        (checkpoint,) = await client.get(path_of("sessions", session["id"], "checkpoints"))
        await post(client, chat, "count to 5000 every 20 ms")
        with trio.fail_after(30):
            while len(await client.get(path_of("sessions", session["id"], "checkpoints"))) < 2:
                await trio.sleep(0.05)
        for path in (
            path_of("checkpoints", checkpoint["id"], "restore"),
            path_of("sessions", session["id"], "worktree", "stash"),
            path_of("pending", change["id"], "apply"),
            path_of("sessions", session["id"], "pending", "apply"),
        ):
            assert await refusal(client.post(path)) == (409, "turn_running")
        assert (await client.get(path_of("checkpoints", checkpoint["id"], "preview")))["hidden_messages"]
        assert read(notes) == NOTES
        await client.post(path_of("chats", chat, "cancel"))


async def test_a_worktree_that_is_gone_is_a_404_with_a_reason(home: Path, notes: Path):
    async with running_server(home) as server:
        client = server.client
        session = await new_session(client, notes)
        fresh = session["id"]
        assert await refusal(client.get(path_of("sessions", fresh, "worktree"))) == (404, "no_worktree")
        assert await refusal(client.post(path_of("sessions", fresh, "worktree", "stash"))) == (
            404,
            "no_worktree",
        )
        taken = client.post(path_of("sessions", fresh, "checkpoints"), {"chat_id": session["chats"][0]["id"]})
        assert await refusal(taken) == (404, "no_worktree")
        await prompt(client, session["chats"][0]["id"], EDIT_BOTH, changes=True)
        (checkpoint,) = await client.get(path_of("sessions", session["id"], "checkpoints"))
        path = (await client.get(path_of("sessions", session["id"], "worktree")))["path"]
        Repo(notes).git("worktree", "remove", "--force", path)
        with pytest.raises(ApiError, match=path) as gone:
            await client.get(path_of("sessions", session["id"], "worktree"))
        assert (gone.value.status, gone.value.code) == (404, "no_worktree")
        for asking in (
            client.get(path_of("checkpoints", checkpoint["id"], "preview")),
            client.post(path_of("checkpoints", checkpoint["id"], "restore")),
        ):
            assert await refusal(asking) == (404, "no_worktree")
