"""The changes of a turn that still runs: captured after each edit, one at a time, and no edit waits or fails by it."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import trio
from attrs import define, evolve, field

from boocode.adapters.native.files.toolbox import FileTools
from boocode.adapters.processes.owner import LocalProcesses
from boocode.kernel import Actor, ChildSpec, Context, Strategy, SupervisorSpec, open_tree
from boocode.ports.names import WORKTREES
from boocode.ports.native import NativeChoices, NativePlace
from boocode.ports.native_tools import NativeTool
from boocode.ports.store import StoreUnavailable
from boocode.ports.worktrees import CaptureChanges, WorkspaceError
from tests.adapters.native.files.bench import not_told

WAIT_S = 30.0


@define
class Owner(Actor):
    """Stands for the worktrees: writes down what it is asked, and answers when it may."""

    asked: list[CaptureChanges] = field(factory=list)
    gate: trio.Event = field(factory=trio.Event)
    refuses: bool = False

    async def handle(self, message: Any) -> Any:
        self.asked.append(message)
        reply = self.ctx.defer()
        await self.gate.wait()
        if self.refuses:
            reply.fail(WorkspaceError("git_failed", "no"))
        else:
            reply.reply(())

    async def until(self, count: int) -> None:
        with trio.fail_after(WAIT_S):
            while len(self.asked) < count:
                await trio.sleep(0.01)


class Lender(Actor):
    def __init__(self, lent: list[Context]) -> None:
        self._lent = lent

    async def init(self) -> None:
        self._lent.append(self.ctx)


@define
class Stage:
    owner: Owner
    tools: FileTools
    place: NativePlace

    async def tool(self, name: str) -> NativeTool:
        tools, warnings = await self.tools(self.place)
        assert warnings == ()
        return next(tool for tool in tools if tool.offer.name == name)

    async def create(self, *names: str) -> None:
        tool = await self.tool("create_file")
        for name in names:
            with trio.fail_after(WAIT_S):
                await tool.run({"path": name, "content": "x"}, not_told)


@asynccontextmanager
async def stage(tmp_path: Path, session: str | None = "ses_1", *, knows: bool = True) -> AsyncIterator[Stage]:
    lent: list[Context] = []
    owner = Owner()
    (tmp_path / "worktree").mkdir()

    async def session_of(chat_id: str) -> str | None:
        if not knows:
            raise StoreUnavailable("away")
        return session if chat_id == "cht_1" else None

    children: Sequence[ChildSpec] = (
        ChildSpec(id="worktrees", start=lambda: owner, name=WORKTREES),
        ChildSpec(id="session", start=lambda: Lender(lent)),
    )
    async with open_tree(SupervisorSpec(strategy=Strategy.ONE_FOR_ONE, children=tuple(children))):
        choices = NativeChoices()
        place = NativePlace(lent[0], "cht_1", str(tmp_path / "worktree"), choices, task_id="task_1")
        try:
            yield Stage(owner, FileTools(LocalProcesses(), session_of, lambda: None), place)
        finally:
            owner.gate.set()


async def test_an_edit_is_captured_for_its_turn_and_waits_for_nobody(tmp_path: Path) -> None:
    async with stage(tmp_path) as now:
        await now.create("a.txt")
        await now.owner.until(1)
        assert now.owner.asked == [CaptureChanges("ses_1", "task_1", "boocode", goes_on=True)]


async def test_what_is_edited_during_a_capture_is_captured_once_more(tmp_path: Path) -> None:
    async with stage(tmp_path) as now:
        tool = await now.tool("create_file")
        await tool.run({"path": "first", "content": ""}, not_told)
        await now.owner.until(1)
        for name in "abcdef":
            await tool.run({"path": name, "content": ""}, not_told)
        now.owner.gate.set()
        await now.owner.until(2)
        await tool.run({"path": "last", "content": ""}, not_told)
        await now.owner.until(3)
        assert len(now.owner.asked) == 3


async def test_each_tool_that_changes_files_is_heard_of_and_none_that_reads(tmp_path: Path) -> None:
    async with stage(tmp_path) as now:
        now.owner.gate.set()
        calls = (
            ("create_file", {"path": "a.txt", "content": "one\n"}),
            ("edit_file", {"path": "a.txt", "old": "one", "new": "two"}),
            ("move_file", {"path": "a.txt", "to": "b.txt"}),
            ("delete_file", {"path": "b.txt"}),
        )
        for count, (name, arguments) in enumerate(calls, 1):
            await (await now.tool(name)).run(arguments, not_told)
            await now.owner.until(count)
        for name in ("list_files", "search_files"):
            await (await now.tool(name)).run({"pattern": "x"} if name == "search_files" else {}, not_told)
        assert len(now.owner.asked) == len(calls)


async def test_nothing_is_captured_when_people_want_to_see_it_at_the_end(tmp_path: Path) -> None:
    async with stage(tmp_path) as now:
        now.place = evolve(now.place, choices=NativeChoices(edits="worktree"))
        await now.create("a.txt", "b.txt")
        await trio.testing.wait_all_tasks_blocked(0.05)
        assert now.owner.asked == []


@pytest.mark.parametrize("how", ["refused", "no session", "database away"])
async def test_a_capture_that_fails_harms_no_edit_and_the_next_one_tries_again(
    tmp_path: Path, how: str
) -> None:
    session = None if how == "no session" else "ses_1"
    async with stage(tmp_path, session, knows=how != "database away") as now:
        now.owner.refuses = True
        now.owner.gate.set()
        await now.create("a.txt")
        await trio.testing.wait_all_tasks_blocked(0.05)
        await now.create("b.txt")
        assert (tmp_path / "worktree" / "b.txt").exists()
        if how == "refused":
            await now.owner.until(2)


async def test_all_tools_have_the_names_and_effects_that_modes_go_by(tmp_path: Path) -> None:
    async with stage(tmp_path) as now:
        tools, _ = await now.tools(now.place)
        assert {tool.offer.name: (tool.offer.effect, tool.offer.kind) for tool in tools} == {
            "list_files": ("read", "read"),
            "read_file": ("read", "read"),
            "search_files": ("read", "search"),
            "edit_file": ("edit", "edit"),
            "create_file": ("edit", "edit"),
            "delete_file": ("edit", "delete"),
            "move_file": ("edit", "move"),
            "diff_files": ("read", "read"),
        }
