"""A repository as an agent's worktree, for the tools that look at many files."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import trio
from attrs import frozen

from boocode.adapters.git.program import GitProgram
from boocode.adapters.native.files.confines import Confines
from boocode.adapters.native.files.diffing import DiffFiles
from boocode.adapters.native.files.listing import ListFiles
from boocode.adapters.native.files.searching import SearchFiles
from boocode.adapters.native.files.tool import Disk
from boocode.adapters.processes.owner import LocalProcesses
from boocode.ports.native_tools import CallShown, NativeTool
from tests.adapters.native.files.bench import not_told
from tests.kit.repositories import Repo

ROOT = Path(__file__).resolve().parents[4]
_BESIDE = ".agents/node_modules/@qwen-code/qwen-code/vendor/ripgrep/x64-linux/rg"
"""Where one of the agents that the tests of real agents install has brought one along."""


def ripgrep() -> str | None:
    """A real one, if this machine has it."""
    beside = ROOT / _BESIDE
    return shutil.which("rg") or (str(beside) if beside.exists() else None)


@frozen
class Place:
    repo: Repo
    owner: LocalProcesses
    allowed: tuple[str, ...] = ()
    find_ripgrep: Callable[[], str | None] = lambda: None

    def tool(self, name: str) -> NativeTool:
        disk = Disk(Confines(str(self.repo.root), self.allowed), trio.CapacityLimiter(4))
        program = GitProgram()
        match name:
            case "list_files":
                return ListFiles(disk, program)
            case "search_files":
                return SearchFiles(disk, program, self.owner, self.find_ripgrep)
            case _:
                return DiffFiles(disk, program)

    async def look(self, name: str, **arguments: Any) -> CallShown:
        return await self.tool(name).look(arguments)

    async def call(self, name: str, **arguments: Any) -> str:
        """Looked at, and made; what the model hears."""
        tool = self.tool(name)
        await tool.look(arguments)
        return (await tool.run(arguments, not_told)).text
