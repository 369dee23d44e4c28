"""Checkpoints on real git: captured through a private index, kept by refs, restored file by file.

A checkpoint is one commit and one ref. The ref is written last, so what fails or is killed before leaves
nothing but loose objects that git's own collection takes away.
"""

from __future__ import annotations

import os
from collections.abc import Sequence

from attrs import frozen

from boocode.adapters.git import repository
from boocode.adapters.git.checkpoint_commits import State, head_of, read_state, write_state
from boocode.adapters.git.checkpoint_index import CheckpointIndex, Taken
from boocode.adapters.git.libgit2 import pygit2
from boocode.adapters.git.program import AS_STORED, GitFailed, GitProgram
from boocode.adapters.git.registration import require_registration
from boocode.adapters.git.repository import Located
from boocode.adapters.git.restore import Restoring
from boocode.adapters.git.restore_ignores import IgnoreRules
from boocode.adapters.git.shadow import Shadow
from boocode.adapters.git.sight import look, now_ns
from boocode.adapters.git.threads import Threads
from boocode.domain.applying import Step, deleted_by
from boocode.domain.pathnames import read_path, show_path
from boocode.domain.restoring import decide, parse_tree_diff
from boocode.ports.checkpoints import MAX_FILE_BYTES, Captured, RestorePlan, Sight
from boocode.ports.crash_points import Reached, pass_by
from boocode.ports.worktrees import WorkspaceError, WorktreePlace


class GitCheckpoints:
    """Implements `boocode.ports.checkpoints.CheckpointGit`. One a program; made inside `trio.run`."""

    def __init__(
        self,
        program: GitProgram | None = None,
        threads: Threads | None = None,
        *,
        max_file_bytes: int = MAX_FILE_BYTES,
        reached: Reached = pass_by,
    ) -> None:
        self._program = GitProgram() if program is None else program
        self._threads = Threads() if threads is None else threads
        self._max_file_bytes = max_file_bytes
        self._reached = reached

    async def capture(
        self,
        place: WorktreePlace,
        ref: str,
        message: str,
        *,
        previous: str | None = None,
        also_like: str | None = None,
    ) -> Captured:
        ground = await self._threads.run(_ground, place)
        before = None if previous is None else await self._read_if_there(ground, previous)
        if also_like is not None:
            await self._read(ground, also_like)
        try:
            taken = await self._take(ground, also_like)
            self._reached("capture.before_commit")
            head = await self._threads.run(head_of, ground.registration)
            state = State(taken.tree, head, taken.left_out, also_like if taken.lacks_like else None)
            # The same files at another HEAD are a new state: what was committed since is counted from here.
            if previous is not None and state == before:
                return Captured(previous, head, taken.left_out, is_new=False)
            commit = await self._threads.run(write_state, ground.located.common_dir, state, message)
            self._reached("capture.before_ref")
            await self._threads.run(repository.set_ref, ground.located.common_dir, ref, commit)
        except (GitFailed, OSError, pygit2.GitError) as error:
            raise WorkspaceError(
                "checkpoint_failed", f"No checkpoint of {place.path} was made: {error}"
            ) from error
        self._reached("capture.after_ref")
        return Captured(commit, head, taken.left_out, is_new=True)

    async def now_ns(self, place: WorktreePlace) -> int:
        ground = await self._threads.run(_ground, place)
        try:
            return await self._threads.run(now_ns, ground.shadow.directory)
        except OSError as error:
            raise WorkspaceError(
                "git_failed", f"Nothing can be written beside {place.path}: {error}"
            ) from error

    async def look(self, place: WorktreePlace, like: Sight | None = None) -> Sight | None:
        ground = await self._threads.run(_ground, place)
        passed_over = await self._index(ground).ignored_directories() if like is None else like.passed_over
        return await self._threads.run(look, ground.located, ground.registration, place.path, passed_over)

    async def plan(self, place: WorktreePlace, now: str, target: str) -> RestorePlan:
        return (await self._decided(await self._threads.run(_ground, place), now, target)).plan

    async def restore(self, place: WorktreePlace, now: str, target: str) -> RestorePlan:
        ground = await self._threads.run(_ground, place)
        decided = await self._decided(ground, now, target)
        if decided.steps:
            restoring = Restoring(self._program, self._threads, ground.shadow, self._reached)
            await restoring.perform(decided.steps)
        return decided.plan

    async def keep(self, project_path: str, ref: str, commit: str) -> None:
        located = await self._threads.run(repository.locate, project_path)
        await self._threads.run(read_state, located.common_dir, commit)
        await self._threads.run(repository.set_ref, located.common_dir, ref, commit)

    async def drop(self, project_path: str, refs: Sequence[str]) -> None:
        located = await self._threads.run(repository.locate, project_path)
        # The program, since it waits for a moment where a person's git holds the lock of packed refs.
        await self._program.output(
            *("update-ref", "--stdin", "-z"),
            cwd=located.common_dir,
            env={"GIT_DIR": located.common_dir},
            stdin="".join(f"delete {ref}\0\0" for ref in refs).encode(),
        )

    async def _take(self, ground: _Ground, also_like: str | None) -> Taken:
        index = self._index(ground)
        try:
            return await index.take(also_like)
        except (GitFailed, OSError):
            # A file that went between two looks, or an index that is broken: once more, from the beginning.
            await index.forget()
            return await index.take(also_like)

    def _index(self, ground: _Ground) -> CheckpointIndex:
        return CheckpointIndex(
            self._program, self._threads, ground.shadow, ground.registration, self._max_file_bytes
        )

    async def _decided(self, ground: _Ground, now: str, target: str) -> _Decided:
        state, wanted = await self._read(ground, now), await self._read(ground, target)
        output = await self._git(
            ground, "diff-tree", "-r", "-z", "--raw", "--no-renames", state.tree, wanted.tree
        )
        differing = parse_tree_diff(output)
        ignored = await self._maybe_there(ground, wanted, deleted_by(differing))
        decision = decide(differing, state.outside, wanted.outside, ignored)
        kept = {item.path: item for item in state.left_out}
        for item in wanted.left_out:
            if read_path(item.path) in decision.kept_then:
                kept.setdefault(item.path, item)
        plan = RestorePlan(
            written=tuple(show_path(step.path) for step in decision.steps if step.after is not None),
            deleted=tuple(map(show_path, deleted_by(decision.steps))),
            kept=tuple(kept.values()),
            kept_ignored=tuple(show_path(path) for path in decision.kept_ignored),
            head_moved=await self._moved(ground, wanted.head, state.head),
        )
        return _Decided(decision.steps, plan)

    async def _maybe_there(self, ground: _Ground, then: State, paths: Sequence[bytes]) -> frozenset[bytes]:
        """Those of the paths missing in a state that may have been there all the same, as ignored files."""
        rules = IgnoreRules(self._program, self._threads, ground.shadow)
        ignored = await rules.ignored(then.tree, paths)
        if not ignored or then.like is None or await self._read_if_there(ground, then.like) is None:
            return ignored
        # What was looked for was really not there: so a safety checkpoint is the exact way back.
        names = await self._git(ground, "ls-tree", "-r", "-z", "--name-only", then.like)
        return ignored.difference(names.split(b"\0"))

    async def _moved(self, ground: _Ground, then: str | None, now: str | None) -> int | None:
        """Commits from `then` to `now`; None where the one is not an ancestor of the other."""
        if then == now:
            return 0
        if then is None or now is None:
            return None
        output = await self._git(ground, "rev-list", "--left-right", "--count", f"{then}...{now}")
        lost, made = output.split()
        return int(made) if lost == b"0" else None

    async def _read(self, ground: _Ground, commit: str) -> State:
        return await self._threads.run(read_state, ground.located.common_dir, commit)

    async def _read_if_there(self, ground: _Ground, commit: str) -> State | None:
        try:
            return await self._read(ground, commit)
        except WorkspaceError as error:
            if error.code != "checkpoint_gone":
                raise
            return None

    async def _git(self, ground: _Ground, *arguments: str) -> bytes:
        git_dir = ground.located.common_dir
        return await self._program.run(*arguments, cwd=git_dir, env={**AS_STORED, "GIT_DIR": git_dir})


@frozen
class _Ground:
    """A worktree that is there, and where git keeps what belongs to it."""

    located: Located
    registration: str
    shadow: Shadow


@frozen
class _Decided:
    steps: tuple[Step, ...]
    plan: RestorePlan


def _ground(place: WorktreePlace) -> _Ground:
    located = repository.locate(place.project_path)
    registration = require_registration(located, place.path)
    if os.path.islink(place.path):
        raise WorkspaceError(
            "no_worktree", f"Asked for the worktree at {place.path}, found a symbolic link in its place."
        )
    return _Ground(located, registration, Shadow.of(place, located))
