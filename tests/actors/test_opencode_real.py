"""The real opencode server, where `make agents` has installed it, against a scripted model on loopback."""

import os
import signal
from pathlib import Path

import pytest
import trio

from boocode.domain.events import (
    Cancelled,
    Commands,
    Completed,
    Failed,
    Interrupted,
    ModeChanged,
    Notice,
    PermissionWithdrawn,
    ToolCall,
    ToolUpdate,
    Usage,
)
from boocode.ports.agents import AgentStartFailed
from boocode.ports.opencode import OpencodeLimits
from tests.actors.agent_kit import Told, eventually
from tests.actors.opencode_kit import installed, real_opencode

pytestmark = installed


def statuses(told: Told) -> list[str]:
    status: dict[str, str] = {}
    for event in told.events:
        if isinstance(event, ToolCall | ToolUpdate) and event.status is not None:
            status[event.tool_call_id] = event.status
    return list(status.values())


async def test_the_libraries_that_it_unpacks_go_with_it(tmp_path: Path) -> None:
    """5.6 MB a start, which it leaves in the temporary folder unless told of another place."""
    place = tmp_path / "temporary"
    place.mkdir()
    async with real_opencode(tmp_path, more_env={"TMPDIR": str(place)}) as (agents, _):
        told = await agents.turn(await agents.acquire(), "say good morning")
        assert told.outcomes == [Completed("end_turn")]
    assert [file for file in place.rglob("*") if file.is_file()] == []


async def test_turns_tools_and_usage_in_one_warm_session(tmp_path: Path) -> None:
    async with real_opencode(tmp_path) as (agents, _):
        lease = await agents.acquire()
        assert lease.fresh
        told = await agents.turn(lease, "count 30 then say good morning", task="t1")
        assert told.outcomes == [Completed("end_turn")]
        assert told.text == " ".join(map(str, range(1, 31))) + " good morning\nuser turns: 1"
        assert told.batches > 1
        usage: Usage = told.of(Usage)[-1]
        assert usage.input_tokens == 100
        assert usage.output_tokens == 10
        assert usage.cost == 0.00012

        place = agents.worktree / "new.txt"
        told = await agents.turn(lease, f"write {place}: fresh then shell echo out then say done", task="t2")
        assert told.outcomes == [Completed("end_turn")]
        assert place.read_text() == "fresh\n"
        assert statuses(told) == ["completed", "completed"]
        assert "user turns: 2" in told.text
        assert told.of(Usage)[-1].input_tokens == 300
        agents.release(lease)
        assert not (await agents.acquire()).fresh


async def test_a_cancel_while_streaming_and_one_right_after_the_prompt_and_then_another_turn(
    tmp_path: Path,
) -> None:
    async with real_opencode(tmp_path) as (agents, _):
        lease = await agents.acquire()
        told, _ = await agents.start(lease, "count 500 every 20 ms", task="t1")
        await told.until(lambda told: told.text)
        agents.cancel(lease, "t1")
        assert await told.over() == Cancelled("asked")
        # right behind it, and cancelled before opencode has begun
        told, _ = await agents.start(lease, "count 501 every 20 ms", task="t2")
        agents.cancel(lease, "t2")
        assert await told.over() == Cancelled("asked")
        told = await agents.turn(lease, "say here again", task="t3")
        assert told.outcomes == [Completed("end_turn")]
        assert told.text.startswith("here again")
        assert told.after_the_end == 0


async def test_a_cancel_of_the_first_prompt_of_a_directory_does_not_poison_it(tmp_path: Path) -> None:
    async with real_opencode(tmp_path) as (agents, _):
        for number in range(4):
            plan = agents.in_directory(f"c{number}", tmp_path / f"d{number}")
            lease = await agents.acquire(plan)
            told, _ = await agents.start(lease, "count 500 every 20 ms", task="t1")
            agents.cancel(lease, "t1")
            assert await told.over() == Cancelled("asked")
            told = await agents.turn(lease, "say fine", task="t2")
            assert told.outcomes == [Completed("end_turn")]


async def test_permissions_are_answered_refused_and_dropped_by_a_cancel(tmp_path: Path) -> None:
    async with real_opencode(tmp_path) as (agents, _):
        outside = tmp_path / "outside"
        outside.mkdir()
        lease = await agents.acquire()
        prompt = f"write {outside / 'a.txt'}: one then say done"

        told, _ = await agents.start(lease, prompt, task="t1")
        asked = await told.asked()
        assert [option.kind for option in asked.options] == ["allow_once", "allow_always", "reject_once"]
        agents.answer(lease, asked, "once")
        assert await told.over() == Completed("end_turn")
        assert (outside / "a.txt").read_text() == "one\n"

        told, _ = await agents.start(lease, prompt.replace("a.txt", "b.txt"), task="t2")
        agents.answer(lease, await told.asked(), "reject")
        assert await told.over() == Completed("end_turn")
        assert statuses(told) == ["failed"]
        assert not (outside / "b.txt").exists()

        told, _ = await agents.start(lease, prompt.replace("a.txt", "c.txt"), task="t3")
        asked = await told.asked()
        agents.cancel(lease, "t3")
        assert await told.over() == Cancelled("asked")
        assert [gone.request_key for gone in told.of(PermissionWithdrawn)] == [asked.request_key]
        assert "fine" in (await agents.turn(lease, "say fine", task="t4")).text


async def test_two_directories_at_once_share_a_server_and_nothing_else(tmp_path: Path) -> None:
    async with real_opencode(tmp_path) as (agents, _):
        leases = {}

        async def take(name: str) -> None:
            leases[name] = await agents.acquire(agents.in_directory(name, tmp_path / name))

        async with trio.open_nursery() as nursery:
            nursery.start_soon(take, "left")
            nursery.start_soon(take, "right")
        pid = agents.server_pid()
        left, _ = await agents.start(leases["left"], "gate one then say left", task="t1")
        right, _ = await agents.start(leases["right"], f"write {tmp_path}/right/r.txt: r", task="t2")
        assert await right.over() == Completed("end_turn")
        assert left.outcomes == []
        agents.cancel(leases["left"], "t1")
        assert await left.over() == Cancelled("asked")
        assert (tmp_path / "right" / "r.txt").exists()
        assert "left" not in right.text
        assert agents.server_pid() == pid


async def test_the_model_the_mode_and_a_command_are_chosen(tmp_path: Path) -> None:
    commands = {"command": {"greet": {"template": "say hello $ARGUMENTS", "description": "Greets"}}}
    async with real_opencode(tmp_path, config=commands) as (agents, _):
        lease = await agents.acquire()
        told = await agents.turn(lease, "/greet you all", task="t1", model="scripted/scripted-1", mode="plan")
        assert told.outcomes == [Completed("end_turn")]
        assert told.text.startswith("hello you all")
        (offered,) = told.of(Commands)
        assert "greet" in [command.name for command in offered.commands]
        assert [change.mode for change in told.of(ModeChanged)] == ["plan"]
        told = await agents.turn(lease, "say back", task="t2", thinking="hard")
        assert [change.mode for change in told.of(ModeChanged)] == ["build"]
        assert "does not offer thinking hard" in told.of(Notice)[0].text
        with pytest.raises(AgentStartFailed, match=r"does not offer the model a/b\. It offers: scripted/"):
            await agents.start(lease, "say never", task="t3", model="a/b")
        assert (await agents.turn(lease, "say fine", task="t4")).outcomes == [Completed("end_turn")]


async def test_an_error_of_the_model_fails_the_turn_in_its_words(tmp_path: Path) -> None:
    async with real_opencode(tmp_path) as (agents, _):
        lease = await agents.acquire()
        told = await agents.turn(lease, "http 400", task="t1")
        (outcome,) = told.outcomes
        assert isinstance(outcome, Failed)
        assert "400" in outcome.message
        told = await agents.turn(lease, "http 500 once then say after all", task="t2")
        assert told.outcomes == [Completed("end_turn")]
        assert "after all" in told.text
        assert "tries the model again" in told.of(Notice)[0].text


async def test_a_server_killed_in_a_turn_interrupts_it_and_the_next_one_goes_on_with_the_conversation(
    tmp_path: Path,
) -> None:
    async with real_opencode(tmp_path) as (agents, _):
        lease = await agents.acquire()
        other = await agents.acquire(agents.in_directory("other", tmp_path / "other"))
        assert (await agents.turn(lease, "say one", task="t1")).outcomes == [Completed("end_turn")]
        told, _ = await agents.start(lease, "say before the fall then stall", task="t2")
        await told.until(lambda told: told.text)
        os.kill(agents.server_pid(), signal.SIGKILL)
        outcome = await told.over()
        assert isinstance(outcome, Interrupted)
        assert outcome.cause == "agent_died"
        assert "signal 9" in outcome.message

        again = await agents.acquire(agents.plan(resume_id=lease.agent_session_id))
        assert not again.fresh
        assert again.agent_session_id == lease.agent_session_id
        told = await agents.turn(again, "say three", task="t3")
        assert "three" in told.text
        assert "user turns: 3" in told.text
        plan = agents.in_directory("other", tmp_path / "other", resume_id=other.agent_session_id)
        assert "there" in (await agents.turn(await agents.acquire(plan), "say there", task="t4")).text
        assert (await agents.keeper_state())["started"] == 2


async def test_a_server_killed_while_idle_is_replaced_before_anybody_asks(tmp_path: Path) -> None:
    async with real_opencode(tmp_path) as (agents, _):
        lease = await agents.acquire()
        await agents.turn(lease, "say one", task="t1")
        agents.release(lease)
        pid = agents.server_pid()
        os.kill(pid, signal.SIGKILL)

        async def another() -> bool:
            state = await agents.keeper_state()
            up = [server for server in state["servers"] if server["state"] == "up"]
            return len(up) == 1 and len(agents.server_pids() - {pid}) == 1

        await eventually(another)
        lease = await agents.acquire(agents.plan(resume_id=lease.agent_session_id))
        assert "user turns: 2" in (await agents.turn(lease, "say two", task="t2")).text


async def test_a_stopped_server_is_found_deaf_and_replaced(tmp_path: Path) -> None:
    limits = OpencodeLimits(silence_s=11.0, health_s=0.5)
    async with real_opencode(tmp_path, server_limits=limits) as (agents, _):
        lease = await agents.acquire()
        told, _ = await agents.start(lease, "say before then stall", task="t1")
        await told.until(lambda told: told.text)
        pid = agents.server_pid()
        os.kill(pid, signal.SIGSTOP)
        outcome = await told.over()
        assert isinstance(outcome, Interrupted)
        assert "does not answer" in outcome.message
        again = await agents.acquire(agents.plan(resume_id=lease.agent_session_id))
        assert "after" in (await agents.turn(again, "say after", task="t2")).text
        assert agents.server_pid() != pid


async def test_a_cancel_that_meets_a_stopped_server_ends_it(tmp_path: Path) -> None:
    async with real_opencode(tmp_path, cancel_s=0.5) as (agents, _):
        lease = await agents.acquire()
        told, _ = await agents.start(lease, "say before then stall", task="t1")
        await told.until(lambda told: told.text)
        pid = agents.server_pid()
        os.kill(pid, signal.SIGSTOP)
        agents.cancel(lease, "t1")
        assert await told.over() == Cancelled("killed")
        again = await agents.acquire(agents.plan(resume_id=lease.agent_session_id))
        assert "after" in (await agents.turn(again, "say after", task="t2")).text
        assert agents.server_pid() != pid


async def test_a_conversation_is_resumed_after_a_restart_of_everything(tmp_path: Path) -> None:
    async with real_opencode(tmp_path) as (agents, _):
        lease = await agents.acquire()
        await agents.turn(lease, "say one", task="t1")
    async with real_opencode(tmp_path) as (agents, _):
        again = await agents.acquire(agents.plan(resume_id=lease.agent_session_id))
        assert not again.fresh
        assert "user turns: 2" in (await agents.turn(again, "say two", task="t2")).text
        unknown = await agents.acquire(agents.plan("c2", resume_id="ses_0000000000000000000000000"))
        assert unknown.fresh


async def test_a_server_that_nobody_uses_ends_and_is_started_again_when_needed(tmp_path: Path) -> None:
    async with real_opencode(tmp_path, idle_ttl_s=0.2, server_ttl_s=0.2) as (agents, _):
        lease = await agents.acquire()
        await agents.turn(lease, "say one", task="t1")
        agents.release(lease)
        await agents.until_servers(0)
        await agents.until_no_children()
        again = await agents.acquire(agents.plan(resume_id=lease.agent_session_id))
        assert "user turns: 2" in (await agents.turn(again, "say two", task="t2")).text


async def test_many_askers_start_one_server_and_a_missing_program_is_named(tmp_path: Path) -> None:
    async with real_opencode(tmp_path) as (agents, _):
        async with trio.open_nursery() as nursery:
            for number in range(4):
                nursery.start_soon(agents.acquire, agents.in_directory(f"c{number}", tmp_path / "d"))
        assert (await agents.keeper_state())["started"] == 1
        missing = agents.plan("c9", command=("/nowhere/opencode", "serve"))
        with pytest.raises(AgentStartFailed, match="/nowhere/opencode"):
            await agents.acquire(missing)
