"""Whether anything changed in a worktree, told from names and times alone: no git, no file is read.

A look walks the worktree without what git ignores as a whole, and takes of each entry its name, inode and times, and
the same of what else decides about a checkpoint: git's index and HEAD, the rules of what is ignored. Every write to a
file and every change of a directory moves a time that no program can set back (ctime), so two equal looks saw equal
files, provided that the newest time was well in the past at the first: a second write within the same tick of the
clock would not show. Like git's own index it does not see what a memory map writes before the system notices.

Plain calls, for a thread.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from hashlib import blake2b

from boocode.adapters.git import repository
from boocode.adapters.git.checkpoint_commits import head_of
from boocode.adapters.git.libgit2 import pygit2
from boocode.adapters.git.repository import Located
from boocode.ports.checkpoints import Sight

MAX_ENTRIES = 5_000
"""About 30 ms; a larger worktree is looked through faster by git, which uses all processors."""


def look(located: Located, registration: str, worktree: str, ignored: tuple[bytes, ...]) -> Sight | None:
    """`ignored`: directories to pass over. None: too much to look at, or something went away meanwhile."""
    digest = blake2b(digest_size=20)
    newest, entries = 0, 0
    try:
        digest.update(str(head_of(registration)).encode())
        for name, status in _statuses(located, registration, worktree, frozenset(ignored)):
            entries += 1
            if entries > MAX_ENTRIES:
                return None
            if status is None:
                digest.update(b"%b\0-\n" % name)
                continue
            newest = max(newest, status.st_ctime_ns)
            digest.update(b"%b\0%d %d %d\n" % (name, status.st_ino, status.st_ctime_ns, status.st_mtime_ns))
    except OSError:
        return None
    return Sight(digest.digest(), newest, ignored)


def now_ns(directory: str) -> int:
    """By the clock that the file system stamps with, which need not be this machine's. `directory` is our own."""
    file = os.open(os.path.join(directory, "clock"), os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        os.utime(file)
        return os.fstat(file).st_mtime_ns
    finally:
        os.close(file)


def _statuses(
    located: Located, registration: str, worktree: str, ignored: frozenset[bytes]
) -> Iterator[tuple[bytes, os.stat_result | None]]:
    for path in _deciding(located, registration):
        try:
            yield os.fsencode(path), os.stat(path)
        except FileNotFoundError:
            yield os.fsencode(path), None
    yield from _walk(os.fsencode(worktree), ignored)


def _walk(root: bytes, ignored: frozenset[bytes]) -> Iterator[tuple[bytes, os.stat_result]]:
    yield b".", os.lstat(root)
    waiting = [b""]
    while waiting:
        directory = waiting.pop()
        with os.scandir(root + b"/" + directory) as found:
            entries = sorted(found, key=lambda entry: entry.name)
        for entry in entries:
            path = directory + entry.name
            yield path, entry.stat(follow_symlinks=False)
            if entry.is_dir(follow_symlinks=False) and path not in ignored:
                waiting.append(path + b"/")


def _deciding(located: Located, registration: str) -> Iterable[str]:
    """Files outside the worktree that say what belongs to a checkpoint."""
    person = os.path.expanduser("~")
    settings = os.environ.get("XDG_CONFIG_HOME") or os.path.join(person, ".config")
    yield os.path.join(registration, "index")
    yield os.path.join(located.common_dir, "config")
    yield os.path.join(located.common_dir, "info", "exclude")
    yield os.path.join(person, ".gitconfig")
    yield os.path.join(settings, "git", "config")
    yield os.path.join(settings, "git", "ignore")
    try:
        named = repository.settings(located.common_dir, "core.excludesfile").get("core.excludesfile")
    except pygit2.GitError as error:
        raise OSError(str(error)) from error
    if named:
        yield os.path.expanduser(named)
