"""The source of the tools on files, for the composition root."""

from collections.abc import Callable

import trio
from attrs import field, frozen

from boocode.adapters.git.program import GitProgram
from boocode.adapters.native.files.confines import Confines
from boocode.adapters.native.files.creating import CreateFile
from boocode.adapters.native.files.deleting import DeleteFile
from boocode.adapters.native.files.diffing import DiffFiles
from boocode.adapters.native.files.editing import EditFile
from boocode.adapters.native.files.listing import ListFiles
from boocode.adapters.native.files.moving import MoveFile
from boocode.adapters.native.files.pending import Nobody, PendingCapture, SessionOf, Told
from boocode.adapters.native.files.reading import ReadFile
from boocode.adapters.native.files.searching import SearchFiles
from boocode.adapters.native.files.standing import Looks
from boocode.adapters.native.files.tool import THREADS, Disk
from boocode.ports.native import NativePlace
from boocode.ports.native_tools import NativeTool
from boocode.ports.processes import ProcessOwner


@frozen
class FileTools:
    """A MakeTools: what it needs of this machine, for the agents of all chats."""

    owner: ProcessOwner
    session_of: SessionOf
    """A chat's BooCode session: its pending changes are told of."""
    find_ripgrep: Callable[[], str | None]
    """Where it is on the PATH; None = searching is done by ourselves."""
    program: GitProgram = field(factory=GitProgram)
    limiter: trio.CapacityLimiter = field(factory=lambda: trio.CapacityLimiter(THREADS))

    async def __call__(self, place: NativePlace) -> tuple[tuple[NativeTool, ...], tuple[str, ...]]:
        disk = Disk(Confines(place.cwd, place.choices.allowed_read_paths), self.limiter)
        told = self._told(place)
        tools: tuple[NativeTool, ...] = (
            ListFiles(disk, self.program),
            ReadFile(disk),
            SearchFiles(disk, self.program, self.owner, self.find_ripgrep),
            EditFile(disk, told, Looks()),
            CreateFile(disk, told, Looks()),
            DeleteFile(disk, told, Looks()),
            MoveFile(disk, told, Looks()),
            DiffFiles(disk, self.program),
        )
        return tools, ()

    def _told(self, place: NativePlace) -> Told:
        if place.choices.edits == "worktree":
            return Nobody()
        return PendingCapture(place.ctx, self.session_of, place.chat_id, place.task_id, place.agent)
