"""Bytes → lines, wherever the reads cut them, with a bound on what is kept.

An unfinished line is kept as pieces: joining it to every new read would be quadratic for a long one.
"""

MAX_LINE_BYTES = 16 * 1024 * 1024
"""The longest line taken from an agent, in bytes."""


class LineTooLong(Exception):
    """The line in progress is longer than the limit; the stream cannot be trusted to recover."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"a line is longer than {limit} bytes")
        self.limit = limit


class LineSplitter:
    def __init__(self, limit: int = MAX_LINE_BYTES) -> None:
        self._limit = limit
        self._pieces: list[bytes] = []
        self._kept = 0

    def feed(self, data: bytes) -> list[bytes]:
        """The lines that `data` completes, without their newline, empty ones included. Raises LineTooLong."""
        lines = data.split(b"\n")
        rest = lines.pop()
        if lines and self._pieces:
            self._keep(lines[0])
            lines[0] = b"".join(self._pieces)
            self._pieces.clear()
            self._kept = 0
        if rest:
            self._keep(rest)
        return lines

    def finish(self) -> bytes:
        """The last line, if it came without a newline."""
        rest = b"".join(self._pieces)
        self._pieces.clear()
        self._kept = 0
        return rest

    def _keep(self, piece: bytes) -> None:
        self._kept += len(piece)
        if self._kept > self._limit:
            self._pieces.clear()
            raise LineTooLong(self._limit)
        self._pieces.append(piece)
