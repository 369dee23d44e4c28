"""What the reaper needs beside the worktrees' owners: what lies in our folder, and how it is asked to look."""

from collections.abc import Collection, Sequence
from typing import Protocol

from attrs import frozen

from boocode.kernel import Request


@frozen
class Lost:
    """A worktree of ours that no row tells of."""

    path: str
    project_path: str
    made_for: str | None
    """The session, as far as refs tell it."""
    branch: str | None
    base_commit: str


@frozen
class Findings:
    lost: tuple[Lost, ...]
    strange: tuple[str, ...]
    """Directories in our folder that are no worktrees of ours: left alone."""
    is_there: bool = True
    """False: the folder itself is away, perhaps with its disk; nothing can be said of what is in it."""


class OrphanFinder(Protocol):
    async def find(self, folder: str, projects: Sequence[str], known: Collection[str]) -> Findings:
        """Compares the folder and the repositories at `projects` with the paths of which there are rows.

        Raises WorkspaceError where the folder cannot be read."""
        ...


@frozen
class Looked:
    """What came of a look. Ids of worktrees, but for `adopted` (paths) and `dropped` (refs)."""

    adopted: tuple[str, ...] = ()
    condemned: tuple[str, ...] = ()
    reaped: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()


@frozen
class LookNow:
    """Cast to the reaper: look through the orphans."""


@frozen
class LookThrough(Request[Looked]):
    """Call: the same, from its beginning to its end. Raises StoreUnavailable."""
