"""A worktree on disk with the agent's tools on it, called as its session calls them."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import trio
from attrs import define, field

from boocode.adapters.native.files.confines import Confines
from boocode.adapters.native.files.creating import CreateFile
from boocode.adapters.native.files.deleting import DeleteFile
from boocode.adapters.native.files.editing import EditFile
from boocode.adapters.native.files.moving import MoveFile
from boocode.adapters.native.files.reading import ReadFile
from boocode.adapters.native.files.standing import Looks
from boocode.adapters.native.files.tool import Disk
from boocode.ports.native_tools import CallShown, NativeTool, ToolRefused, ToolResult

SECRET = "the person's secret"


def not_told(output: str) -> None:
    raise AssertionError(f"nothing is told while it runs, but: {output}")


@define
class Bench:
    """`root` is the worktree; beside it lie `secret.txt` and the folder `outside` with another one."""

    folder: Path
    allowed: tuple[str, ...] = ()
    changes: int = 0
    """How often somebody was told that a file has changed."""
    _tools: dict[str, NativeTool] = field(factory=dict)

    @property
    def root(self) -> Path:
        return self.folder / "worktree"

    @property
    def disk(self) -> Disk:
        return Disk(Confines(str(self.root), self.allowed), trio.CapacityLimiter(4))

    def of_change(self) -> None:
        self.changes += 1

    def tool(self, name: str) -> NativeTool:
        """The same one each time: what it was asked to look at stays with it."""
        if not self._tools:
            tools: tuple[NativeTool, ...] = (
                ReadFile(self.disk),
                EditFile(self.disk, self, Looks()),
                CreateFile(self.disk, self, Looks()),
                DeleteFile(self.disk, self, Looks()),
                MoveFile(self.disk, self, Looks()),
            )
            self._tools = {tool.offer.name: tool for tool in tools}
        return self._tools[name]

    async def look(self, name: str, **arguments: Any) -> CallShown:
        return await self.tool(name).look(arguments)

    async def run(self, name: str, **arguments: Any) -> ToolResult:
        return await self.tool(name).run(arguments, not_told)

    async def call(self, name: str, **arguments: Any) -> ToolResult:
        """Looked at, and made."""
        await self.look(name, **arguments)
        return await self.run(name, **arguments)

    async def refused(self, name: str, **arguments: Any) -> str:
        """Refused alike by the look and by the call itself; the words. Nothing is on the disk that was not there.
        The look at a reading judges the path alone."""
        before = self.everything()
        looked = ""
        try:
            await self.look(name, **arguments)
        except ToolRefused as refused:
            looked = str(refused)
        with pytest.raises(ToolRefused) as ran:
            await self.run(name, **arguments)
        assert looked == str(ran.value) or (name == "read_file" and not looked)
        assert self.everything() == before
        return str(ran.value)

    async def refused_now(self, name: str, **arguments: Any) -> str:
        """What was looked at before cannot be done any more."""
        before = self.everything()
        with pytest.raises(ToolRefused) as ran:
            await self.run(name, **arguments)
        assert self.everything() == before
        return str(ran.value)

    def write(self, name: str | bytes, content: str | bytes = "", mode: int = 0o644) -> None:
        path = self.path(name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
        os.chmod(path, mode)

    def read(self, name: str | bytes) -> bytes:
        with open(self.path(name), "rb") as file:
            return file.read()

    def has(self, name: str | bytes) -> bool:
        return os.path.lexists(self.path(name))

    def path(self, name: str | bytes) -> bytes:
        return os.path.join(os.fsencode(self.root), os.fsencode(name))

    def everything(self) -> Mapping[bytes, object]:
        """All that is below the test's folder, with its bytes and mode; of a link where it leads."""
        found = dict[bytes, object]()
        for base, folders, files in os.walk(os.fsencode(self.folder)):
            for name in (*folders, *files):
                path = os.path.join(base, name)
                status = os.lstat(path)
                held: object = status.st_mode
                if os.path.islink(path):
                    held = os.readlink(path)
                elif os.path.isfile(path):
                    with open(path, "rb") as file:
                        held = (status.st_mode, file.read())
                found[path] = held
        return found
