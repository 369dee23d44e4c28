"""Agents that misbehave, as real processes: what comes out, and that nothing of them stays."""

import os
import resource
import signal
import sys
from pathlib import Path

import psutil
import pytest
import trio

from boocode.domain.events import (
    Cancelled,
    Commands,
    Completed,
    Interrupted,
    Notice,
    PermissionWithdrawn,
    ToolUpdate,
)
from boocode.ports.agents import AgentStartFailed, SessionLimits
from tests.actors.agent_kit import Rig, eventually, fault, rig

QUICK = SessionLimits(initialize_s=1.0, open_s=1.0, cancel_s=0.5)


def pids(agents: Rig) -> set[int]:
    return {process.pid for process in agents.owner.owned()}


@pytest.mark.parametrize(
    ("name", "phase", "words"),
    [
        ("mute-initialize", "initialize", "did not answer initialize within 1 s"),
        ("mute-session", "session/new", "did not answer session/new within 1 s"),
        ("refuse-initialize", "initialize", "Authentication required"),
        ("refuse-session", "session/new", "Authentication required"),
        ("exit-initialize", "initialize", "exited with code 7"),
    ],
)
async def test_an_agent_that_cannot_be_started_says_in_which_phase_and_is_gone(
    tmp_path: Path, name: str, phase: str, words: str
) -> None:
    async with rig(tmp_path, command=fault(name), limits=QUICK) as agents:
        with pytest.raises(AgentStartFailed) as failed:
            await agents.acquire()
        assert failed.value.phase == phase
        assert words in str(failed.value)
        assert "Practice" in str(failed.value)
        assert agents.owner.owned() == ()
        if name.startswith(("refuse", "exit")):
            assert "refusal" in failed.value.stderr_tail or "not set up" in failed.value.stderr_tail


async def test_a_command_that_is_not_there_is_named(tmp_path: Path) -> None:
    async with rig(tmp_path, command=("no-such-agent", "--acp")) as agents:
        with pytest.raises(AgentStartFailed, match="no-such-agent") as failed:
            await agents.acquire()
        assert failed.value.phase == "launch"
        assert agents.children() == 0


async def test_an_agent_that_ends_before_anybody_listens_is_quoted(tmp_path: Path) -> None:
    command = ("sh", "-c", "echo there is no licence >&2; exit 4")
    async with rig(tmp_path, command=command) as agents:
        for number in range(10):
            with pytest.raises(AgentStartFailed, match="exited with code 4") as failed:
                await agents.acquire(agents.plan(f"c{number}"))
            assert "no licence" in str(failed.value)
            assert "no licence" in failed.value.stderr_tail


async def test_death_is_told_within_a_tenth_of_a_second_and_the_next_prompt_is_served(tmp_path: Path) -> None:
    async with rig(tmp_path) as agents:
        lease = await agents.acquire()
        told, _ = await agents.start(lease, "hang")
        (pid,) = pids(agents)
        killed_at = trio.current_time()
        os.kill(pid, signal.SIGKILL)
        outcome = await told.over()
        assert isinstance(outcome, Interrupted)
        assert outcome.cause == "agent_died"
        assert "killed by signal 9" in outcome.message
        assert told.at - killed_at < 1.0  # the target is 0.1; ten times that for a busy machine
        lease = await agents.acquire()
        assert trio.current_time() - killed_at < 5.0
        assert "back" in (await agents.turn(lease, "say back", task="t2")).text


async def test_death_in_the_middle_of_a_line_keeps_what_came_whole(tmp_path: Path) -> None:
    async with rig(tmp_path, command=fault("half-line")) as agents:
        told = await agents.turn(await agents.acquire(), "go")
        assert told.text == "whole"
        assert isinstance(told.outcomes[0], Interrupted)


async def test_death_while_idle_is_seen_at_once_and_the_next_one_gets_another(tmp_path: Path) -> None:
    async with rig(tmp_path, command=fault("exit-idle")) as agents:
        lease = await agents.acquire()
        agents.release(lease)
        await agents.until_no_children()
        state = await agents.pool_state()
        assert state["members"] == []
        assert (await agents.acquire()).agent_session_id == lease.agent_session_id


async def test_an_agent_killed_while_a_question_is_open_withdraws_it(tmp_path: Path) -> None:
    async with rig(tmp_path, command=fault("ask-then-die")) as agents:
        told = await agents.turn(await agents.acquire(), "go")
        assert len(told.of(PermissionWithdrawn)) == 1
        assert isinstance(told.outcomes[0], Interrupted)


async def test_an_agent_deaf_to_cancel_is_given_up_on_and_replaced_when_wanted(tmp_path: Path) -> None:
    async with rig(tmp_path, command=fault("deaf"), limits=QUICK) as agents:
        lease = await agents.acquire()
        told, _ = await agents.start(lease, "go")
        before = pids(agents)
        agents.cancel(lease)
        assert await told.over() == Cancelled("given_up")
        with pytest.raises(AgentStartFailed, match="has not answered a cancelled prompt"):
            await agents.start(lease, "again", task="t2")
        agents.release(lease)
        await agents.acquire()
        assert pids(agents).isdisjoint(before)


async def test_an_agent_stopped_by_a_signal_is_killed_at_the_deadline(tmp_path: Path) -> None:
    async with rig(tmp_path, limits=QUICK) as agents:
        lease = await agents.acquire()
        told, _ = await agents.start(lease, "hang")
        (pid,) = pids(agents)
        os.kill(pid, signal.SIGSTOP)
        agents.cancel(lease)
        assert await told.over() == Cancelled("killed")
        lease = await agents.acquire()
        assert pid not in pids(agents)
        assert "back" in (await agents.turn(lease, "say back", task="t2")).text


async def test_who_waits_behind_a_turn_whose_agent_is_killed_is_told_so_in_words(tmp_path: Path) -> None:
    async with rig(tmp_path, limits=QUICK) as agents:
        lease = await agents.acquire()
        told, _ = await agents.start(lease, "hang")
        (pid,) = pids(agents)
        os.kill(pid, signal.SIGSTOP)
        agents.cancel(lease)
        with pytest.raises(AgentStartFailed, match=r"Practice had to be ended: it ignored session/cancel"):
            await agents.start(lease, "say hello", task="t2")
        assert await told.over() == Cancelled("killed")


async def test_an_agent_that_talks_on_after_the_deadline_is_killed(tmp_path: Path) -> None:
    async with rig(tmp_path, command=fault("flood", "100000000"), limits=QUICK) as agents:
        lease = await agents.acquire()
        told, _ = await agents.start(lease, "go")
        await told.until(lambda told: told.text)
        agents.cancel(lease)
        assert await told.over() == Cancelled("killed")
        agents.release(lease)
        await agents.until_no_children()


async def test_a_late_answer_to_a_cancel_is_ignored_and_keeps_the_session_warm(tmp_path: Path) -> None:
    async with rig(tmp_path, command=fault("late-answer", "0.8"), limits=QUICK) as agents:
        lease = await agents.acquire()
        told, _ = await agents.start(lease, "go")
        agents.cancel(lease)
        assert await told.over() == Cancelled("given_up")
        before = pids(agents)

        async def answered() -> bool:
            return not (await agents.session_state(lease))["given_up_prompts"]

        await eventually(answered)
        agents.release(lease)
        await agents.acquire()
        assert pids(agents) == before
        assert told.outcomes == [Cancelled("given_up")]


async def test_an_error_after_a_cancel_is_a_cancel(tmp_path: Path) -> None:
    async with rig(tmp_path, command=fault("error-on-cancel")) as agents:
        lease = await agents.acquire()
        told, _ = await agents.start(lease, "go")
        await told.until(lambda told: told.text)
        agents.cancel(lease)
        assert await told.over() == Cancelled("asked")


async def test_garbage_is_shown_once_and_the_turn_goes_on(tmp_path: Path) -> None:
    async with rig(tmp_path, command=fault("garbage")) as agents:
        lease = await agents.acquire()
        told = await agents.turn(lease, "go")
        assert told.text == "before after"
        (notice,) = told.of(Notice)
        assert "This is not JSON" in notice.text
        state = await agents.session_state(lease)
        assert state["garbage_lines"] == 5


async def test_four_megabytes_of_stderr_hold_up_nothing(tmp_path: Path) -> None:
    async with rig(tmp_path, command=fault("stderr", "4")) as agents:
        told = await agents.turn(await agents.acquire(), "go")
        assert told.outcomes == [Completed("end_turn")]


async def test_an_endless_line_ends_the_turn_with_a_clear_error(tmp_path: Path) -> None:
    async with rig(tmp_path, command=fault("long-line", "20")) as agents:
        lease = await agents.acquire()
        before = psutil.Process().memory_info().rss
        told = await agents.turn(lease, "go")
        (outcome,) = told.outcomes
        assert isinstance(outcome, Interrupted)
        assert "one line of more than 16 MiB" in outcome.message
        assert psutil.Process().memory_info().rss - before < 100_000_000
        await agents.until_no_children()


async def test_replies_that_nobody_asked_for_are_counted_and_ignored(tmp_path: Path) -> None:
    for name, stray in (("duplicate-reply", 2), ("unknown-reply", 2)):
        async with rig(tmp_path, command=fault(name)) as agents:
            lease = await agents.acquire()
            told = await agents.turn(lease, "go")
            assert told.outcomes == [Completed("end_turn")]
            await agents.turn(lease, "go", task="t2")
            state = await agents.session_state(lease)
            assert int(str(state["stray_answers"])) >= stray


async def test_updates_of_a_session_that_nobody_opened_do_not_show(tmp_path: Path) -> None:
    async with rig(tmp_path, command=fault("foreign-update")) as agents:
        told = await agents.turn(await agents.acquire(), "go")
        assert told.text == "all is well"


async def test_a_chunk_after_the_answer_does_not_reach_the_next_turn(tmp_path: Path) -> None:
    async with rig(tmp_path, command=fault("late-update")) as agents:
        lease = await agents.acquire()
        first = await agents.turn(lease, "go")
        second = await agents.turn(lease, "go", task="t2")
        assert first.after_the_end == 0
        assert (first.text, second.text) == ("all is well", "all is well")


async def test_commands_that_come_before_the_session_are_kept(tmp_path: Path) -> None:
    async with rig(tmp_path, command=fault("early-commands")) as agents:
        told = await agents.turn(await agents.acquire(), "go")
        assert [command.name for event in told.of(Commands) for command in event.commands] == ["early"]


async def test_a_request_asked_twice_under_one_id_is_answered_and_the_turn_goes_on(tmp_path: Path) -> None:
    async with rig(tmp_path, command=fault("ask-twice")) as agents:
        lease = await agents.acquire()
        told, _ = await agents.start(lease, "go")
        agents.answer(lease, await told.asked(), "yes")
        assert await told.over() == Completed("end_turn")


async def test_requests_of_the_agent_are_confined_or_refused_by_their_names(tmp_path: Path) -> None:
    async with rig(tmp_path, command=fault("client-call")) as agents:
        told = await agents.turn(await agents.acquire(), "go")
        assert "lies outside the worktree" in told.text
        assert "-32601" in told.text


async def test_grandchildren_die_with_their_agent(tmp_path: Path) -> None:
    noted = tmp_path / "pids"
    async with rig(tmp_path, command=fault("grandchild", str(noted))) as agents:
        lease = await agents.acquire()
        await agents.turn(lease, "go")
        grandchildren = [int(line) for line in noted.read_text().split()]
        assert all(psutil.pid_exists(pid) for pid in grandchildren)
        lease.session.stop("enough")
        await agents.until_no_children()
        assert not any(psutil.pid_exists(pid) for pid in grandchildren)


async def test_fifty_refused_sessions_leave_nothing(tmp_path: Path) -> None:
    async with rig(tmp_path, command=fault("refuse-session"), limits=QUICK) as agents:
        files = psutil.Process().num_fds()
        for number in range(50):
            with pytest.raises(AgentStartFailed):
                await agents.acquire(agents.plan(f"c{number}"))
        assert agents.children() == 0
        assert agents.owner.owned() == ()
        assert psutil.Process().num_fds() <= files + 2
        assert (await agents.pool_state())["members"] == []


async def test_a_listener_that_takes_nothing_hears_of_the_end_all_the_same(tmp_path: Path) -> None:
    async with rig(tmp_path) as agents:
        lease = await agents.acquire()
        gate = trio.Event()
        told, _ = await agents.start(lease, "say a\nask\nsay b\ncrash", gate=gate)
        await told.until(lambda told: told.batches)
        lease.session.kill("enough")
        await agents.until_no_children()
        assert told.outcomes == []
        gate.set()
        assert isinstance(await told.over(), Interrupted)
        assert told.after_the_end == 0


async def test_a_listener_that_is_too_slow_for_too_long_loses_the_agent_but_hears_of_the_end(
    tmp_path: Path,
) -> None:
    async with rig(tmp_path, limits=SessionLimits(listen_s=0.3, cancel_s=1.0)) as agents:
        lease = await agents.acquire()
        gate = trio.Event()
        told, _ = await agents.start(lease, "say one\nhang", gate=gate)

        async def over() -> bool:
            return (await agents.session_state(lease))["turn"] is None

        await eventually(over)
        gate.set()
        assert await told.over() == Cancelled("asked")
        assert told.after_the_end == 0


TALKATIVE = """
import json, sys
def send(**message):
    sys.stdout.write(json.dumps({"jsonrpc": "2.0", **message}) + chr(10))
    sys.stdout.flush()
def tool(what, **more):
    update = {"sessionUpdate": what, "toolCallId": "t", **more}
    send(method="session/update", params={"sessionId": "s", "update": update})
for line in sys.stdin:
    message = json.loads(line)
    if message["method"] == "session/prompt":
        tool("tool_call", title="Read everything", kind="read")
        for number in range(40):
            text = {"type": "text", "text": f"{number} " + "x" * 5_000_000}
            tool("tool_call_update", content=[{"type": "content", "content": text}])
    send(id=message["id"], result={"protocolVersion": 1, "sessionId": "s", "stopReason": "end_turn"})
"""


async def test_two_hundred_megabytes_of_tool_output_cost_little_memory(tmp_path: Path) -> None:
    async with rig(tmp_path, command=(sys.executable, "-c", TALKATIVE)) as agents:
        lease = await agents.acquire()
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        told = await agents.turn(lease, "go")
        assert told.outcomes == [Completed("end_turn")]
        outputs = [event.output for event in told.of(ToolUpdate) if event.output]
        assert outputs[-1].startswith("39 xxx")
        assert max(map(len, outputs)) < 210_000
        assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024 < 100_000_000
