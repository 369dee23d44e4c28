"""What would be lost with a worktree, told by git and by our own eye together; where they differ, the worse counts.

    git status         what differs from HEAD or is untracked; takes no lock
    the shadow         bytes that differ from the base, whatever an agent told git's index to overlook
    rev-list           commits that nothing else names

A file is safe when its bytes are those of HEAD, whose commits are counted by themselves, or those of the base,
which are what was applied to the project. Reads only, but for the session's pending ref.
"""

import os
from collections.abc import Sequence

from attrs import frozen

from boocode.adapters.git import repository
from boocode.adapters.git.capture import Captures
from boocode.adapters.git.occupants import programs_in
from boocode.adapters.git.program import GitProgram
from boocode.adapters.git.repository import PENDING_REFS, Located
from boocode.adapters.git.shadow import Shadow
from boocode.adapters.git.survey import Condition, survey
from boocode.adapters.git.threads import Threads
from boocode.domain.reaping import Risks
from boocode.ports.worktrees import WorkspaceError, WorktreePlace

_MIDDLES = {
    "rebase-merge": "a rebase",
    "rebase-apply": "a rebase",
    "MERGE_HEAD": "a merge",
    "CHERRY_PICK_HEAD": "a cherry-pick",
    "REVERT_HEAD": "a revert",
    "sequencer": "a sequence of picks",
    "BISECT_LOG": "a bisection",
    "index.lock": "a git command",
}


class RiskReports:
    """Calls for one place must not overlap."""

    def __init__(self, program: GitProgram, threads: Threads, captures: Captures) -> None:
        self._program = program
        self._threads = threads
        self._captures = captures

    async def report(self, place: WorktreePlace, base: str) -> Risks:
        """Never raises WorkspaceError: what cannot be looked at is told as trouble."""
        try:
            return await self._report(place, base)
        except (WorkspaceError, OSError) as error:
            return Risks(trouble=str(error))

    async def _report(self, place: WorktreePlace, base: str) -> Risks:
        found = await self._threads.run(_look, place)
        if isinstance(found, Risks):
            return found
        unpushed = await self._unpushed(found, base)
        status = parse_short(await self._git(found, *_STATUS))
        changed, untracked = await self._unsaved(found, base, status)
        return Risks(
            changed=changed,
            untracked=untracked,
            unpushed=unpushed,
            busy=found.busy,
            locked=found.locked,
            submodules=found.submodules or await self._has_inner_repositories(found),
            at_work=await self._threads.run(programs_in, place.path),
        )

    async def _unpushed(self, found: "_Found", base: str) -> int:
        branch = found.place.branch
        own = (f"refs/heads/{branch}",) if found.has_branch else ()
        output = await self._git(
            found,
            *("rev-list", "--count", "HEAD", *own, "--not", base, "--remotes", "--tags"),
            *(f"--exclude={branch}", "--branches"),
        )
        return int(output)

    async def _unsaved(self, found: "_Found", base: str, status: "tuple[Differing, ...]") -> tuple[int, int]:
        """(changed, untracked): files whose bytes are neither HEAD's nor the base's."""
        changes = await self._captures.changes(found.place, base)
        changed = {path for c in changes for path in (c.path, c.old_path) if path is not None}
        unsaved = changed & await self._differ_from_head(found) if changed else set()
        doubtful = [each for each in status if each.path not in unsaved]
        if doubtful:
            listed = await self._git(found, "ls-tree", "-r", "-z", "--name-only", base)
            held = frozenset(listed.split(b"\0"))
            unsaved |= {each.path for each in doubtful if not each.is_in_base(changed, held)}
        untracked = {each.path for each in status if each.is_untracked} & unsaved
        return len(unsaved) - len(untracked), len(untracked)

    async def _has_inner_repositories(self, found: "_Found") -> bool:
        """Whether a repository that git tracks by its commit alone has its objects in the worktree itself: git's
        status finds nothing to say of it while it stands at that commit, and it would go with its whole history."""
        listed = await self._git(found, "ls-files", "-z", "--stage")
        inner = [line.split(b"\t", 1)[1] for line in listed.split(b"\0") if line.startswith(b"160000 ")]
        return await self._threads.run(_any_repository, os.fsencode(found.place.path), inner)

    async def _differ_from_head(self, found: "_Found") -> set[bytes]:
        pending = PENDING_REFS + found.place.session_id
        output = await self._git(
            found, "diff-tree", "-r", "-z", "--name-only", "--no-renames", "HEAD", pending
        )
        return set(output.split(b"\0")[:-1])

    async def _git(self, found: "_Found", *arguments: str) -> bytes:
        environment = {"GIT_DIR": found.registration, "GIT_WORK_TREE": found.place.path}
        return await self._program.run(*arguments, cwd=found.place.path, env=environment)


_STATUS = (
    *("status", "--porcelain=v2", "-z", "--untracked-files=all", "--no-renames"),
    # Unlike elsewhere: what is in a submodule would go as well.
    "--ignore-submodules=none",
)


@frozen
class Differing:
    """A path that git's status names. `xy`: how index and file stand, `??` for what it does not track."""

    path: bytes
    xy: bytes

    @property
    def is_untracked(self) -> bool:
        return self.xy == b"??"

    def is_in_base(self, changed: set[bytes], held: frozenset[bytes]) -> bool:
        """Its bytes are the base's: the shadow sees no difference, and it does see the path."""
        staged_otherwise = b"." not in self.xy and not self.is_untracked
        seen = self.path in held or b"D" in self.xy
        return self.path not in changed and seen and not staged_otherwise


def parse_short(output: bytes) -> tuple[Differing, ...]:
    """From `git status --porcelain=v2 -z --no-renames`. Raises WorkspaceError for what it does not know."""
    found = []
    for record in output.split(b"\0"):
        match record[:2]:
            case b"":
                continue
            case b"1 ":
                found.append(Differing(record.split(b" ", 8)[8], record[2:4]))
            case b"u ":
                found.append(Differing(record.split(b" ", 10)[10], b"UU"))
            case b"? ":
                found.append(Differing(record[2:], b"??"))
            case _:
                raise WorkspaceError("git_failed", f"Git's status has the unknown record {record[:80]!r}.")
    return tuple(found)


@frozen
class _Found:
    place: WorktreePlace
    registration: str
    has_branch: bool
    busy: str | None
    locked: str | None
    submodules: bool


def _look(place: WorktreePlace) -> "_Found | Risks":
    if not os.path.lexists(place.path) and not os.path.isdir(place.project_path):
        return Risks(directory="gone", has_repository=False)
    if os.path.islink(place.path):
        return Risks(trouble=f"{place.path} is a symbolic link now")
    located = repository.locate(place.project_path)
    found = survey(located, Shadow.of(place, located))
    match found.condition:
        case Condition.HALF_MADE:
            return Risks(directory="half made")
        case Condition.ABSENT:
            return Risks(directory="gone")
        case Condition.UNREGISTERED:
            return Risks(trouble="git has forgotten it, and with it its HEAD and its index")
        case Condition.STRANGE:
            return Risks(trouble="it has files that BooCode did not make")
        case Condition.READY:
            assert found.registration is not None
            return _ready(place, located, found.registration)


def _ready(place: WorktreePlace, located: Located, registration: str) -> _Found:
    modules = os.path.join(registration, "modules")
    return _Found(
        place,
        registration,
        has_branch=place.branch in repository.local_branches(located.common_dir),
        busy=_middle(registration),
        locked=_reason(os.path.join(registration, "locked")),
        submodules=os.path.isdir(modules) and bool(os.listdir(modules)),
    )


def _any_repository(root: bytes, paths: Sequence[bytes]) -> bool:
    return any(os.path.isdir(os.path.join(root, path, b".git")) for path in paths)


def is_in_the_middle(registration: str) -> bool:
    """Whether git has something open in that worktree: then its index is not ours to touch."""
    return _middle(registration) is not None


def _middle(registration: str) -> str | None:
    there = (words for name, words in _MIDDLES.items() if os.path.lexists(os.path.join(registration, name)))
    return next(there, None)


def _reason(path: str) -> str | None:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read().strip()
    except FileNotFoundError:
        return None
