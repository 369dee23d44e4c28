"""The files that an agent may read and write through BooCode: regular text files inside its worktree.

Paths are resolved through every symlink before they are judged. git's own files are out of bounds: a hook
written there would run as the person. All of it happens in threads with a limiter of their own, so that a slow
disk cannot use up the threads that start processes.
"""

import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import trio

from boocode.ports.agent_wire import FileMissing, FileRefused

R = TypeVar("R")

MAX_FILE_BYTES = 8 * 1024 * 1024
"""The largest file served or taken, in bytes."""
THREADS = 4


class WorktreeFiles:
    """The AgentFiles of one worktree."""

    def __init__(self, root: str, limiter: trio.CapacityLimiter) -> None:
        self._root = os.path.realpath(root)
        self._limiter = limiter

    async def read_text(self, path: str, line: int | None, limit: int | None) -> str:
        def read() -> str:
            return _lines(_read(self._inside(path)), line, limit)

        return await self._in_thread(path, read)

    async def write_text(self, path: str, content: str) -> None:
        def write() -> None:
            _write(self._inside(path), content)

        await self._in_thread(path, write)

    async def folder(self, path: str | None) -> str:
        def find() -> str:
            if path is None:
                return self._root
            place = self._inside(path, or_root=True)
            if not place.is_dir():
                raise FileRefused(f"{path} is not a folder")
            return str(place)

        return await self._in_thread(path or self._root, find)

    async def _in_thread(self, path: str, work: Callable[[], R]) -> R:
        try:
            return await trio.to_thread.run_sync(work, limiter=self._limiter)
        except FileNotFoundError as error:
            raise FileMissing(f"{path}: {error.strerror}") from error
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
            raise FileRefused(f"{path}: {reason}") from error

    def _inside(self, path: str, *, or_root: bool = False) -> Path:
        """The real place of `path`; FileRefused when it lies outside the worktree or among git's own files."""
        real = os.path.realpath(os.path.join(self._root, path))
        if os.path.commonpath([real, self._root]) != self._root or (real == self._root and not or_root):
            raise FileRefused(f"{path} lies outside the worktree {self._root}")
        if ".git" in Path(real).relative_to(self._root).parts:
            raise FileRefused(f"{path} belongs to git")
        return Path(real)


def _read(place: Path) -> str:
    descriptor = os.open(place, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with open(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        _check_regular(place, status)
        if status.st_size > MAX_FILE_BYTES:
            raise FileRefused(f"{place} has {status.st_size} bytes; at most {MAX_FILE_BYTES} are served")
        return file.read(MAX_FILE_BYTES).decode(errors="replace")


def _write(place: Path, content: str) -> None:
    data = content.encode(errors="surrogateescape")
    if len(data) > MAX_FILE_BYTES:
        raise FileRefused(f"{place} would have {len(data)} bytes; at most {MAX_FILE_BYTES} are written")
    place.parent.mkdir(parents=True, exist_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    descriptor = os.open(place, flags, 0o644)
    with open(descriptor, "wb") as file:
        _check_regular(place, os.fstat(descriptor))
        file.truncate(0)
        file.write(data)


def _check_regular(place: Path, status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise FileRefused(f"{place} is not a regular file")


def _lines(text: str, line: int | None, limit: int | None) -> str:
    if line is None and limit is None:
        return text
    first = max(line or 1, 1) - 1
    lines = text.splitlines(keepends=True)
    return "".join(lines[first:] if limit is None else lines[first : first + max(limit, 0)])
