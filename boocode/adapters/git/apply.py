"""Changes written into a project, and taken out again: looked at, decided, and then all of them or none.

    plan        reads only: what would be written where, or ApplyConflict
    keep        what is there and what is to be there is in git, kept by the session's ref
    exchange    the files, each one from exactly the bytes of the plan to its new ones
    put_back    the other way, for those that were exchanged

What counts as unchanged: the project's bytes are those the change was made from, or are the same to git (hash-object
with the project's filters gives both one id) and hold nothing that git's filters drop: they differ in line endings
alone, or are what git stores or checks out.

One exchange at a time in a project, across processes: a lock in its git directory. A plan that is no longer true when
its turn comes is refused there.
"""

import fcntl
import os
import shutil
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager

import trio
from attrs import evolve

from boocode.adapters.git import repository
from boocode.adapters.git.blobs import write_out
from boocode.adapters.git.directories import remove_emptied
from boocode.adapters.git.line_diffs import line_diff
from boocode.adapters.git.planning import Planning, blob_id, plan, read_file
from boocode.adapters.git.program import GitFailed, GitProgram
from boocode.adapters.git.project_files import Look, look_at
from boocode.adapters.git.repository import Located
from boocode.adapters.git.swap import Stale, Unrecovered, make_stage, remove_old_stages, swap
from boocode.adapters.git.threads import Threads
from boocode.domain.applying import Found, Step, deleted_by, judge_all, refused_before_looking
from boocode.domain.changes import SYMLINK, Entry
from boocode.domain.hunks import ShownDiff, read_diff
from boocode.domain.pathnames import show_path
from boocode.domain.wishes import Wish
from boocode.ports.changes import Standing
from boocode.ports.crash_points import Reached, pass_by
from boocode.ports.worktrees import ApplyConflict, Conflict, WorkspaceError


class Applies:
    """Writes into projects, one exchange at a time in each."""

    def __init__(self, program: GitProgram, threads: Threads, reached: Reached = pass_by) -> None:
        self._program = program
        self._threads = threads
        self._reached = reached
        self._locks: defaultdict[str, trio.Lock] = defaultdict(trio.Lock)

    async def plan(
        self,
        project_path: str,
        wishes: Sequence[Wish],
        contents: Mapping[str, bytes],
        *,
        in_turn: bool = False,
    ) -> Planning:
        """`in_turn`: several may concern one path, each of them what the one before left. Raises ApplyConflict."""
        steps = [step for wish in wishes for step in wish.steps]
        refused = refused_before_looking(steps)
        if in_turn:
            refused = {path: why for path, why in refused.items() if why != "changed twice in one set"}
        if refused:
            raise _conflict(refused.items())
        located = await self._threads.run(repository.locate, project_path)
        found = await self._found(located, steps)
        planning = await plan(self._program, self._threads, located, wishes, found, contents)
        if planning.refusals:
            raise _conflict((each.path, each.reason) for each in planning.refusals)
        return planning

    async def exchange(self, project_path: str, steps: Sequence[Step]) -> None:
        """Raises ApplyConflict (a file is neither as before nor as after; nothing touched), WorkspaceError
        `apply_failed` (everything put back), `rollback_failed`, `apply_busy`."""
        if refused := refused_before_looking(steps):
            raise _conflict(refused.items())
        located = await self._threads.run(repository.locate, project_path)
        with _failing(located):
            async with self._alone(located):
                look = await self._threads.run(look_at, located.root, steps)
                verdict = judge_all(steps, look.found)
                if verdict.conflicts:
                    raise _conflict(verdict.conflicts)
                if verdict.writes:
                    await self._write(located, verdict.writes, look)
                # For all: an exchange that was cut off may have deleted files and not yet their directories.
                await self._threads.run(remove_emptied, located.root, deleted_by(steps))

    async def put_back(self, project_path: str, steps: Sequence[Step]) -> tuple[bytes, ...]:
        """Takes files that are as after back to before; those that are neither are left alone, and returned."""
        located = await self._threads.run(repository.locate, project_path)
        with _failing(located):
            async with self._alone(located):
                look = await self._threads.run(look_at, located.root, steps)
                left = {path for path, _ in judge_all(steps, look.found).conflicts}
                back = [Step(step.path, step.after, step.before) for step in steps if step.path not in left]
                verdict = judge_all(back, look.found)
                left.update(path for path, _ in verdict.conflicts)
                if verdict.writes:
                    await self._write(located, verdict.writes, look)
                await self._threads.run(remove_emptied, located.root, deleted_by(back))
        return tuple(sorted(left))

    async def standing(
        self, project_path: str, wishes: Mapping[str, tuple[Wish, str]]
    ) -> dict[str, Standing]:
        """Of pending changes, each alone: id → the wish and the diff that people are shown."""
        known = {id_: each for id_, each in wishes.items() if not refused_before_looking(each[0].steps)}
        located = await self._threads.run(repository.locate, project_path)
        found = await self._found(located, [step for wish, _ in known.values() for step in wish.steps])
        standings = {}
        for id_, (wish, diff) in known.items():
            at = {step.path: found[step.path] for step in wish.steps}
            if wish.finds_its_base([at[step.path] for step in wish.steps]):
                standings[id_] = Standing()
                continue
            planning = await plan(self._program, self._threads, located, [wish], at, {})
            standings[id_] = await self._standing(planning, diff)
        return standings

    async def _standing(self, planning: Planning, diff: str) -> Standing:
        if planning.refusals:
            why = ", ".join(f"{show_path(each.path)} ({each.reason})" for each in planning.refusals)
            return Standing(base_changed=True, error=f"Applying it would be refused: {why}.")
        [outcome] = planning.outcomes
        shown = read_diff(diff)
        if outcome.today is None or outcome.after is None or shown is None or not shown.hunks:
            return Standing(base_changed=True)
        made = planning.contents[outcome.after.blob]
        today = await line_diff(self._program, self._threads, outcome.today, made)
        if not _pairs(shown, today):
            return Standing(base_changed=True)
        return Standing(base_changed=True, diff=evolve(today, header=shown.header).text())

    async def _found(self, located: Located, steps: Sequence[Step]) -> dict[bytes, Found]:
        """What is there; for files that differ also which of the two wanted states they are the same as to git."""
        with _failing(located):
            look = await self._threads.run(look_at, located.root, steps)
        found = dict(look.found)
        for step in steps:
            present = found[step.path]
            sides = [e for e in (step.before, step.after) if e is not None and e.mode != SYMLINK]
            if present.blob is None or present.kind != "file" or any(present.holds(entry) for entry in sides):
                continue
            same = await self._equivalent(located, step, present.blob, sides)
            found[step.path] = evolve(present, equivalent=present.equivalent | same)
        return found

    async def _equivalent(
        self, located: Located, step: Step, present: str, sides: Sequence[Entry]
    ) -> frozenset[str]:
        """Those of the sides that the file is the same as; `present` is the object id of its bytes."""
        path, same = step.path, set()
        try:
            stored = (await self._program.run("hash-object", "--", path, cwd=located.root)).decode().strip()
            for entry in sides:
                data = await self._program.run("cat-file", "blob", entry.blob, cwd=located.root)
                cleaned = await self._program.output(
                    "hash-object", b"--path=" + path, "--stdin", cwd=located.root, stdin=data
                )
                if cleaned.stdout.decode().strip() != stored:
                    continue
                is_in_git = present == stored and entry == step.before  # of what arrives it may lack lines
                if is_in_git or await self._loses_nothing(located, path, present, entry, data):
                    same.add(entry.blob)
        except GitFailed:
            return frozenset(same)  # a filter that fails proves nothing: then only equal bytes count
        return frozenset(same)

    async def _loses_nothing(
        self, located: Located, path: bytes, present: str, side: Entry, data: bytes
    ) -> bool:
        """Filters that drop lines make files the same that are not: a person's own lines must not go with them."""
        today = await self._threads.run(read_file, located.root, path)
        if today is not None and blob_id(today) == present and _unix(today) == _unix(data):
            return True
        checked_out = await self._program.run(
            "cat-file", "--filters", b"--path=" + path, side.blob, cwd=located.root
        )
        return blob_id(checked_out) == present

    async def _write(self, located: Located, writes: Sequence[Step], look: Look) -> None:
        stage = await self._threads.run(make_stage, located.root, located.git_dir)
        keep_stage = False
        try:
            blobs = {step.after.blob for step in writes if step.after is not None}
            contents = await write_out(self._program, self._threads, located.common_dir, sorted(blobs), stage)
            await self._threads.run(swap, located.root, stage, writes, look, contents, self._reached)
        except Stale as stale:
            raise _conflict([(stale.path, "changed")]) from None
        except Unrecovered as error:
            keep_stage = True
            raise WorkspaceError(
                "rollback_failed",
                f"Applying to {located.root} failed, and not everything could be put back: {error}. "
                f"What was there before is in git, and until the next apply in {error.stage}.",
            ) from error
        finally:
            if not keep_stage:
                # What cannot be removed is removed by a later exchange; this one is done all the same.
                await self._threads.run(shutil.rmtree, stage, True)

    @asynccontextmanager
    async def _alone(self, located: Located) -> AsyncIterator[None]:
        async with self._locks[located.root]:
            lock = await self._threads.run(_take_lock, located)
            try:
                await self._threads.run(remove_old_stages, located.git_dir)
                yield
            finally:
                os.close(lock)


@contextmanager
def _failing(located: Located) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise WorkspaceError(
            "apply_failed", f"Applying to {located.root} failed: {error}. Everything is as it was before."
        ) from error


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


def _pairs(shown: ShownDiff, today: ShownDiff) -> bool:
    """Whether each hunk of today's diff is the change's own of the same number: people choose by that number."""
    return len(shown.hunks) == len(today.hunks) and all(
        (one.count("+"), one.count("-")) == (other.count("+"), other.count("-"))
        and _bare(one.lines) == _bare(other.lines)
        for one, other in zip(shown.hunks, today.hunks, strict=True)
    )


def _unix(data: bytes) -> bytes:
    return data.replace(b"\r\n", b"\n")


def _bare(lines: Sequence[str]) -> list[str]:
    return ["".join(line.split()) for line in lines if line[0] in "+-"]


def _conflict(found: Iterable[tuple[bytes, str]]) -> ApplyConflict:
    return ApplyConflict([Conflict(show_path(path), reason) for path, reason in found])
