"""Worktrees in our folder that nobody keeps a row of: found by what git and the shadows know of them.

    in the folder, or registered there         known by                         is
    -----------------------------------------  -------------------------------  --------------------------
    a directory or a registration              its row                          left out
    the same, no row                           a shadow, or a ref of a session  ours: Lost
    the same, no row                           nothing                          somebody else's: told, left alone
    a shadow without directory, row or         –                                of a making that died: removed
    registration, of some age

Only registrations that point into the folder are looked at; a person's own worktrees are elsewhere. Plain calls, for
a thread. Nothing but such shadows is changed.
"""

from __future__ import annotations

import math
import os
import time
from collections.abc import Collection, Sequence

from attrs import field, frozen

from boocode.adapters.git import repository
from boocode.adapters.git.libgit2 import pygit2
from boocode.adapters.git.registration import remove_tree
from boocode.adapters.git.repository import BASE_REFS, Located
from boocode.adapters.git.threads import Threads
from boocode.domain.worktree_names import branch_for, is_folder_of
from boocode.ports.reaping import Findings, Lost
from boocode.ports.worktrees import WorkspaceError

STATE = ".state"
STALE_S = 600.0
"""A making takes no longer: a shadow that is older and stands alone is nobody's."""


class GitOrphans:
    """Implements `boocode.ports.reaping.OrphanFinder`."""

    def __init__(self, threads: Threads | None = None, *, stale_s: float = STALE_S) -> None:
        self._threads = Threads() if threads is None else threads
        self._stale_s = stale_s

    async def find(self, folder: str, projects: Sequence[str], known: Collection[str]) -> Findings:
        try:
            return await self._threads.run(self._find, folder, tuple(projects), frozenset(known))
        except OSError as error:
            raise WorkspaceError("git_failed", f"{folder} cannot be looked through: {error}.") from error

    def _find(self, folder: str, projects: Sequence[str], known: frozenset[str]) -> Findings:
        if not os.path.isdir(folder):
            return Findings((), (), is_there=False)
        look = _Look(folder, known, _repositories(projects))
        lost = {each.path: each for each in look.registered()}
        strange = []
        for name in sorted(os.listdir(folder)):
            path = os.path.join(folder, name)
            if name == STATE or path in lost or look.is_known(path) or self._is_being_made(folder, name):
                continue
            found = look.unregistered(name)
            if found is not None:
                lost[path] = found
            else:
                strange.append(path)
        ours = tuple(each for each in lost.values() if each.made_for or look.has_shadow(each.path))
        strange += [each.path for each in lost.values() if each not in ours]
        self._clear_stale(folder, known | {each.path for each in ours})
        return Findings(ours, tuple(sorted(strange)))

    def _is_being_made(self, folder: str, name: str) -> bool:
        return _age(os.path.join(folder, STATE, name, "making")) < self._stale_s

    def _clear_stale(self, folder: str, kept: frozenset[str]) -> None:
        states = os.path.join(folder, STATE)
        for name in os.listdir(states) if os.path.isdir(states) else ():
            path = os.path.join(states, name)
            worktree = os.path.join(folder, name.removesuffix(".removed").removesuffix(".adopting"))
            if os.path.lexists(worktree) or worktree in kept or _age(path) < self._stale_s:
                continue
            remove_tree(path)


@frozen
class _Look:
    folder: str
    known: frozenset[str]
    repositories: tuple[Located, ...]
    _resolved: frozenset[str] = field(init=False)

    @_resolved.default
    def _resolve(self) -> frozenset[str]:
        return frozenset(os.path.realpath(path) for path in self.known)

    def is_known(self, path: str) -> bool:
        return path in self.known or os.path.realpath(path) in self._resolved

    def has_shadow(self, path: str) -> bool:
        return os.path.isdir(os.path.join(self.folder, STATE, os.path.basename(path)))

    def registered(self) -> list[Lost]:
        """What git knows in our folder, and no row does."""
        found = []
        folder = os.path.realpath(self.folder)
        for located in self.repositories:
            for target in _registered(located):
                parent, name = os.path.split(target)
                path = os.path.join(self.folder, name)
                if os.path.realpath(parent) == folder and not self.is_known(path):
                    found.append(_lost(path, located))
        return [each for each in found if each is not None]

    def unregistered(self, name: str) -> Lost | None:
        """A directory that no repository names, if its shadow tells which one it was made from."""
        exclude = os.path.join(self.folder, STATE, name, "info", "exclude")
        try:
            common_dir = os.path.dirname(os.path.dirname(os.readlink(exclude)))
        except OSError:
            return None
        located = next((each for each in self.repositories if each.common_dir == common_dir), None)
        return None if located is None else _lost(os.path.join(self.folder, name), located)


def _lost(path: str, located: Located) -> Lost | None:
    """None: the repository does not tell, because it is damaged."""
    try:
        return _told_by(path, located)
    except (WorkspaceError, KeyError):
        return None


def _told_by(path: str, located: Located) -> Lost:
    name = os.path.basename(path)
    sessions = _bases(located.common_dir)
    session = next((each for each in sorted(sessions) if is_folder_of(name, each)), None)
    branches = repository.local_branches(located.common_dir)
    wanted = None if session is None else branch_for(session)
    return Lost(
        path=path,
        project_path=located.root,
        made_for=session,
        branch=next((b for b in (wanted, wanted and wanted.replace("/", "-")) if b in branches), None),
        # Without a base of its own everything counts that the project's HEAD has not.
        base_commit=sessions[session] if session else repository.head_commit(located.root),
    )


def _bases(common_dir: str) -> dict[str, str]:
    """Session → its base commit."""
    with repository.opened(common_dir) as found:
        names = [name for name in found.references if name.startswith(BASE_REFS)]
        return {
            name.removeprefix(BASE_REFS): str(found.references[name].peel(pygit2.Commit).id) for name in names
        }


def _registered(located: Located) -> list[str]:
    """The directories of the repository's worktrees, by their registrations."""
    directory = os.path.join(located.common_dir, "worktrees")
    found = []
    for name in sorted(os.listdir(directory)) if os.path.isdir(directory) else ():
        try:
            with open(os.path.join(directory, name, "gitdir"), errors="surrogateescape") as file:
                found.append(os.path.dirname(file.read().strip()))
        except OSError:
            continue
    return found


def _repositories(projects: Sequence[str]) -> tuple[Located, ...]:
    found: dict[str, Located] = {}
    for project in projects:
        try:
            located = repository.require_commit(project)
        except WorkspaceError:
            continue  # it is away, or was never a repository
        found.setdefault(located.common_dir, located)
    return tuple(found.values())


def _age(path: str) -> float:
    """Seconds; of what is not there, without end."""
    try:
        return time.time() - os.lstat(path).st_mtime
    except OSError:
        return math.inf
