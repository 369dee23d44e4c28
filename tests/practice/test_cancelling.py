"""A cancel reaches a turn wherever it is, and the end of the input ends everything."""

import array
import fcntl
import json
import subprocess
import termios
from pathlib import Path

import pytest
import trio

from tests.kit.acp_pipe import practice_command
from tests.practice.conftest import Practice, until_gone

PIPE_BYTES = 65536


def pids(folder: Path) -> list[int]:
    return [int(line) for line in (folder / "pids").read_text().split()]


async def running(practice: Practice) -> int:
    """Start a command with a child of its own, and wait until both have said their pids."""
    request = await practice.pipe.begin(
        practice.session, "run sleep 600 & echo $$ $! > pids; echo ready; wait"
    )
    await practice.pipe.until(lambda m: "ready\\n" in str(m))
    return request


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("count to 1000 slowly", "agent_message_chunk"),
        ("say begun then hang", "agent_message_chunk"),
        ("say begun then wait 600 s", "agent_message_chunk"),
        ("think about names slowly for 600 s", "agent_thought_chunk"),
    ],
)
async def test_a_cancel_keeps_what_was_said_and_the_next_prompt_works(
    practice: Practice, text: str, kind: str
) -> None:
    request = await practice.begin(text, until=kind)
    answer = await practice.cancelled(request)
    assert answer["result"]["stopReason"] == "cancelled"
    assert practice.pipe.text(kind=kind)
    assert (await practice.ask("recall")).startswith("user turns in this conversation: 2,")


async def test_a_cancel_right_behind_the_prompt_hits_it(practice: Practice) -> None:
    request = await practice.pipe.begin(practice.session, "hang")
    assert (await practice.cancelled(request))["result"]["stopReason"] == "cancelled"


async def test_a_cancel_stops_a_fast_stream(practice: Practice) -> None:
    request = await practice.begin("burst 1000000", until="agent_message_chunk")
    assert (await practice.cancelled(request))["result"]["stopReason"] == "cancelled"


async def test_a_cancel_while_idle_is_nothing(practice: Practice) -> None:
    await practice.pipe.cancel(practice.session)
    assert await practice.ask("say on") == "on\n"


async def test_a_cancel_kills_the_command_and_its_children_and_closes_the_call(practice: Practice) -> None:
    request = await running(practice)
    answer = await practice.cancelled(request)
    assert answer["result"]["stopReason"] == "cancelled"
    for pid in pids(practice.cwd):
        await until_gone(pid)
    assert practice.last_tool()["status"] == "failed"


async def test_a_cancel_while_asking_does_not_wait_for_the_answer(practice: Practice) -> None:
    practice.pipe.choose = ""
    request = await practice.begin("run touch done", until="tool_call")
    await practice.pipe.until(lambda m: m.get("method") == "session/request_permission")
    assert (await practice.cancelled(request))["result"]["stopReason"] == "cancelled"
    asked = next(m["id"] for _, m in practice.pipe.lines if m.get("method") == "session/request_permission")
    late = {"outcome": {"outcome": "selected", "optionId": "allow"}}
    await practice.pipe.send({"id": asked, "result": late})
    assert await practice.ask("list") == "There is nothing in it.\n"


async def test_the_deaf_hang_hears_no_cancel_but_the_end_of_input(practice: Practice) -> None:
    request = await practice.pipe.begin(practice.session, "hang deaf")
    await practice.pipe.cancel(practice.session)
    other = await practice.pipe.prompt(practice.session, "list")
    assert other["error"]["code"] == -32600
    assert await practice.pipe.close() == 0
    assert request not in [m.get("id") for way, m in practice.pipe.lines if way == "in"]


async def test_the_end_of_input_ends_the_process_and_its_commands(practice: Practice) -> None:
    await running(practice)
    assert await practice.pipe.close() == 0
    for pid in pids(practice.cwd):
        await until_gone(pid)


async def test_sigterm_ends_the_process_and_its_commands(practice: Practice) -> None:
    await running(practice)
    practice.pipe.process.terminate()
    with trio.fail_after(30):
        assert await practice.pipe.process.wait() == 0
    for pid in pids(practice.cwd):
        await until_gone(pid)


async def test_a_client_that_stops_reading_does_not_keep_the_process(work: Path, env: dict[str, str]) -> None:
    """The pipe is full and a turn is stuck in its write: the end of the input ends the process all the same."""
    process = await trio.lowlevel.open_process(
        practice_command(), env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdin is not None
    assert isinstance(process.stdout, trio.lowlevel.FdStream)
    try:
        with trio.fail_after(30):
            await process.stdin.send_all(line(1, "session/new", {"cwd": str(work), "mcpServers": []}))
            session = json.loads((await process.stdout.receive_some()).splitlines()[0])["result"]["sessionId"]
            prompt = [{"type": "text", "text": "burst 1000000"}]
            await process.stdin.send_all(line(2, "session/prompt", {"sessionId": session, "prompt": prompt}))
            while unread(process.stdout.fileno()) < PIPE_BYTES // 2:
                await trio.sleep(0.01)
            await process.stdin.aclose()
            assert await process.wait() == 0
    finally:
        process.kill()
        await process.stdout.aclose()


def line(request: int, method: str, params: dict[str, object]) -> bytes:
    return json.dumps({"jsonrpc": "2.0", "id": request, "method": method, "params": params}).encode() + b"\n"


def unread(fd: int) -> int:
    """Bytes that wait in a pipe."""
    count = array.array("i", [0])
    fcntl.ioctl(fd, termios.FIONREAD, count)
    return count[0]
