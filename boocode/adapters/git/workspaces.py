"""The git port on real git: the program for what is long, libgit2 in a thread for what is short."""

import os
from collections.abc import Sequence

from boocode.adapters.git import repository
from boocode.adapters.git.apply import Applies
from boocode.adapters.git.capture import Captures
from boocode.adapters.git.history import NewCommit, write_commit
from boocode.adapters.git.program import GitProgram
from boocode.adapters.git.repository import BASE_REFS
from boocode.adapters.git.risks import RiskReports
from boocode.adapters.git.salvage import Salvages
from boocode.adapters.git.stashing import Stashing
from boocode.adapters.git.threads import Threads
from boocode.adapters.git.worktree import Worktrees
from boocode.contracts.resources import PendingChange, WorktreeInfo
from boocode.domain.applying import Step, steps_of
from boocode.domain.changes import Entry, FileChange
from boocode.domain.ids import new_id
from boocode.domain.pathnames import read_path, show_path
from boocode.domain.reaping import Risks
from boocode.ports.store import ChangeRow
from boocode.ports.worktrees import OpenedWorktree, WorktreePlace


class GitWorkspaces:
    """Implements `boocode.ports.worktrees.Git`. One a program; made inside `trio.run`."""

    def __init__(self, program: GitProgram | None = None) -> None:
        self._program = GitProgram() if program is None else program
        self._threads = Threads()
        self._worktrees = Worktrees(self._program, self._threads)
        self._captures = Captures(self._program, self._threads)
        self._applies = Applies(self._program, self._threads)
        self._risks = RiskReports(self._program, self._threads, self._captures)
        self._salvages = Salvages(self._program, self._threads)
        self._stashing = Stashing(self._program, self._threads)

    async def repository_root(self, path: str) -> str:
        return (await self._threads.run(repository.require_commit, path)).root

    async def open_worktree(self, place: WorktreePlace) -> OpenedWorktree:
        return await self._worktrees.open(place)

    async def changes(self, place: WorktreePlace, base: str) -> tuple[ChangeRow, ...]:
        found = await self._captures.changes(place, base)
        return tuple(_row(place.session_id, change) for change in found)

    async def apply(self, project_path: str, changes: Sequence[ChangeRow]) -> None:
        await self._applies.apply(project_path, [step for row in changes for step in _steps(row)])

    async def advance_base(
        self, project_path: str, session_id: str, base: str, applied: Sequence[ChangeRow]
    ) -> str:
        steps = [step for row in applied for step in _steps(row)]
        if not steps:
            return base
        located = await self._threads.run(repository.locate, project_path)
        commit = NewCommit(base, {s.path: s.after for s in steps}, f"Applied from {session_id}")
        return await write_commit(self._program, located.common_dir, BASE_REFS + session_id, commit)

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

    async def set_aside(self, place: WorktreePlace) -> None:
        await self._worktrees.set_aside(place)

    async def was_set_aside(self, place: WorktreePlace) -> bool:
        return await self._worktrees.was_set_aside(place)

    async def remove_worktree(self, place: WorktreePlace) -> None:
        await self._worktrees.remove(place)

    async def head_as_checked_out(self, place: WorktreePlace, ref: str, now: str) -> str:
        return await self._stashing.head_as_checked_out(place, ref, now)

    async def after_stash(self, place: WorktreePlace, base: str) -> str:
        return await self._stashing.after_stash(place, base)

    async def forget_ref(self, project_path: str, ref: str) -> None:
        located = await self._threads.run(repository.locate, project_path)
        await self._threads.run(repository.delete_ref, located.common_dir, ref)


def _row(session_id: str, change: FileChange) -> ChangeRow:
    pending = PendingChange(
        id=new_id("chg"),
        session_id=session_id,
        path=show_path(change.path),
        old_path=None if change.old_path is None else show_path(change.old_path),
        op=change.op,
        agent=None,
        state="pending",
        diff=change.diff,
        binary=change.binary,
        additions=change.additions,
        deletions=change.deletions,
    )
    return ChangeRow(
        change=pending,
        old_blob=None if change.old is None else change.old.blob,
        new_blob=None if change.new is None else change.new.blob,
        old_mode=None if change.old is None else change.old.mode,
        new_mode=None if change.new is None else change.new.mode,
    )


def _steps(row: ChangeRow) -> tuple[Step, ...]:
    change = row.change
    return steps_of(
        None if change.old_path is None else read_path(change.old_path),
        read_path(change.path),
        _entry(row.old_mode, row.old_blob),
        _entry(row.new_mode, row.new_blob),
    )


def _entry(mode: int | None, blob: str | None) -> Entry | None:
    return None if mode is None or blob is None else Entry(mode, blob)
