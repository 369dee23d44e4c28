"""Which files of a worktree belong to a checkpoint, from git's lists of names and a look at the disk.

Left out, by name: what is too large, what no tree can hold, and repositories inside the worktree with all that
the worktree's own git does not track in them. Nothing is looked at through a symlink. Plain calls, for a thread.
"""

import os
import stat
from typing import Literal, TypeAlias

from attrs import define, field, frozen

from boocode.domain.restoring import parents
from boocode.ports.checkpoints import LeftOutReason


@define
class Names:
    """Paths as git lists them."""

    others: list[bytes] = field(factory=list)
    """Not in the checkpoint index and not ignored; a repository ends with a slash."""
    changed: list[bytes] = field(factory=list)
    """In the checkpoint index, and perhaps no longer like it."""
    held: list[bytes] = field(factory=list)
    """In the checkpoint index."""
    held_ignored: list[bytes] = field(factory=list)
    """In the checkpoint index, and ignored by today's rules."""
    tracked_ignored: list[bytes] = field(factory=list)
    """In the worktree's own index, and ignored all the same."""
    like: list[bytes] = field(factory=list)
    """In the commit whose paths belong to the checkpoint though rules ignore them."""


@frozen
class Sorted:
    files: list[bytes]
    """To be read into the index."""
    gone: list[bytes]
    """To go out of the index."""
    left_out: dict[bytes, LeftOutReason]


def nested_repositories(worktree: str, names: Names) -> frozenset[bytes]:
    """Those that git names, and those around files that the index has held for longer."""
    found = {path[:-1] for path in names.others if path.endswith(b"/")}
    root = os.fsencode(worktree)
    looking = _Looking(root)
    seen: set[bytes] = {b""}
    for directory in {path.rpartition(b"/")[0] for path in names.held}:
        for inner in (directory, *parents(directory)):
            if inner in seen:
                break
            seen.add(inner)
            # Never through a symlink: one that leads to the worktree itself would make all of it foreign.
            if looking.is_directory(inner) and _is_repository(os.path.join(root, inner, b".git")):
                found.add(inner)
    return frozenset(found)


def _is_repository(link: bytes) -> bool:
    """As git sees it: a directory with a HEAD, or a file that names one."""
    if os.path.isdir(link):
        return os.path.lexists(os.path.join(link, b"HEAD"))
    if not os.path.isfile(link):
        return False
    with open(link, "rb") as file:
        return file.read(8) == b"gitdir: "


def sort_out(
    worktree: str, max_file_bytes: int, names: Names, nested: frozenset[bytes], tracked: frozenset[bytes]
) -> Sorted:
    """`tracked`: what the worktree's own index holds; asked for only where there are nested repositories."""
    held = frozenset(names.held)
    forced = frozenset(names.tracked_ignored)
    foreign = {
        path
        for path in held.union(names.others, names.like)
        if _is_below(path, nested) and path not in tracked
    }
    dropped = frozenset(names.held_ignored).difference(forced, names.like).union(foreign & held)
    unoffered = forced.union(names.like, (path for path in tracked if _is_below(path, nested))) - held
    wanted = {path for path in names.others if not path.endswith(b"/")}.union(names.changed, unoffered)
    result = Sorted([], list(dropped), dict.fromkeys(nested, "nested repository"))
    looking = _Looking(os.fsencode(worktree))
    for path in sorted(wanted - dropped - foreign):
        kind = looking.at(path, max_file_bytes)
        if kind == "file":
            result.files.append(path)
            continue
        if kind != "gone":
            result.left_out[path] = kind
        if path in held:
            result.gone.append(path)
    return result


def _is_below(path: bytes, directories: frozenset[bytes]) -> bool:
    return bool(directories) and not directories.isdisjoint(parents(path))


_Kind: TypeAlias = Literal["file", "gone"] | LeftOutReason


class _Looking:
    """Looks at paths, and at each of their directories once."""

    def __init__(self, root: bytes) -> None:
        self._root = root
        self._directories: dict[bytes, bool] = {b"": True}

    def at(self, path: bytes, max_file_bytes: int) -> _Kind:
        """ "file" for what a tree can hold, a symlink too."""
        parts = path.split(b"/")
        if any(part.lower() == b".git" for part in parts):
            return "not a file"
        if not self.is_directory(path.rpartition(b"/")[0]):
            return "gone"
        try:
            found = os.lstat(os.path.join(self._root, path))
        except (FileNotFoundError, NotADirectoryError):
            return "gone"
        if stat.S_ISLNK(found.st_mode):
            # Git takes no symlink of this name, lest a checkout reads settings through it.
            return "not a file" if parts[-1].lower() == b".gitmodules" else "file"
        if stat.S_ISREG(found.st_mode):
            return "file" if found.st_size <= max_file_bytes else "too large"
        return "gone" if stat.S_ISDIR(found.st_mode) else "not a file"

    def is_directory(self, path: bytes) -> bool:
        known = self._directories.get(path)
        if known is None:
            known = self.is_directory(path.rpartition(b"/")[0]) and self._lstat_directory(path)
            self._directories[path] = known
        return known

    def _lstat_directory(self, path: bytes) -> bool:
        try:
            return stat.S_ISDIR(os.lstat(os.path.join(self._root, path)).st_mode)
        except (FileNotFoundError, NotADirectoryError):
            return False
