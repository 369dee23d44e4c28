"""The git port on real git: the program for what is long, libgit2 in a thread for what is short."""

import os

from boocode.adapters.git import repository
from boocode.adapters.git.capture import Captures
from boocode.adapters.git.change_rows import row_of
from boocode.adapters.git.listing import FileListings
from boocode.adapters.git.program import GitProgram
from boocode.adapters.git.project_changes import ProjectChanges
from boocode.adapters.git.risks import RiskReports
from boocode.adapters.git.salvage import Salvages
from boocode.adapters.git.stashing import Stashing
from boocode.adapters.git.threads import Threads
from boocode.adapters.git.worktree import Worktrees
from boocode.contracts.answers import FilePage
from boocode.contracts.resources import WorktreeInfo
from boocode.domain.reaping import Risks
from boocode.ports.crash_points import Reached, pass_by
from boocode.ports.store import ChangeRow
from boocode.ports.worktrees import KeptStash, OpenedWorktree, WorktreePlace


class GitWorkspaces(ProjectChanges):
    """Implements `boocode.ports.changes.WorkspaceGit`. One a program; made inside `trio.run`."""

    def __init__(self, program: GitProgram | None = None, reached: Reached = pass_by) -> None:
        super().__init__(GitProgram() if program is None else program, Threads(), reached)
        self._worktrees = Worktrees(self._program, self._threads)
        self._captures = Captures(self._program, self._threads)
        self._risks = RiskReports(self._program, self._threads, self._captures)
        self._salvages = Salvages(self._program, self._threads)
        self._stashing = Stashing(self._program, self._threads)
        self._listings = FileListings(self._program, self._threads)

    async def repository_root(self, path: str) -> str:
        return (await self._threads.run(repository.require_commit, path)).root

    async def open_worktree(self, place: WorktreePlace) -> OpenedWorktree:
        return await self._worktrees.open(place)

    async def changes(self, place: WorktreePlace, base: str) -> tuple[ChangeRow, ...]:
        found = await self._captures.changes(place, base)
        touched = await self._captures.touched(place, found) if found else frozenset()
        return tuple(row_of(place.session_id, change, touched) for change in found)

    async def settle_changes(self, place: WorktreePlace, base: str, *, waits: bool) -> None:
        await self._captures.settle(place, base, waits=waits)

    async def find_files(self, root: str, query: str, limit: int, *, committed: bool) -> FilePage:
        return await self._listings.find(root, query, limit, committed=committed)

    async def can_write(self, folder: str) -> bool:
        return await self._threads.run(os.access, folder, os.W_OK | os.X_OK)

    async def status(self, place: WorktreePlace, base: str) -> WorktreeInfo:
        return await self._worktrees.status(place, base)

    async def risks(self, place: WorktreePlace, base: str) -> Risks:
        return await self._risks.report(place, base)

    async def salvage(self, place: WorktreePlace, ref: str, files: str | None) -> str | None:
        if files is None:
            return await self._salvages.write_lost(place, ref)
        return await self._salvages.write(place, ref, files)

    async def next_stash_ref(self, project_path: str, worktree_id: str) -> str:
        return await self._salvages.next_ref(project_path, worktree_id)

    async def unfinished_stash(self, project_path: str, worktree_id: str) -> KeptStash | None:
        return await self._salvages.unfinished(project_path, worktree_id)

    async def has_commit(self, project_path: str, commit: str) -> bool:
        return await self._salvages.has_commit(project_path, commit)

    async def set_aside(self, place: WorktreePlace) -> None:
        await self._worktrees.set_aside(place)

    async def was_set_aside(self, place: WorktreePlace) -> bool:
        return await self._worktrees.was_set_aside(place)

    async def remove_worktree(self, place: WorktreePlace) -> None:
        await self._worktrees.remove(place)

    async def head_as_checked_out(self, place: WorktreePlace, ref: str, now: str) -> str:
        return await self._stashing.head_as_checked_out(place, ref, now)

    async def is_like_head(self, place: WorktreePlace, kept: str, target: str) -> bool:
        return await self._stashing.is_like_head(place, kept, target)

    async def is_kept_by(self, place: WorktreePlace, earlier: str, kept: str, target: str) -> bool:
        return await self._stashing.is_kept_by(place, earlier, kept, target)

    async def after_stash(self, place: WorktreePlace, base: str) -> str:
        return await self._stashing.after_stash(place, base)

    async def forget_ref(self, project_path: str, ref: str) -> None:
        located = await self._threads.run(repository.locate, project_path)
        await self._threads.run(repository.delete_ref, located.common_dir, ref)
