"""Server-sent events out of pieces of bytes: bounded, and only their data."""

MAX_EVENT_BYTES = 32 * 1024 * 1024
"""A larger event is left out."""


class SseLines:
    """The `data` of each event; comments, ids and event names are of no use here. `error:` is how llama.cpp long said
    that an answer failed: it counts as data."""

    def __init__(self, max_bytes: int = MAX_EVENT_BYTES) -> None:
        self.skipped = 0
        self._max_bytes = max_bytes
        self._line = bytearray()
        self._data: list[bytes] = []
        self._size = 0
        self._is_too_long = False

    def feed(self, data: bytes) -> list[bytes]:
        """The events that `data` completes."""
        events: list[bytes] = []
        *lines, rest = data.split(b"\n")
        for line in lines:
            if self._line:
                self._keep(line)
                line = bytes(self._line)  # noqa: PLW2901
                self._line.clear()
            self._take(line.removesuffix(b"\r"), events)
        self._keep(rest)
        return events

    def _keep(self, piece: bytes) -> None:
        if len(self._line) + len(piece) > self._max_bytes:
            self._is_too_long = True
            del self._line[1024:]
        else:
            self._line += piece

    def _take(self, line: bytes, events: list[bytes]) -> None:
        name, colon, value = line.partition(b":")
        if colon and name in (b"data", b"error"):
            self._size += len(line)
            if self._size > self._max_bytes:
                self._is_too_long = True
            elif not self._is_too_long:
                self._data.append(value.removeprefix(b" "))
        elif not line:
            if self._is_too_long:
                self.skipped += 1
            elif self._data:
                events.append(b"\n".join(self._data))
            self._data, self._size, self._is_too_long = [], 0, False
