"""What the routes that delete have in common: the remover does it, and its refusal becomes theirs."""

from boocode.ports.names import REMOVER
from boocode.ports.removal import Removal
from web.deps import EdgeDeps
from web.problems import not_found

DELETE_TIMEOUT_S = 150.0
"""A deaf agent has its time, then the rows."""


async def delete(deps: EdgeDeps, removal: Removal, kind: str, id_: str) -> None:
    """404 for what is not there."""
    if not await deps.system.whereis(REMOVER).call(removal, DELETE_TIMEOUT_S):
        raise not_found(kind, id_)
