"""The recoverer: asks for what was cut off in the middle to be finished, though nobody opens that session.

At the start, when BooCode died; and every LOOK_S, when only an owner did, or the database went away under it. The
journal's open entries say which sessions; their owners do the work, each in its turn.
"""

import logging
from typing import Any

from attrs import frozen

from boocode.kernel import Actor, KernelError
from boocode.ports.names import WORKTREES
from boocode.ports.safety_store import SafetyStore
from boocode.ports.store import StoreUnavailable
from boocode.ports.worktrees import RecoverOperations, WorkspaceError

LOOK_S = 60.0
RETRY_S = 1.0
"""While the database is away."""
RECOVER_S = 300.0
"""For all of one session, what its owner has in hand included."""

_log = logging.getLogger(__name__)


@frozen
class _Look:
    """Time to read the journal."""


class Recoverer(Actor):
    def __init__(self, store: SafetyStore, look_s: float = LOOK_S) -> None:
        self._store = store
        self._look_s = look_s
        self._ended = 0

    async def init(self) -> None:
        self.ctx.ref.cast(_Look())

    async def handle(self, message: Any) -> None:
        if isinstance(message, _Look):
            # Beside the actor, so that a stop need not wait for git.
            self.ctx.start_task(self._look, name="read the journal")

    def inspect(self) -> dict[str, object]:
        return {"operations_ended": self._ended}

    async def _look(self) -> None:
        try:
            operations = await self._store.open_operations()
        except StoreUnavailable:
            self.ctx.send_after(RETRY_S, _Look())
            return
        for session_id in dict.fromkeys(operation.session_id for operation in operations):
            await self._recover(session_id)
        self.ctx.send_after(self._look_s, _Look())

    async def _recover(self, session_id: str) -> None:
        try:
            ended = await self.ctx.whereis(WORKTREES).call(RecoverOperations(session_id), timeout=RECOVER_S)
        except (KernelError, StoreUnavailable, WorkspaceError) as error:
            _log.warning("what was cut off in session %s is not finished yet: %s", session_id, error)
        else:
            self._ended += ended
            if ended:
                _log.info("%d operations that were cut off in session %s are over", ended, session_id)
