"""Our ends of a child's pipes: bytes, non-blocking, closable while somebody waits on them."""

import os
from io import FileIO
from typing import IO

from trio import ClosedResourceError
from trio.lowlevel import notify_closing, wait_readable, wait_writable


class _End:
    def __init__(self, file: IO[bytes] | None) -> None:
        if not isinstance(file, FileIO):
            raise TypeError(f"expected an unbuffered pipe, got {file!r}")
        self._file: FileIO | None = file
        os.set_blocking(file.fileno(), False)

    @property
    def is_open(self) -> bool:
        return self._file is not None

    @property
    def descriptor(self) -> int | None:
        return self._file.fileno() if self._file is not None else None

    def close(self) -> None:
        """Wakes who waits. Twice is once."""
        if self._file is not None:
            file, self._file = self._file, None
            notify_closing(file.fileno())
            file.close()


class ReadEnd(_End):
    """One reader at a time."""

    def read_now(self, max_bytes: int) -> bytes | None:
        """What is there; None when nothing is yet; b"" at the end and after close()."""
        if self._file is None:
            return b""
        return self._file.read(max_bytes)

    async def readable(self) -> None:
        """Returns when read_now() has an answer, also because of close()."""
        if self._file is not None:
            try:
                await wait_readable(self._file.fileno())
            except ClosedResourceError:
                return


class WriteEnd(_End):
    """One writer at a time."""

    def write_now(self, data: memoryview) -> int:
        """How many bytes went in, 0 when it is full. Raises BrokenPipeError when nobody reads any more."""
        if self._file is None:
            raise BrokenPipeError("closed on our side")
        return self._file.write(data) or 0

    async def writable(self) -> None:
        if self._file is not None:
            try:
                await wait_writable(self._file.fileno())
            except ClosedResourceError:
                return
