"""What an apply or a rewind does to a project's files: decided before anything is touched, done in steps that can be
repeated.

A plan goes into the journal (all of it but `contents`, which git has by then), so that whoever finds it open knows for
each file what was there and what was to be there.
"""

from collections.abc import Mapping, Sequence
from typing import Protocol

from attrs import field, frozen

from boocode.ports.safety_store import Decided
from boocode.ports.store import ChangeRow
from boocode.ports.worktrees import Git


@frozen
class FileState:
    """A file as the project has it: git mode, object id of the raw bytes (of a symlink: of its target)."""

    mode: int
    blob: str


@frozen
class FileMove:
    """One path from a state to another; None = no such file. `path` is for people (see pathnames)."""

    path: str
    before: FileState | None
    after: FileState | None


@frozen
class Plan:
    files: tuple[FileMove, ...]
    """What is to be written; a file that has what it should is not among them."""
    decided: tuple[Decided, ...]
    base: tuple[FileMove, ...]
    """How the base moves: only `after` counts."""
    contents: Mapping[str, bytes] = field(factory=dict, repr=False, eq=False)
    """Object id → bytes that git may not have yet."""


@frozen
class Wanted:
    """A change to be applied, or of its diff only these hunks (numbers from 0, not all of them)."""

    row: ChangeRow
    hunks: tuple[int, ...] | None = None


@frozen
class Unwanted:
    """An applied change, and what it did: to be taken out of the project."""

    row: ChangeRow
    decided: Decided


@frozen
class Parts:
    """A change in two: `lower` leads from the base's file to one between, and keeps the id; `upper` from there to the
    agent's."""

    lower: ChangeRow
    upper: ChangeRow
    contents: Mapping[str, bytes] = field(factory=dict, repr=False, eq=False)
    """The bytes between, by object id."""


@frozen
class Progress:
    """How far an exchange has come, as the files tell. Paths, for people."""

    before: tuple[str, ...]
    after: tuple[str, ...]
    other: tuple[str, ...]
    """Neither of the two: somebody wrote there since."""


@frozen
class Standing:
    """How a pending change stands to the project's file of today."""

    base_changed: bool = False
    diff: str | None = None
    """From today's file to what applying would make of it, hunk by hunk like the change's own; None: show that one."""
    error: str | None = None
    """Why applying would be refused."""


class ProjectGit(Protocol):
    """A project's files, and the bytes that were in them. Errors are WorkspaceError with git's own words."""

    async def plan_apply(self, project_path: str, wanted: Sequence[Wanted]) -> Plan:
        """Reads only. Raises ApplyConflict (naming each file and why), WorkspaceError `no_such_hunk`."""
        ...

    async def plan_rewind(self, project_path: str, unwanted: Sequence[Unwanted], base: str) -> Plan:
        """Reads only; the change that was applied last comes first. Raises ApplyConflict."""
        ...

    async def keep_plan(self, project_path: str, session_id: str, plan: Plan) -> None:
        """Puts what the files hold and what they are to hold into git, kept by a ref of the session for good.
        Raises ApplyConflict for a file that was written since the plan was made."""
        ...

    async def exchange(self, project_path: str, files: Sequence[FileMove]) -> None:
        """All of them or none; those that are as after already are left alone, so that it can be repeated. Raises
        ApplyConflict (a file is neither as before nor as after; nothing touched), WorkspaceError `apply_failed`
        (everything put back), `rollback_failed`, `apply_busy`."""
        ...

    async def progress(self, project_path: str, files: Sequence[FileMove]) -> Progress:
        """Reads only. Raises WorkspaceError where it cannot."""
        ...

    async def put_back(self, project_path: str, files: Sequence[FileMove]) -> tuple[str, ...]:
        """Those that are as after go back to before. Paths that are neither stay as they are, and are returned."""
        ...

    async def advance_base(
        self, project_path: str, session_id: str, base: str, moves: Sequence[FileMove]
    ) -> str:
        """A new base commit with these files in it, kept by a ref of the session; returns it."""
        ...

    async def part(
        self, project_path: str, row: ChangeRow, hunks: Sequence[int], *, chosen_first: bool
    ) -> Parts | None:
        """The change in two: its lower part has these hunks, or (`chosen_first` false) all others. None: these are
        all of its hunks. Reads only. Raises WorkspaceError `no_such_hunk`."""
        ...

    async def keep_parts(self, project_path: str, session_id: str, parts: Parts) -> None:
        """Puts the bytes between into git, kept by a ref of the session for good."""
        ...

    async def standing(self, project_path: str, rows: Sequence[ChangeRow]) -> Mapping[str, Standing]:
        """Of pending changes, by id, each for itself. Reads only."""
        ...


class WorkspaceGit(Git, ProjectGit, Protocol):
    """What the owner of a worktree needs of git."""
