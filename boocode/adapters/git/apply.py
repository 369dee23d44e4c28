"""Pending changes written into a project: looked at, judged, and then all of them or none.

What counts as unchanged: the project's bytes are those the change was made from, or are the same to git
(hash-object with the project's filters gives both one id; a checkout with other line endings, for example).
The new bytes are written as the agent left them.

One apply at a time in a project, across processes: a lock in its git directory.
"""

import fcntl
import os
import shutil
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager

import trio
from attrs import evolve

from boocode.adapters.git import repository
from boocode.adapters.git.blobs import write_out
from boocode.adapters.git.program import GitFailed, GitProgram
from boocode.adapters.git.project_files import Look, look_at
from boocode.adapters.git.repository import Located
from boocode.adapters.git.swap import Stale, Unrecovered, make_stage, remove_old_stages, swap
from boocode.adapters.git.threads import Threads
from boocode.domain.applying import Found, Reason, Step, judge_all, refused_before_looking
from boocode.domain.changes import SYMLINK, Entry
from boocode.domain.pathnames import show_path
from boocode.ports.worktrees import ApplyConflict, Conflict, WorkspaceError


class Applies:
    """Writes into projects, one apply at a time in each."""

    def __init__(self, program: GitProgram, threads: Threads) -> None:
        self._program = program
        self._threads = threads
        self._locks: defaultdict[str, trio.Lock] = defaultdict(trio.Lock)

    async def apply(self, project_path: str, steps: Sequence[Step]) -> None:
        """Raises ApplyConflict (nothing touched), WorkspaceError `apply_failed` (everything put back),
        `rollback_failed`, `apply_busy`."""
        if refused := refused_before_looking(steps):
            raise _conflict(refused.items())
        located = await self._threads.run(repository.locate, project_path)
        async with self._locks[located.root], self._project_lock(located):
            look = await self._threads.run(look_at, located.root, steps)
            look = evolve(look, found=await self._with_equivalents(located, steps, look))
            verdict = judge_all(steps, look.found)
            if verdict.conflicts:
                raise _conflict(verdict.conflicts)
            if verdict.writes:
                await self._write(located, verdict.writes, look)

    async def _write(self, located: Located, writes: Sequence[Step], look: Look) -> None:
        stage = await self._threads.run(make_stage, located.root, located.git_dir)
        keep_stage = False
        try:
            blobs = {step.after.blob for step in writes if step.after is not None}
            contents = await write_out(self._program, self._threads, located.common_dir, sorted(blobs), stage)
            await self._threads.run(swap, located.root, stage, writes, look, contents)
        except Stale as stale:
            raise _conflict([(stale.path, "changed")]) from None
        except Unrecovered as error:
            keep_stage = True
            raise WorkspaceError(
                "rollback_failed",
                f"Applying to {located.root} failed, and so did putting everything back: {error}. "
                f"The files that were there before are kept in {error.stage}.",
            ) from error
        except OSError as error:
            raise WorkspaceError(
                "apply_failed", f"Applying to {located.root} failed: {error}. Everything is as it was before."
            ) from error
        finally:
            if not keep_stage:
                await self._threads.run(shutil.rmtree, stage)

    async def _with_equivalents(
        self, located: Located, steps: Sequence[Step], look: Look
    ) -> dict[bytes, Found]:
        """For files that differ: which of the two wanted states they are the same as through git's filters."""
        found = dict(look.found)
        for step in steps:
            present = found[step.path]
            sides = [e for e in (step.before, step.after) if e is not None and e.mode != SYMLINK]
            if present.kind != "file" or any(present.holds(entry) for entry in sides):
                continue
            found[step.path] = evolve(present, equivalent=await self._equivalent(located, step.path, sides))
        return found

    async def _equivalent(self, located: Located, path: bytes, sides: Sequence[Entry]) -> frozenset[str]:
        same = set()
        try:
            present = await self._program.run("hash-object", "--", path, cwd=located.root)
            for entry in sides:
                data = await self._program.run("cat-file", "blob", entry.blob, cwd=located.root)
                cleaned = await self._program.output(
                    "hash-object", b"--path=" + path, "--stdin", cwd=located.root, stdin=data
                )
                if cleaned.stdout == present:
                    same.add(entry.blob)
        except GitFailed:
            return frozenset(same)  # a filter that fails proves nothing: then only equal bytes count
        return frozenset(same)

    @asynccontextmanager
    async def _project_lock(self, located: Located) -> AsyncIterator[None]:
        lock = await self._threads.run(_take_lock, located)
        try:
            await self._threads.run(remove_old_stages, located.git_dir)
            yield
        finally:
            os.close(lock)


def _take_lock(located: Located) -> int:
    """The lock file, opened; closing it gives the lock back, as does our death."""
    directory = os.path.join(located.git_dir, "boocode")
    os.makedirs(directory, exist_ok=True)
    opened = os.open(os.path.join(directory, "apply.lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    try:
        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(opened)
        raise WorkspaceError(
            "apply_busy", f"Another BooCode is applying changes to {located.root} right now. Try again."
        ) from None
    return opened


def _conflict(found: Iterable[tuple[bytes, Reason]]) -> ApplyConflict:
    return ApplyConflict([Conflict(show_path(path), reason) for path, reason in found])
