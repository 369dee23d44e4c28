"""BooCode itself, killed in the middle of every kind of turn: nothing of it lives on, and the next start goes on."""

import signal
from collections.abc import Callable
from pathlib import Path

import pytest
import trio

from boocode.cli.client import path_of
from tests.kit.driving import Json, assert_sound, chat_frames, follow, new_chat, post, prompt, whole_log
from tests.kit.server import RunningServer, command_of, nothing_left_of, running_server
from tests.whole.matrix.stage import GOOD, WELL, config, owned_is_living

PATIENT = {"agent_initialize_s": 600, "agent_session_s": 600, "agent_cancel_s": 600, "turn_stall_s": 600}
"""No limit ends a turn before the kill does."""
KINDS = {
    "streaming": ("stall", "message_delta"),
    "in a tool": ("in-tool", "tool_call"),
    "asking": ("ask", "permission_requested"),
    "cancelling": ("deaf", "message_delta"),
    "starting": ("mute-initialize-first", "message_created"),
    "settling": ("pause", "message_delta"),
}
"""The agent, and the frame that shows the turn to be where it should be."""


@pytest.fixture
def patient(tmp_path: Path, home: Path) -> Path:
    """The home of a server whose agents may take their time."""
    faults = {
        "stall": ("stall",),
        "in-tool": ("in-tool",),
        "ask": ("ask",),
        "deaf": ("deaf",),
        "mute-initialize-first": ("mute-initialize",),
        "pause": ("pause", "2"),
    }
    (tmp_path / "mute-initialize-first").touch()
    (home / "config.toml").write_text(config(tmp_path, faults, PATIENT))
    return home


async def first(server: RunningServer, chat: str, fits: Callable[[Json], object]) -> Json:
    with trio.fail_after(30):
        async with chat_frames(server.client, chat) as frames:
            async for frame in frames:
                if fits(frame):
                    return frame
    raise AssertionError("the frames ended")


async def until_busy(server: RunningServer, task: str, what: str) -> None:
    """Looks at the tree, which needs no database, until the turn says so."""
    with trio.fail_after(30):
        while True:
            nodes = [(await server.client.get("/api/supervision"))["root"]]
            for node in nodes:
                nodes += node["children"]
                if node["name"] == task and node["waits_for"] == what:
                    return
            await trio.sleep(0.05)


async def test_every_kind_of_turn_ends_with_a_cause_and_the_queue_goes_on(
    tmp_path: Path, patient: Path, repository: Path
):
    tasks: dict[str, tuple[str, str]] = {}
    async with running_server(patient) as server:
        client = server.client
        for kind, (agent, _) in KINDS.items():
            chat = await new_chat(client, repository)
            tasks[kind] = (chat, (await post(client, chat, "go on", agent))["task"]["id"])
        queued = (await post(client, tasks["in a tool"][0], GOOD, "in-tool"))["task"]["id"]
        for kind, (_, shows) in KINDS.items():
            await first(
                server,
                tasks[kind][0],
                lambda frame, shows=shows: (
                    frame["type"] == shows and frame.get("message", {}).get("role") != "user"
                ),
            )
        await client.post(path_of("chats", tasks["cancelling"][0], "cancel"))
        for process in server.family():
            if "postgres" in command_of(process):  # now no turn can be settled
                process.send_signal(signal.SIGSTOP)
        await until_busy(server, tasks["settling"][1], "settling")
        await server.kill()
    await nothing_left_of(patient)
    (tmp_path / "mute-initialize-first").unlink()
    await _goes_on(patient, tasks, queued)


async def _goes_on(home: Path, tasks: dict[str, tuple[str, str]], queued: str) -> None:
    async with running_server(home) as server:
        client = server.client
        for kind, (chat, task) in tasks.items():
            turn = await follow(client, chat, task)
            assert turn.status == "interrupted", kind
            assert turn.ends[0]["cause"] == "runtime_died", kind
            messages = (await client.get(path_of("chats", chat, "messages")))["items"]
            assert next(m["text"] for m in messages if m["id"] == turn.message_id) == turn.text, kind
        assert (await follow(client, tasks["in a tool"][0], queued)).status == "complete"
        questions = [item for item in (await client.get("/api/inbox"))["items"] if item.get("permission")]
        assert questions == []
        for kind, (chat, _) in tasks.items():
            agent = KINDS[kind][0]
            turn = await prompt(client, chat, GOOD, agent=agent)
            assert (turn.status, turn.text) == ("complete", WELL), kind
            assert_sound(await whole_log(client, chat))
        await owned_is_living(client, server.pid, home)
    await nothing_left_of(home)
