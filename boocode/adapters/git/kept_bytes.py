"""Nothing that an apply or a rewind writes over can get lost: both states are in git before a file is exchanged.

The session's ref names a chain of commits that only grows: of each exchange one with the files as the project had them,
and one with what they became. `git log -p refs/boocode/applied/SESSION` reads as what was done to the project.
"""

import os
from collections.abc import Mapping, Sequence

from attrs import frozen

from boocode.adapters.git import repository
from boocode.adapters.git.blobs import write_bytes
from boocode.adapters.git.hashing import hash_files
from boocode.adapters.git.history import Snapshot, append_snapshots
from boocode.adapters.git.program import GitFailed, GitProgram
from boocode.adapters.git.repository import APPLIED_REFS, PARTS_REFS, Located
from boocode.adapters.git.threads import Threads
from boocode.domain.applying import Step
from boocode.domain.changes import SYMLINK, Entry
from boocode.domain.pathnames import show_path
from boocode.ports.worktrees import ApplyConflict, Conflict


@frozen
class KeptBytes:
    program: GitProgram
    threads: Threads

    async def keep_states(
        self, located: Located, session_id: str, steps: Sequence[Step], contents: Mapping[str, bytes]
    ) -> None:
        """Before and after of each path. Raises ApplyConflict for a file that is not as before any more."""
        if not steps:
            return
        await self._take_files(located, [step for step in steps if step.before is not None])
        before = {step.path: step.before for step in steps if step.before is not None}
        after = {step.path: step.after for step in steps if step.after is not None}
        pair = [Snapshot(before, f"Before: {session_id}"), Snapshot(after, f"After: {session_id}")]
        await self._write(located, APPLIED_REFS + session_id, pair, contents)

    async def keep_part(
        self, located: Located, session_id: str, entries: Mapping[bytes, Entry], contents: Mapping[str, bytes]
    ) -> None:
        """Files between two parts of a change."""
        part = Snapshot(entries, f"Between two parts: {session_id}")
        await self._write(located, PARTS_REFS + session_id, [part], contents)

    async def _write(
        self, located: Located, ref: str, snapshots: Sequence[Snapshot], contents: Mapping[str, bytes]
    ) -> None:
        """These commits, and of `contents` what they name."""
        named = {entry.blob for snapshot in snapshots for entry in snapshot.entries.values()}
        new = {blob: data for blob, data in contents.items() if blob in named}
        await write_bytes(self.program, located.common_dir, new)
        tip = await self.threads.run(repository.read_ref, located.common_dir, ref)
        await append_snapshots(self.program, located.common_dir, ref, tip, snapshots)

    async def _take_files(self, located: Located, steps: Sequence[Step]) -> None:
        """The project's files and symlinks as they are, into the object store."""
        files = [step for step in steps if step.before is not None and step.before.mode != SYMLINK]
        links = [step for step in steps if step.before is not None and step.before.mode == SYMLINK]
        try:
            taken = await hash_files(
                self.program, [step.path for step in files], cwd=located.root, env={}, durable=True
            )
            targets = await self.threads.run(_link_targets, located.root, [step.path for step in links])
        except (GitFailed, OSError):
            raise _stale(steps) from None
        taken |= await self.threads.run(repository.write_blobs, located.common_dir, targets)
        changed = [s for s in steps if s.before is not None and taken[s.path] != s.before.blob]
        if changed:
            raise _stale(changed)


def _link_targets(root: str, paths: Sequence[bytes]) -> dict[bytes, bytes]:
    return {path: os.readlink(os.path.join(os.fsencode(root), path)) for path in paths}


def _stale(steps: Sequence[Step]) -> ApplyConflict:
    return ApplyConflict([Conflict(show_path(step.path), "changed") for step in steps])
