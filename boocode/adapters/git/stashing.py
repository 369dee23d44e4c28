"""Taking a worktree back to its HEAD, after everything in it was kept: what to go back to, and what to tell git.

The files go back by the same steps as to a checkpoint (see restore.py), so the state of HEAD is made into one: the
bytes that a checkout would write, which are not always those that git keeps (line endings, filters).
"""

import os
import shutil
from collections.abc import Mapping

from attrs import evolve, frozen

from boocode.adapters.git import repository
from boocode.adapters.git.conversions import written_out
from boocode.adapters.git.history import NewCommit, write_commit
from boocode.adapters.git.program import GitFailed, GitProgram
from boocode.adapters.git.registration import require_registration
from boocode.adapters.git.repository import BASE_REFS, Located
from boocode.adapters.git.risks import is_in_the_middle
from boocode.adapters.git.shadow import Shadow
from boocode.adapters.git.threads import Threads
from boocode.domain.changes import EXECUTABLE, FILE, GITLINK, Entry
from boocode.domain.restoring import parse_tree_diff
from boocode.ports.worktrees import WorktreePlace


class Stashing:
    """Calls for one place must not overlap."""

    def __init__(self, program: GitProgram, threads: Threads) -> None:
        self._program = program
        self._threads = threads

    async def head_as_checked_out(self, place: WorktreePlace, ref: str, now: str) -> str:
        """The commit. `now`: the worktree as it was captured; what is there as in HEAD need not be written out."""
        ground = await self._threads.run(_ground, place)
        differing = await self._differing(ground, now, "HEAD")
        gone = {path: None for path, (_, new) in differing.items() if new is not None and new.mode == GITLINK}
        there = {path: new for path, (_, new) in differing.items() if new is not None and path not in gone}
        entries = await self._checked_out(ground, there)
        head = (await self._git(ground, "rev-parse", "HEAD")).decode().strip()
        changed = {path: entry for path, entry in entries.items() if entry != there[path]}
        commit = NewCommit(head, {**gone, **changed}, f"HEAD of {place.path} as checked out")
        return await write_commit(self._program, ground.located.common_dir, ref, commit)

    async def is_like_head(self, place: WorktreePlace, kept: str, target: str) -> bool:
        """Whether there was nothing to stash. `kept`: what keeps it; `target`: see `head_as_checked_out`."""
        ground = await self._threads.run(_ground, place)
        wanted = (f"{kept}^{{tree}}", f"{target}^{{tree}}", f"{kept}^2^{{tree}}", "HEAD^{tree}")
        files, files_of_head, index, head = (await self._git(ground, "rev-parse", *wanted)).split()
        return files == files_of_head and index == head

    async def is_kept_by(self, place: WorktreePlace, earlier: str, kept: str, target: str) -> bool:
        """Whether all that `kept` has beside HEAD is in `earlier` as well, in the files and in the index."""
        ground = await self._threads.run(_ground, place)
        beside = await self._differing(ground, target, kept)
        if beside.keys() & (await self._differing(ground, earlier, kept)).keys():
            return False
        wanted = (f"{kept}^2^{{tree}}", f"{earlier}^2^{{tree}}", "HEAD^{tree}")
        index, *known = (await self._git(ground, "rev-parse", *wanted)).split()
        return index in known

    async def after_stash(self, place: WorktreePlace, base: str) -> str:
        """The session's base from now on; git's index like HEAD where git is not in the middle of something."""
        ground = await self._threads.run(_ground, place)
        if not await self._threads.run(is_in_the_middle, ground.registration):
            await self._git(ground, "read-tree", "--reset", "HEAD")
            await self._git(ground, "update-index", "-q", "--refresh", accept=(0, 1))
        fork = await self._fork(ground, base)
        if fork is None:
            return base
        committed = await self._differing(ground, fork, "HEAD")
        moved = {
            path: head
            for path, (_, head) in (await self._differing(ground, base, "HEAD")).items()
            if path not in committed
        }
        if not moved:
            return base
        ref = BASE_REFS + place.session_id
        commit = NewCommit(base, moved, f"Stashed from {place.session_id}")
        return await write_commit(self._program, ground.located.common_dir, ref, commit)

    async def _fork(self, ground: "_Ground", base: str) -> str | None:
        """Where base and HEAD part: before anything was applied or committed."""
        try:
            return (await self._git(ground, "merge-base", base, "HEAD")).decode().split()[0]
        except GitFailed:
            return None

    async def _differing(
        self, ground: "_Ground", old: str, new: str
    ) -> dict[bytes, tuple[Entry | None, Entry | None]]:
        output = await self._git(ground, "diff-tree", "-r", "-z", "--raw", "--no-renames", old, new)
        return {step.path: (step.before, step.after) for step in parse_tree_diff(output)}

    async def _checked_out(self, ground: "_Ground", entries: Mapping[bytes, Entry]) -> dict[bytes, Entry]:
        """The entries with the blobs of their bytes in a checkout of HEAD."""
        files = [path for path, entry in entries.items() if entry.mode in (FILE, EXECUTABLE)]
        if not files:
            return dict(entries)
        scratch = await self._threads.run(ground.shadow.make_scratch)
        index, registration = os.path.join(scratch, "index"), ground.registration
        environment = {"GIT_DIR": registration, "GIT_WORK_TREE": scratch, "GIT_INDEX_FILE": index}
        try:
            await self._program.run("read-tree", "HEAD", cwd=scratch, env=environment)
            blobs = await written_out(self._program, self._threads, registration, index, files, scratch)
        finally:
            await self._threads.run(shutil.rmtree, scratch)
        return {path: evolve(entry, blob=blobs.get(path, entry.blob)) for path, entry in entries.items()}

    async def _git(self, ground: "_Ground", *arguments: str, accept: tuple[int, ...] = (0,)) -> bytes:
        environment = {"GIT_DIR": ground.registration, "GIT_WORK_TREE": ground.shadow.worktree}
        done = await self._program.output(
            *arguments, cwd=ground.shadow.worktree, env=environment, accept=accept
        )
        return done.stdout


@frozen
class _Ground:
    located: Located
    registration: str
    shadow: Shadow


def _ground(place: WorktreePlace) -> _Ground:
    located = repository.locate(place.project_path)
    shadow = Shadow.of(place, located)
    shadow.prepare()
    return _Ground(located, require_registration(located, place.path), shadow)
