"""A worktree's files taken to a checkpoint: looked at, judged, and then all of them or none.

The exchange itself is swap.py's, with its undoing; the new files are written beside the worktree first, in its
shadow. HEAD, the index and all that is ignored stay. Nothing is removed by anything but its own name.
"""

import shutil
from collections.abc import Iterable, Sequence
from functools import partial

from attrs import frozen

from boocode.adapters.git.blobs import write_out
from boocode.adapters.git.checkpoint_commits import trusts_modes
from boocode.adapters.git.directories import remove_emptied
from boocode.adapters.git.program import GitFailed, GitProgram
from boocode.adapters.git.project_files import Look, look_at
from boocode.adapters.git.shadow import Shadow
from boocode.adapters.git.swap import Stale, Unrecovered, swap
from boocode.adapters.git.threads import Threads
from boocode.domain.applying import Reason, Step, deleted_by, refused_before_looking
from boocode.domain.pathnames import show_path
from boocode.domain.restoring import judge_restore
from boocode.ports.checkpoints import RestoreConflict
from boocode.ports.crash_points import Reached
from boocode.ports.worktrees import Conflict, WorkspaceError


@frozen
class Restoring:
    program: GitProgram
    threads: Threads
    shadow: Shadow
    reached: Reached

    async def perform(self, steps: Sequence[Step]) -> None:
        """Raises RestoreConflict (nothing touched), WorkspaceError `restore_failed` (everything put back),
        `rollback_failed`."""
        if refused := refused_before_looking(steps):
            raise _conflict(refused.items())
        try:
            await self._judge_and_exchange(steps)
        except Stale as stale:
            raise _conflict([(stale.path, "changed")]) from None
        except Unrecovered as error:
            raise WorkspaceError(
                "rollback_failed",
                f"Restoring {self.shadow.worktree} failed, and so did putting everything back: {error}. "
                "The files as they were are in the checkpoint that was made before.",
            ) from error
        except (OSError, GitFailed) as error:
            raise WorkspaceError(
                "restore_failed",
                f"Restoring {self.shadow.worktree} failed: {error}. Everything is as it was before.",
            ) from error

    async def _judge_and_exchange(self, steps: Sequence[Step]) -> None:
        await self.threads.run(self.shadow.prepare)
        look = await self.threads.run(look_at, self.shadow.worktree, steps)
        trust = await self.threads.run(trusts_modes, self.shadow.common_dir)
        verdict = await self.threads.run(partial(judge_restore, steps, look.found, trust_modes=trust))
        if verdict.conflicts:
            raise _conflict(verdict.conflicts)
        if verdict.writes:
            await self._exchange(verdict.writes, look)
        # For all: a restore that was cut off may have deleted files and not yet their directories.
        await self.threads.run(remove_emptied, self.shadow.worktree, deleted_by(steps))

    async def _exchange(self, writes: Sequence[Step], look: Look) -> None:
        stage = await self.threads.run(self.shadow.make_scratch)
        try:
            blobs = sorted({step.after.blob for step in writes if step.after is not None})
            contents = await write_out(self.program, self.threads, self.shadow.common_dir, blobs, stage)
            await self.threads.run(swap, self.shadow.worktree, stage, writes, look, contents, self.reached)
            self.reached("restore.swapped")
        finally:
            await self.threads.run(shutil.rmtree, stage, True)


def _conflict(found: Iterable[tuple[bytes, Reason]]) -> RestoreConflict:
    return RestoreConflict([Conflict(show_path(path), reason) for path, reason in found])
