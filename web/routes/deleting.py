"""What the routes that delete have in common: the remover does it, and its answer becomes theirs."""

from boocode.contracts.answers import Deleted
from boocode.ports.names import REMOVER
from boocode.ports.removal import Removal
from web.deps import EdgeDeps
from web.problems import found
from web.routing import Answer

DELETE_TIMEOUT_S = 150.0
"""A deaf agent has its time, then git."""


async def delete(deps: EdgeDeps, removal: Removal, kind: str, id_: str) -> Answer:
    """204 without a body; 200 with the worktrees that were kept. 404 for what is not there."""
    answer = await deps.system.whereis(REMOVER).call(removal, DELETE_TIMEOUT_S)
    deleted: Deleted = found(answer, kind, id_)
    return Answer(deleted, 200) if deleted.kept_worktrees else Answer(None, 204)
