"""Commands that an agent has us run: its requests are scripted, the processes real."""

import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from boocode.domain.events import Cancelled, Completed, ToolUpdate
from boocode.ports.agents import Lease, SessionLimits
from boocode.ports.processes import OwnedProcessInfo
from tests.actors.agent_kit import ROOT, Rig, Told, eventually, rig

Json = dict[str, Any]
AGENT = (sys.executable, str(ROOT / "tests/kit/scripted_acp.py"))
LONG = "sleep 300"


@asynccontextmanager
async def scripted(tmp_path: Path) -> AsyncIterator[tuple[Rig, Lease]]:
    async with rig(tmp_path, command=AGENT, agent="agent", limits=SessionLimits(cancel_s=5.0)) as agents:
        yield agents, await agents.acquire()


def create(command: str, *args: str, name: str = "t", **more: Any) -> Json:
    return {"call": "terminal/create", "params": {"command": command, "args": list(args), **more}, "as": name}


def of(method: str, name: str, *, how: str = "call", terminal: str = "t") -> Json:
    params = {"terminalId": f"${terminal}.terminalId"}
    return {how: f"terminal/{method}", "params": params, "as": name}


def steps(*each: Json) -> str:
    return json.dumps(each)


async def said(agents: Rig, lease: Lease, *each: Json) -> Any:
    """What the agent says at the end of the turn, read as JSON."""
    told = await agents.turn(lease, steps(*each))
    assert told.outcomes == [Completed("end_turn")]
    return json.loads(told.text)


def terminals(agents: Rig) -> list[OwnedProcessInfo]:
    return [process for process in agents.owner.owned() if "/terminal-" in process.label]


async def test_a_command_runs_in_the_worktree_and_its_output_and_exit_are_told(tmp_path: Path) -> None:
    async with scripted(tmp_path) as (agents, lease):
        output = await said(
            agents,
            lease,
            create("pwd; echo complaint >&2; echo $COLOUR; exit 3", env=[{"name": "COLOUR", "value": "red"}]),
            of("wait_for_exit", "w"),
            of("output", "o"),
            {"tell": "o"},
        )
        assert output == {
            "output": f"{agents.worktree}\ncomplaint\nred\n",
            "truncated": False,
            "exitStatus": {"exitCode": 3, "signal": None},
        }


async def test_a_program_with_arguments_needs_no_shell(tmp_path: Path) -> None:
    async with scripted(tmp_path) as (agents, lease):
        (agents.worktree / "sub").mkdir()
        output = await said(
            agents,
            lease,
            create("printf", "%s|", "a b", "*", cwd=str(agents.worktree / "sub")),
            of("wait_for_exit", "w"),
            of("output", "o"),
            {"tell": "o"},
        )
        assert output["output"] == "a b|*|"


async def test_a_program_that_is_not_there_is_told_as_a_shell_would(tmp_path: Path) -> None:
    async with scripted(tmp_path) as (agents, lease):
        output = await said(
            agents,
            lease,
            create("no-such-program", "x"),
            of("wait_for_exit", "w"),
            of("output", "o"),
            {"tell": "o"},
        )
        assert output["exitStatus"]["exitCode"] == 127
        assert "no-such-program" in output["output"]


@pytest.mark.parametrize("cwd", ["/", "..", "missing", ".git"])
async def test_a_folder_outside_the_worktree_is_refused_and_nothing_runs(tmp_path: Path, cwd: str) -> None:
    async with scripted(tmp_path) as (agents, lease):
        answer = await said(agents, lease, create("touch", str(tmp_path / "ran"), cwd=cwd), {"tell": "t"})
        assert "could not be started" in answer["error"]["message"]
        assert not (tmp_path / "ran").exists()


async def test_output_beyond_the_limit_goes_from_the_front(tmp_path: Path) -> None:
    async with scripted(tmp_path) as (agents, lease):
        output = await said(
            agents,
            lease,
            create("seq 1 100000", outputByteLimit=12),
            of("wait_for_exit", "w"),
            of("output", "o"),
            {"tell": "o"},
        )
        assert (output["output"], output["truncated"]) == ("9999\n100000\n"[-12:], True)


async def test_kill_ends_the_command_with_what_it_started_and_keeps_the_output(tmp_path: Path) -> None:
    async with scripted(tmp_path) as (agents, lease):
        output = await said(
            agents,
            lease,
            create(f"echo before; setsid {LONG} & {LONG}"),
            of("wait_for_exit", "w", how="begin"),
            of("output", "o"),
            of("kill", "k"),
            {"await": "w"},
            of("output", "o"),
            {"tell": "o"},
        )
        assert output["output"] in ("before\n", "")
        assert output["exitStatus"] == {"exitCode": None, "signal": "SIGTERM"}
        assert terminals(agents) == []


async def test_a_released_terminal_is_gone_and_its_waiter_hears_it(tmp_path: Path) -> None:
    async with scripted(tmp_path) as (agents, lease):
        waited = await said(
            agents,
            lease,
            create(LONG),
            of("wait_for_exit", "w", how="begin"),
            of("release", "r"),
            {"await": "w"},
            {"tell": "w"},
        )
        assert "terminal-1 is gone" in waited["error"]["message"]
        late = await said(agents, lease, create("true"), of("release", "r"), of("output", "o"), {"tell": "o"})
        assert "no terminal terminal-2" in late["error"]["message"]


async def test_a_running_command_shows_in_the_tree_and_ends_with_its_turn(tmp_path: Path) -> None:
    async with scripted(tmp_path) as (agents, lease):
        told, _ = await agents.start(lease, steps(create(LONG), {"tell": "t"}, {"until": "cancelled"}))
        await told.until(lambda told: told.text)
        (process,) = terminals(agents)
        path = lease.session.path.removesuffix("session") + "terminals/terminal-1"
        state = await agents.system.get_state(path, timeout=5)
        assert LONG in str(state["command"])
        assert process.label.endswith("/terminal-1")
        agents.cancel(lease)
        assert await told.over() == Cancelled("asked")
        assert terminals(agents) == []
        told = await agents.turn(lease, steps(create(LONG), {"say": "left"}), task="t2")
        assert terminals(agents) == []


async def test_a_server_left_in_the_background_stays_until_its_agent_goes(tmp_path: Path) -> None:
    server = f"{LONG} >/dev/null 2>&1 & echo started"
    async with scripted(tmp_path) as (agents, lease):
        started = [create(server), of("wait_for_exit", "w"), of("release", "r")]
        await agents.turn(lease, steps(*started), task="t1")
        await agents.turn(lease, steps(create(server), of("wait_for_exit", "w")), task="t2")
        assert len(terminals(agents)) == 2
        told, _ = await agents.start(lease, steps(*started, {"say": "."}, {"until": "cancelled"}), task="t3")
        await told.until(lambda told: told.text)
        assert len(terminals(agents)) == 3
        agents.cancel(lease, "t3")
        await told.over()
        assert len(terminals(agents)) == 2
        agents.release(lease)
    assert terminals(agents) == []


async def test_only_so_many_servers_stay(tmp_path: Path) -> None:
    server = f"{LONG} >/dev/null 2>&1 & true"
    async with scripted(tmp_path) as (agents, lease):
        each = [create(server), of("wait_for_exit", "w"), of("release", "r")]
        await agents.turn(lease, steps(*each * 10))
        labels = {process.label.rpartition("/")[2] for process in terminals(agents)}
        assert labels == {f"terminal-{number}" for number in range(3, 11)}


async def test_terminals_go_with_their_agent(tmp_path: Path) -> None:
    async with scripted(tmp_path) as (agents, lease):
        told, _ = await agents.start(lease, steps(create(LONG), {"tell": "t"}, {"until": "cancelled"}))
        await told.until(lambda told: told.text)
        leader = next(process for process in agents.owner.owned() if process not in terminals(agents))
        os.kill(leader.pid, signal.SIGKILL)
        await told.over()
        await agents.until_no_children()


async def test_nothing_is_run_after_a_cancel_or_for_another_session(tmp_path: Path) -> None:
    async with scripted(tmp_path) as (agents, lease):
        told, _ = await agents.start(
            lease, steps({"say": "."}, {"until": "cancelled"}, create("true"), {"tell": "t"})
        )
        await told.until(lambda told: told.text)
        agents.cancel(lease)
        await told.over()
        assert "No prompt runs" in told.text
        answer = await said(agents, lease, create("true", sessionId="another"), {"tell": "t"})
        assert "no such session" in answer["error"]["message"]


async def test_at_most_so_many_terminals_are_open(tmp_path: Path) -> None:
    async with scripted(tmp_path) as (agents, lease):
        answer = await said(
            agents, lease, *[create("true", name=f"t{n}") for n in range(17)], {"tell": "t16"}
        )
        assert "more than 16 terminals" in answer["error"]["message"]
        assert "terminalId" in await said(agents, lease, create("true"), {"tell": "t"})


def shows(tool: str, terminal: str = "t") -> Json:
    content = [{"type": "terminal", "terminalId": f"${terminal}.terminalId"}]
    return {"update": {"sessionUpdate": "tool_call_update", "toolCallId": tool, "content": content}}


def outputs(told: Told) -> list[str]:
    return [event.output for event in told.of(ToolUpdate) if event.output is not None]


async def test_a_tool_call_that_shows_a_terminal_has_its_output(tmp_path: Path) -> None:
    tool = {
        "update": {"sessionUpdate": "tool_call", "toolCallId": "c", "title": "Run", "status": "in_progress"}
    }
    done = {"update": {"sessionUpdate": "tool_call_update", "toolCallId": "c", "status": "completed"}}
    async with scripted(tmp_path) as (agents, lease):
        told = await agents.turn(
            lease, steps(tool, create("echo out; echo err >&2"), shows("c"), of("wait_for_exit", "w"), done)
        )
        assert outputs(told)[-1] == "out\nerr\n"
        assert told.events.index(told.of(ToolUpdate)[-1]) > 0


async def test_a_long_running_commands_output_is_shown_while_it_runs(tmp_path: Path) -> None:
    tool = {"update": {"sessionUpdate": "tool_call", "toolCallId": "c", "title": "Run"}}
    async with scripted(tmp_path) as (agents, lease):
        told, _ = await agents.start(
            lease, steps(tool, create(f"echo started; {LONG}"), shows("c"), {"until": "cancelled"})
        )
        await told.until(outputs)
        assert outputs(told)[0] == "started\n"
        agents.cancel(lease)
        await told.over()


async def test_a_flood_of_output_keeps_the_rest_alive(tmp_path: Path) -> None:
    async with scripted(tmp_path) as (agents, lease):
        output = await said(
            agents,
            lease,
            create("head -c 50000000 /dev/zero | tr '\\0' x", outputByteLimit=100),
            of("wait_for_exit", "w"),
            of("output", "o"),
            {"tell": "o"},
        )
        assert output["output"] == "x" * 100

        async def none_left() -> bool:
            return not terminals(agents)

        await eventually(none_left)
