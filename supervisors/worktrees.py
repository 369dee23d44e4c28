"""worktrees: one owner for each session that needs one, the address of them all, and who looks after cut-off work.

one_for_all: the router knows by heart whom it gave what. Should it fail, the owners finish what they have in hand
and end before a new one gives anything out, so that no worktree ever has two of them.
"""

from functools import partial

from actors.owner_ground import Ground
from actors.recoverer import Recoverer
from actors.worktree_owner import WorktreeOwner
from actors.worktrees import IDLE_TTL_S, Worktrees
from boocode.kernel import ChildSpec, DynamicSpec, Restart, Strategy, SupervisorSpec
from boocode.ports.changes import WorkspaceGit
from boocode.ports.checkpoints import CheckpointGit
from boocode.ports.crash_points import Reached, pass_by
from boocode.ports.names import WORKTREE_OWNERS, WORKTREES
from boocode.ports.safety_store import WorktreeStore

OWNER_STOP_S = 5.0
"""For what it has in hand. An apply takes much less; a checkout that is cut off is made anew the next time."""


def worktree_children(
    git: WorkspaceGit,
    checkpoints: CheckpointGit,
    store: WorktreeStore,
    folder: str,
    *,
    idle_ttl_s: float = IDLE_TTL_S,
    reached: Reached = pass_by,
) -> tuple[ChildSpec, ...]:
    """`folder`: the absolute, resolved directory in which the worktrees are."""

    def make_owner(session_id: str, child_id: str) -> ChildSpec:
        return ChildSpec(
            id=child_id,
            start=lambda: WorktreeOwner(Ground(session_id, git, checkpoints, store, folder, reached)),
            restart=Restart.TEMPORARY,
            shutdown=OWNER_STOP_S,
        )

    return (
        ChildSpec(
            id="worktrees",
            start=SupervisorSpec(
                strategy=Strategy.ONE_FOR_ALL,
                children=(
                    ChildSpec(id="owners", start=DynamicSpec(), name=WORKTREE_OWNERS),
                    ChildSpec(id="router", start=partial(Worktrees, make_owner, idle_ttl_s), name=WORKTREES),
                    ChildSpec(id="recoverer", start=partial(Recoverer, store)),
                ),
            ),
        ),
    )
