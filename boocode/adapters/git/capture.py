"""Everything that differs between a base commit and a worktree, as changes, with their bytes kept.

    status            which files may differ, by their times, ignored ones left out       (the shadow's index)
    hash-object       the bytes of those, as they are, into the project's objects
    conversions       the same files of the base, as they were checked out
    fast-import       a commit of the new state, kept by the session's pending ref
    diff-tree         what differs, with renames and text for people

Everything is read through the shadow (see shadow.py). What an agent has committed in its worktree counts
like what it has not: only the base and the files matter.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping, Sequence
from functools import partial

from attrs import frozen

from boocode.adapters.git import repository
from boocode.adapters.git.conversions import Checkout
from boocode.adapters.git.hashing import hash_files
from boocode.adapters.git.history import NewCommit, write_commit
from boocode.adapters.git.libgit2 import pygit2
from boocode.adapters.git.program import GitFailed, GitProgram
from boocode.adapters.git.registration import require_registration
from boocode.adapters.git.repository import PENDING_REFS, SEEN_REFS, Located
from boocode.adapters.git.shadow import Shadow
from boocode.adapters.git.threads import Threads
from boocode.adapters.git.together import both
from boocode.domain.changes import (
    EXECUTABLE,
    FILE,
    GITLINK,
    SYMLINK,
    Candidate,
    Entry,
    FileChange,
    parse_diff,
    parse_status,
)
from boocode.ports.worktrees import WorktreePlace

MAX_PATCH_BYTES = 64 * 1024 * 1024
"""Of diff text for people, for all files of one capture together; past it files are listed without."""

_DIFF = (
    *("-c", "core.quotePath=false", "-c", "core.bigFileThreshold=8m"),
    *("diff-tree", "-r", "-z", "--raw", "--numstat", "--patch", "--find-renames", "-l1000"),
    *("--no-ext-diff", "--no-textconv", "--no-color"),
)


class Captures:
    """Reads worktrees. Calls for one place must not overlap."""

    def __init__(self, program: GitProgram, threads: Threads) -> None:
        self._program = program
        self._threads = threads

    async def changes(self, place: WorktreePlace, base: str) -> tuple[FileChange, ...]:
        """Raises WorkspaceError `no_worktree`, `git_failed` (a file that cannot be read, for example)."""
        located = await self._threads.run(repository.locate, place.project_path)
        registration = await self._threads.run(require_registration, located, place.path)
        capture = _Capture(
            self._program, self._threads, place, located, registration, Shadow.of(place, located), base
        )
        try:
            return await capture.changes()
        except GitFailed:
            # A file that goes between two looks at it (an agent's process that still runs) is worth one more.
            return await capture.changes()

    async def touched(self, place: WorktreePlace, found: Sequence[FileChange]) -> frozenset[bytes]:
        """The paths of those changes whose file is not as the last settled capture saw it."""
        located = await self._threads.run(repository.locate, place.project_path)
        now = {change.path: change.new for change in found}
        return await self._threads.run(
            repository.differing, located.common_dir, SEEN_REFS + place.session_id, now
        )

    async def settle(self, place: WorktreePlace, base: str, *, waits: bool) -> None:
        """The rows are those of the last capture: what earlier ones found may go. `waits`: it found anything."""
        located = await self._threads.run(repository.locate, place.project_path)
        await self._threads.run(_settle, located.common_dir, place.session_id, base, waits)


def _settle(common_dir: str, session_id: str, base: str, waits: bool) -> None:
    ref, seen = PENDING_REFS + session_id, base
    if waits:
        seen = repository.keep_alone(common_dir, ref, base)
    else:
        repository.delete_ref(common_dir, ref)
    repository.set_ref(common_dir, SEEN_REFS + session_id, seen)


@frozen
class _Seen:
    """What the disk has at the candidates: plain files by mode, the rest as entries already; None = gone."""

    files: Mapping[bytes, int]
    entries: Mapping[bytes, Entry | None]


@frozen
class _Capture:
    program: GitProgram
    threads: Threads
    place: WorktreePlace
    located: Located
    registration: str
    shadow: Shadow
    base: str

    async def changes(self) -> tuple[FileChange, ...]:
        await self._ready_index()
        candidates = await self._candidates()
        if not candidates:
            return ()
        now, before = await both(
            partial(self._entries_now, candidates), partial(self._entries_checked_out, candidates)
        )
        stored = {c.path: c.base for c in candidates}
        changed = {path: entry for path, entry in now.items() if entry != before.get(path)}
        if not changed:
            return ()
        converted = {
            path: before[path] for path in changed if path in before and before[path] != stored[path]
        }
        return await self._compared(changed, converted)

    async def _ready_index(self) -> None:
        """The shadow's index holds the base's entries, with what is known of the files' times."""
        await self.threads.run(self.shadow.prepare)
        if await self.threads.run(self.shadow.base) == self.base:
            return
        if await self.threads.run(self.shadow.base) is None:
            await self.threads.run(self.shadow.take_index, os.path.join(self.registration, "index"))
        await self.threads.run(self.shadow.forget_base)
        await self._git("read-tree", "-i", "-m", self.base)
        await self.threads.run(self.shadow.set_base, self.base)

    async def _candidates(self) -> tuple[Candidate, ...]:
        output = await self._git(
            *("status", "--porcelain=v2", "-z", "--untracked-files=all", "--no-renames"),
            "--ignore-submodules=dirty",
            # The index is ours: git may write back what it learned about files that only look changed.
            GIT_OPTIONAL_LOCKS="1",
        )
        return parse_status(output)

    async def _entries_now(self, candidates: tuple[Candidate, ...]) -> dict[bytes, Entry | None]:
        seen = await self.threads.run(_look, self.place.path, self.located.common_dir, candidates)
        blobs = await hash_files(
            self.program, tuple(seen.files), cwd=self.place.path, env=self.shadow.environment()
        )
        return {**seen.entries, **{path: Entry(mode, blobs[path]) for path, mode in seen.files.items()}}

    async def _entries_checked_out(self, candidates: tuple[Candidate, ...]) -> dict[bytes, Entry]:
        known = {c.path: c.base for c in candidates if c.base is not None}
        checkout = Checkout(self.program, self.threads, self.shadow, self.registration, self.located)
        return await checkout.as_checked_out(known)

    async def _compared(
        self, changed: Mapping[bytes, Entry | None], converted: Mapping[bytes, Entry]
    ) -> tuple[FileChange, ...]:
        """The changes as git compares them; `converted`: files that the base's checkout had in other bytes."""
        ref = PENDING_REFS + self.place.session_id
        before = await self.threads.run(repository.read_ref, self.located.common_dir, ref)
        parent = self.base
        if converted:
            message = f"The base of {self.place.session_id} as checked out"
            checked_out = NewCommit(self.base, converted, message, also_keeps=before)
            parent = await write_commit(self.program, self.located.common_dir, ref, checked_out)
        # The rows still speak of the capture before this one: its bytes stay until `settle`.
        message = f"Pending changes of {self.place.session_id}"
        pending = NewCommit(parent, changed, message, also_keeps=before)
        commit = await write_commit(self.program, self.located.common_dir, ref, pending)
        output = await self.program.output(
            *_DIFF,
            parent,
            commit,
            cwd=self.place.path,
            env=self.shadow.environment(),
            max_output=MAX_PATCH_BYTES,
        )
        return parse_diff(output.stdout, truncated=output.truncated)

    async def _git(self, *arguments: str, **environment: str) -> bytes:
        return await self.program.run(
            *arguments, cwd=self.place.path, env={**self.shadow.environment(), **environment}
        )


def _look(worktree: str, common_dir: str, candidates: tuple[Candidate, ...]) -> _Seen:
    """Looks at each candidate on the disk. What git does not track (sockets, pipes) is not there for us."""
    root = os.fsencode(worktree)
    files: dict[bytes, int] = {}
    links: dict[bytes, bytes] = {}
    entries: dict[bytes, Entry | None] = {}
    for candidate in candidates:
        full = os.path.join(root, candidate.path)
        path = candidate.path.rstrip(b"/")
        try:
            found = os.lstat(full)
        except (FileNotFoundError, NotADirectoryError):
            entries[path] = None
            continue
        if stat.S_ISREG(found.st_mode):
            files[path] = _file_mode(candidate, found)
        elif stat.S_ISLNK(found.st_mode):
            links[path] = os.readlink(full)
        elif stat.S_ISDIR(found.st_mode) and (commit := _nested_head(full)) is not None:
            entries[path] = Entry(GITLINK, commit)
        elif candidate.base is not None:
            entries[path] = None
    targets = repository.write_blobs(common_dir, links)
    return _Seen(files, {**entries, **{path: Entry(SYMLINK, blob) for path, blob in targets.items()}})


def _file_mode(candidate: Candidate, found: os.stat_result) -> int:
    """Git's own word on the mode where it has one: it knows file systems without executable bits."""
    if candidate.mode in (FILE, EXECUTABLE):
        return candidate.mode
    return EXECUTABLE if found.st_mode & stat.S_IXUSR else FILE


def _nested_head(path: bytes) -> str | None:
    """The commit that a repository inside the worktree stands at; None without one: there is nothing to name."""
    try:
        nested = pygit2.Repository(os.fsdecode(path))
    except pygit2.GitError:
        return None
    try:
        return None if nested.head_is_unborn else str(nested.head.peel(pygit2.Commit).id)
    except pygit2.GitError:
        return None
    finally:
        nested.free()
