"""Commands of BooCode's own agent: real shells, in real terminals, called as its session calls them."""

import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import trio
from attrs import evolve, frozen

from actors.native_commands import MOST_KEPT, Commands, RunCommand, end_commands
from boocode.adapters.acp.files import WorktreeFiles
from boocode.adapters.acp.wire import JsonRpcWire
from boocode.adapters.processes.owner import LocalProcesses
from boocode.domain.agent_environment import agent_environment
from boocode.kernel import Actor, ChildSpec, Context, DynamicSpec, Strategy, SupervisorSpec, open_tree
from boocode.ports.native import NativeChoices, NativePlace
from boocode.ports.native_tools import CallShown, ToolRefused, ToolResult
from boocode.ports.processes import OwnedProcessInfo
from supervisors.agent import AgentParts, terminal_child

TERMINALS = "boocode-c1-1/terminals"
WAIT_S = 60.0
STUBBORN = "trap '' TERM INT HUP; "


class Session(Actor):
    """Lends its context; what its terminals say is nothing to it."""

    def __init__(self, lent: list[Context]) -> None:
        self._lent = lent

    async def init(self) -> None:
        self._lent.append(self.ctx)


@frozen
class Shell:
    place: NativePlace
    commands: Commands
    owner: LocalProcesses
    worktree: Path

    async def tool(self, task: str = "task_1") -> RunCommand:
        [tool], warnings = await self.commands(evolve(self.place, task_id=task))
        assert warnings == ()
        assert isinstance(tool, RunCommand)
        return tool

    async def run(
        self, command: str, *, task: str = "task_1", told: list[str] | None = None, **more: Any
    ) -> ToolResult:
        tool = await self.tool(task)
        with trio.fail_after(WAIT_S):
            return await tool.run({"command": command, **more}, (told if told is not None else []).append)

    async def look(self, command: object, **more: Any) -> CallShown:
        return await (await self.tool()).look({"command": command, **more})

    def running(self) -> list[OwnedProcessInfo]:
        return [each for each in self.owner.owned() if "/command-" in each.label]

    def kept(self) -> int:
        return len(self.place.ctx.supervisor(TERMINALS).which())

    async def until(self, condition: Any) -> None:
        with trio.fail_after(WAIT_S):
            while not condition():
                await trio.sleep(0.02)


@asynccontextmanager
async def shell(tmp_path: Path, timeout_s: float = 60.0) -> AsyncIterator[Shell]:
    """Fails when a process outlives the tree."""
    worktree = tmp_path / "worktree"
    worktree.mkdir()
    owner = LocalProcesses()
    threads = trio.CapacityLimiter(4)
    parts = AgentParts(
        owner=owner,
        make_wire=JsonRpcWire,
        make_files=lambda root: WorktreeFiles(root, threads),
        environment=os.environ,
        version="test",
    )
    lent: list[Context] = []
    spec = SupervisorSpec(
        strategy=Strategy.REST_FOR_ONE,
        children=(
            ChildSpec(id="terminals", start=DynamicSpec(), name=TERMINALS),
            ChildSpec(id="session", start=lambda: Session(lent)),
        ),
    )
    async with open_tree(spec):
        place = NativePlace(lent[0], "c1", str(worktree), NativeChoices(), TERMINALS, env={"COLOUR": "red"})
        ours = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "SECRET": "s", "BOOCODE_TOKEN": "t"}
        commands = Commands(
            partial(terminal_child, parts), parts.make_files, partial(agent_environment, ours), timeout_s
        )
        yield Shell(place, commands, owner, worktree)
    assert owner.owned() == ()


@pytest.fixture
async def sh(tmp_path: Path) -> AsyncIterator[Shell]:
    async with shell(tmp_path) as opened:
        yield opened


async def test_a_command_runs_in_the_worktree_and_its_output_and_exit_code_are_told(sh: Shell) -> None:
    result = await sh.run("pwd; echo complaint >&2; echo $COLOUR; exit 3")
    assert result.text == f"{sh.worktree}\ncomplaint\nred\n[Exit code 3.]"
    assert result.failed
    assert not sh.kept()


async def test_a_command_that_went_well_has_not_failed(sh: Shell) -> None:
    assert await sh.run("true") == ToolResult("(no output)\n[Exit code 0.]", shown="Exit code 0.")


async def test_a_command_gets_the_environment_of_an_agent_and_not_all_of_ours(sh: Shell) -> None:
    said = (await sh.run('echo "$HOME|$COLOUR|$SECRET|$BOOCODE_TOKEN"')).text
    assert said == f"{sh.worktree.parent}|red||\n[Exit code 0.]"


async def test_several_lines_are_one_script(sh: Shell) -> None:
    result = await sh.run("for each in 1 2; do\n  echo line $each\ndone\n")
    assert result.text == "line 1\nline 2\n[Exit code 0.]"
    assert result.shown == "line 1\nline 2\n"


async def test_a_program_that_is_not_there_is_told_as_the_shell_says_it(sh: Shell) -> None:
    result = await sh.run("no-such-program --now")
    assert "no-such-program" in result.text
    assert result.text.endswith("[Exit code 127.]")


async def test_a_command_has_no_input(sh: Shell) -> None:
    result = await sh.run("cat; read answer || echo nobody")
    assert result.text == "nobody\n[Exit code 0.]"


async def test_nothing_waits_for_an_editor_or_a_pager(sh: Shell) -> None:
    result = await sh.run("echo $PAGER $GIT_EDITOR $TERM $GIT_TERMINAL_PROMPT")
    assert result.text == "cat false dumb 0\n[Exit code 0.]"


async def test_a_command_killed_by_a_signal_says_which(sh: Shell) -> None:
    result = await sh.run("echo before; kill -9 $$")
    assert result.text == "before\n[It was ended by SIGKILL.]"
    assert result.failed


async def test_it_runs_in_a_folder_of_the_worktree(sh: Shell) -> None:
    (sh.worktree / "sub").mkdir()
    assert (await sh.run("pwd", cwd="sub")).text == f"{sh.worktree}/sub\n[Exit code 0.]"


@pytest.mark.parametrize("cwd", ["/", "..", "missing", ".git", "link"])
async def test_a_folder_outside_the_worktree_is_refused_and_nothing_runs(sh: Shell, cwd: str) -> None:
    (sh.worktree / "link").symlink_to("/")
    ran = sh.worktree / "ran"
    with pytest.raises(ToolRefused, match="cannot be run there"):
        await sh.run(f"touch {ran}", cwd=cwd)
    with pytest.raises(ToolRefused, match="Choose a folder of the worktree"):
        await sh.look("true", cwd=cwd)
    assert not ran.exists()


@pytest.mark.parametrize(
    ("command", "more", "words"),
    [
        (" \n", {}, "must be a shell line"),
        (None, {}, "must be a shell line"),
        (7, {}, "must be a shell line"),
        ("a\0b", {}, "holds a NUL"),
        ("echo \ud800", {}, "half a character"),
        ("x" * 40_000, {}, "Write a script"),
        ("true", {"timeout_s": 0}, "1 or more"),
        ("true", {"timeout_s": True}, "1 or more"),
        ("true", {"timeout_s": "long"}, "1 or more"),
        ("true", {"cwd": 3}, "path of a folder"),
    ],
)
async def test_what_cannot_be_run_is_refused_in_words(sh: Shell, command: Any, more: Any, words: str) -> None:
    with pytest.raises(ToolRefused, match=words):
        await sh.look(command, **more)
    with pytest.raises(ToolRefused, match=words):
        await sh.run(command, **more)
    assert not sh.kept()


async def test_people_are_shown_the_line_and_the_folder(sh: Shell) -> None:
    assert await sh.look("make test") == CallShown("Run make test", (str(sh.worktree),))
    assert (await sh.look("one\ntwo")).title == "Run one …"


async def test_people_see_the_output_while_it_runs(sh: Shell) -> None:
    told: list[str] = []
    go_on = sh.worktree / "go on"
    async with trio.open_nursery() as nursery:

        async def run() -> None:
            await sh.run(
                f"printf '\\033[31mred\\033[0m\\n'; until [ -e '{go_on}' ]; do sleep 0.05; done", told=told
            )

        nursery.start_soon(run)
        await sh.until(lambda: told)
        go_on.touch()
    assert told == ["red\n"]


async def test_a_command_that_takes_too_long_is_ended_with_all_it_started(sh: Shell) -> None:
    result = await sh.run(f"echo begun; {STUBBORN} sleep 300 & setsid sleep 300 & sleep 300", timeout_s=1)
    assert result.failed
    assert result.text.startswith(
        "begun\n[It still ran after 1 s and was ended, with all that it had started."
    )
    assert not sh.running()
    assert not sh.kept()


async def test_nobody_gets_more_time_than_is_configured(tmp_path: Path) -> None:
    async with shell(tmp_path, timeout_s=0.5) as sh:
        assert "still ran after 0.5 s" in (await sh.run("sleep 300", timeout_s=9_999)).text


async def test_a_cancel_ends_the_command_with_all_it_started(sh: Shell) -> None:
    tool = await sh.tool()
    begun = sh.worktree / "begun"
    line = f"{STUBBORN} (setsid sleep 300 &) ; sleep 300 & touch '{begun}'; sleep 300"
    with trio.CancelScope() as scope:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(tool.run, {"command": line}, lambda _: None)
            await sh.until(begun.exists)
            assert len(sh.running()) >= 3
            scope.cancel()
    assert scope.cancelled_caught
    assert not sh.running()
    assert not sh.kept()


async def test_a_flood_of_output_keeps_its_end(sh: Shell) -> None:
    result = await sh.run("seq 1 2000000")
    assert result.text.startswith("[the beginning was too much to keep]\n") or "left out" in result.text
    assert result.text.endswith("1999999\n2000000\n[Exit code 0.]")
    assert len(result.text) < 20_000


async def test_a_longer_output_keeps_both_ends(sh: Shell) -> None:
    result = await sh.run("seq 1 20000")
    assert result.text.startswith("1\n2\n")
    assert "characters left out]" in result.text
    assert result.text.endswith("19999\n20000\n[Exit code 0.]")


async def test_bytes_that_are_no_text_do_no_harm(sh: Shell) -> None:
    result = await sh.run(r"printf 'a\000b\377c\n'")
    assert result.text == "ab\ufffdc\n[Exit code 0.]"


SERVER = f"{sys.executable} -c 'import time; time.sleep(300)' >server.log 2>&1 &"


async def test_a_server_in_the_background_goes_on_and_is_told_of(sh: Shell) -> None:
    result = await sh.run(SERVER)
    assert not result.failed
    assert "goes on running" in result.text
    assert len(sh.running()) == 1
    assert (await sh.run("echo next", task="task_2")).text == "next\n[Exit code 0.]"
    assert len(sh.running()) == 1


async def test_a_server_that_holds_the_output_is_waited_for_no_longer_than_its_shell(sh: Shell) -> None:
    result = await sh.run("echo up; sleep 300 &")
    assert result.text.startswith("up\n[Exit code 0. What it started in the background goes on running.")
    assert len(sh.running()) == 1


async def test_only_so_many_servers_stay_and_the_oldest_goes(sh: Shell) -> None:
    for _ in range(MOST_KEPT + 2):
        await sh.run("sleep 300 >/dev/null 2>&1 &")
    assert sh.kept() == MOST_KEPT
    assert len(sh.running()) == MOST_KEPT


async def test_a_cancelled_turn_takes_its_servers_with_it_and_no_others(sh: Shell) -> None:
    await sh.run("sleep 301 >/dev/null 2>&1 &", task="task_1")
    await sh.run("sleep 302 >/dev/null 2>&1 &", task="task_2")
    await end_commands(evolve(sh.place, task_id="task_2"))
    assert [each.command for each in sh.running()] == ["sleep 301"]
    await end_commands(sh.place)
    assert len(sh.running()) == 1


async def test_a_session_that_is_gone_is_told_in_words(sh: Shell) -> None:
    tool = await sh.tool()
    with pytest.raises(ToolRefused, match="could not be run"):
        await evolve(tool, place=evolve(sh.place, terminals="nowhere/terminals")).run(
            {"command": "true"}, lambda _: None
        )
