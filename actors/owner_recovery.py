"""What an earlier life of a worktree's owner left half done, finished or undone before anything else is done there.

The journal's open entries are walked oldest first. An entry names the BooCode that made it: another one on the same
database may be in the middle of it, and is left alone.
"""

from actors.owner_changes import OwnerChanges
from actors.owner_ground import Ground
from actors.owner_restoring import OwnerRestoring


class OwnerRecovery:
    def __init__(self, ground: Ground, changes: OwnerChanges, restoring: OwnerRestoring) -> None:
        self._ground = ground
        self._changes = changes
        self._restoring = restoring
        self._is_due = True

    def expect(self) -> None:
        """Something went wrong in the middle: look at the journal again before the next request."""
        self._is_due = True

    async def run_if_due(self) -> int:
        return await self.run() if self._is_due else 0

    async def run(self) -> int:
        """How many entries came to their end. Raises StoreUnavailable; then they wait for the next request."""
        ground = self._ground
        ended = 0
        for operation in await ground.store.open_operations(ground.session_id):
            if operation.plan.get("by", ground.folder) != ground.folder:
                continue
            if operation.kind == "restore":
                await self._restoring.resume(operation)
            else:
                await self._changes.recover(operation)
            ended += 1
        self._is_due = False
        return ended
