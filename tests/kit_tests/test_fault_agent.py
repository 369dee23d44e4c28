"""Each fault of the fault agent is the fault that it says; later tests rely on it."""

import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import psutil
import pytest
import trio

import tests.kit.fault_agent
from tests.kit.acp_pipe import AcpPipe, acp_pipe

FILE = str(tests.kit.fault_agent.__file__)
SESSION = tests.kit.fault_agent.SESSION


@asynccontextmanager
async def agent(fault: str, argument: object = "") -> AsyncIterator[AcpPipe]:
    command = [sys.executable, FILE, fault, str(argument)]
    async with acp_pipe(command, stderr=subprocess.DEVNULL) as pipe:
        yield pipe


async def turn(fault: str, argument: object = "") -> AcpPipe:
    """A whole turn; the pipe with what was written."""
    async with agent(fault, argument) as pipe:
        await pipe.start("/")
        await pipe.prompt(SESSION, "go on")
        await pipe.close()
    return pipe


async def test_no_fault_is_a_plain_agent() -> None:
    pipe = await turn("none")
    assert pipe.text() == "all is well"
    assert pipe.process.returncode == 0


@pytest.mark.parametrize(("fault", "code"), [("exit-mid-turn", 5), ("ask-then-die", 6), ("half-line", 0)])
async def test_it_ends_in_the_middle_of_a_turn(fault: str, code: int) -> None:
    async with agent(fault) as pipe:
        await pipe.start("/")
        with pytest.raises(EOFError):
            await pipe.prompt(SESSION, "go on")
        assert await pipe.process.wait() == code
    assert [line[:10] for line in pipe.not_json] == ([b'{"jsonrpc"'] if fault == "half-line" else [])


async def test_it_ends_while_idle() -> None:
    async with agent("exit-idle") as pipe:
        await pipe.start("/")
        with trio.fail_after(30):
            assert await pipe.process.wait() == 0


@pytest.mark.parametrize("fault", ["refuse-initialize", "refuse-session"])
async def test_it_refuses_a_part_of_the_handshake(fault: str) -> None:
    method = "initialize" if fault == "refuse-initialize" else "session/new"
    async with agent(fault) as pipe:
        if method == "session/new":
            assert "result" in await pipe.call("initialize", {})
        assert (await pipe.call(method, {}))["error"]["message"] == "Authentication required"


@pytest.mark.parametrize("fault", ["mute-initialize", "mute-session"])
async def test_it_never_answers_a_part_of_the_handshake(fault: str) -> None:
    """A later request is answered, so the earlier one was read and left."""
    method, other = "initialize", "session/new"
    if fault == "mute-session":
        method, other = other, method
    async with agent(fault) as pipe:
        request = await pipe.ask(method, {})
        await pipe.call(other, {})
    assert request not in [message.get("id") for way, message in pipe.lines if way == "in"]


async def test_it_ends_at_initialize_with_words_on_stderr() -> None:
    async with agent("exit-initialize") as pipe:
        with pytest.raises(EOFError):
            await pipe.call("initialize", {})
        assert await pipe.process.wait() == 7


async def test_garbage_stands_between_good_lines() -> None:
    pipe = await turn("garbage")
    assert pipe.text() == "before after"
    assert len(pipe.not_json) == 6


async def test_a_flood_is_whole_and_in_order() -> None:
    pipe = await turn("flood", 3000)
    assert pipe.text().split() == [str(n) for n in range(3000)]


async def test_a_long_line_arrives() -> None:
    pipe = await turn("long-line", 2)
    assert len(pipe.text()) == 2_000_000


async def test_stderr_before_the_answer() -> None:
    assert (await turn("stderr", 1)).text() == "all is well"


async def test_replies_come_twice_and_unasked() -> None:
    pipe = await turn("duplicate-reply")
    ids = [message.get("id") for way, message in pipe.lines if way == "in"]
    assert (ids.count(2), ids.count(3)) == (2, 2)
    pipe = await turn("unknown-reply")
    assert {99_999, "never"} <= {message.get("id") for _, message in pipe.lines}


async def test_updates_of_another_session_early_and_late() -> None:
    pipe = await turn("foreign-update")
    assert "another-session" in [
        m["params"]["sessionId"] for _, m in pipe.lines if m.get("method") == "session/update"
    ]
    pipe = await turn("early-commands")
    methods = [message.get("method", message.get("id")) for way, message in pipe.lines if way == "in"]
    assert methods.index("session/update") < methods.index(2)
    pipe = await turn("late-update")
    assert pipe.lines[-1][1]["params"]["update"]["content"]["text"] == "too late"


@pytest.mark.parametrize(
    ("fault", "end"), [("stall", "cancelled"), ("late-answer", "end_turn"), ("error-on-cancel", "aborted")]
)
async def test_a_cancel_is_answered_in_a_way_of_its_own(fault: str, end: str) -> None:
    async with agent(fault, "0.1" if fault == "late-answer" else "") as pipe:
        await pipe.start("/")
        request = await pipe.begin(SESSION, "go on")
        await pipe.until_update("agent_message_chunk")
        await pipe.cancel(SESSION)
        assert end in str(await pipe.answer_to(request))


@pytest.mark.parametrize(("fault", "dies"), [("deaf", True), ("deaf-to-eof", False)])
async def test_the_deaf_do_not_hear_a_cancel(fault: str, dies: bool) -> None:
    async with agent(fault) as pipe:
        await pipe.start("/")
        request = await pipe.begin(SESSION, "go on")
        await pipe.until_update("agent_message_chunk")
        await pipe.cancel(SESSION)
        if dies:
            await pipe.close()
        else:
            assert pipe.process.stdin is not None
            await pipe.process.stdin.aclose()
            pipe.process.terminate()
            with trio.move_on_after(0.5):
                await pipe.process.wait()
        assert (pipe.process.returncode is not None) == dies
    assert request not in [message.get("id") for way, message in pipe.lines if way == "in"]


async def test_it_calls_the_client_and_says_what_it_got() -> None:
    assert (await turn("client-call")).text().count("-32601") == 2


async def test_a_good_prompt_meets_no_fault_and_neither_does_a_process_without_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with agent("exit-mid-turn") as pipe:
        await pipe.start("/")
        assert "end_turn" in str(await pipe.prompt(SESSION, "be good"))
    monkeypatch.setenv("FAULT_WHILE", str(tmp_path / "while"))
    (tmp_path / "while").touch()
    async with agent("refuse-session") as pipe:
        await pipe.call("initialize", {})
        assert "error" in await pipe.call("session/new", {})
    (tmp_path / "while").unlink()
    assert (await turn("refuse-session")).text() == "all is well"


async def test_a_tool_says_much_and_another_runs_until_the_cancel() -> None:
    pipe = await turn("tool-output", 10)
    updates = [m for _, m in pipe.lines if m.get("method") == "session/update"]
    assert sum(len(str(update)) for update in updates) > 10_000_000
    async with agent("in-tool") as pipe:
        await pipe.start("/")
        request = await pipe.begin(SESSION, "go on")
        await pipe.until_update("tool_call")
        await pipe.cancel(SESSION)
        assert "cancelled" in str(await pipe.answer_to(request))


async def test_a_loaded_session_is_told_again_and_has_no_models() -> None:
    async with agent("replay") as pipe:
        assert (await pipe.call("initialize", {}))["result"]["agentCapabilities"]["loadSession"] is True
        assert (await pipe.call("session/load", {"sessionId": SESSION}))["result"] is None
        assert pipe.text().count("said before") == 3


async def test_it_waits_for_the_answer_to_its_question_and_between_two_chunks() -> None:
    async with agent("ask") as pipe:
        await pipe.start("/")
        request = await pipe.begin(SESSION, "go on")
        await pipe.cancel(SESSION)
        assert "end_turn" in str(await pipe.answer_to(request))
    assert (await turn("pause", 0.1)).text() == "one moment and on"


async def test_it_outlives_its_input_without_any_other_fault() -> None:
    async with agent("slow-to-end") as pipe:
        await pipe.start("/")
        assert "end_turn" in str(await pipe.prompt(SESSION, "go on"))
        assert pipe.process.stdin is not None
        await pipe.process.stdin.aclose()
        pipe.process.terminate()
        with trio.move_on_after(0.5):
            await pipe.process.wait()
        assert pipe.process.returncode is None


async def test_one_question_comes_twice() -> None:
    pipe = await turn("ask-twice")
    asked = [m for way, m in pipe.lines if way == "in" and m.get("method") == "session/request_permission"]
    assert [message["id"] for message in asked] == [1, 1]


def end(pids: list[int]) -> None:
    for pid in pids:
        if psutil.pid_exists(pid):
            psutil.Process(pid).kill()


async def test_grandchildren_stay_when_the_agent_is_killed_and_one_escapes_its_group(tmp_path: Path) -> None:
    pids: list[int] = []
    try:
        async with agent("grandchild", tmp_path / "pids") as pipe:
            await pipe.start("/")
            await pipe.prompt(SESSION, "go on")
            pids = [int(line) for line in (tmp_path / "pids").read_text().split()]
            group = [psutil.Process(pid) for pid in pids]
        with trio.fail_after(30):
            # nothing tells of the end of a process that is not ours
            while group[0].is_running() and group[0].status() != psutil.STATUS_ZOMBIE:
                await trio.sleep(0.01)
        assert group[1].is_running()
    finally:
        end(pids)


async def test_a_wrapper_starts_its_agent_again(tmp_path: Path) -> None:
    path = tmp_path / "pids"
    async with agent("respawn", path) as pipe:
        await pipe.start("/")
        first = int(path.read_text())
        psutil.Process(first).kill()
        with trio.fail_after(30):
            while len(path.read_text().split()) < 2:  # what the dying one still reads would be lost
                await trio.sleep(0.01)
        await pipe.start("/")
        assert path.read_text().split()[0] == str(first)
        assert await pipe.close() == 0
