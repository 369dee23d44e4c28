"""Bytes → messages, wherever the reads cut them. A line that is no JSON object is given out as its text."""

import msgspec

from boocode.adapters.acp.lines import MAX_LINE_BYTES, LineSplitter, LineTooLong
from boocode.domain.stream_json.run import Line
from boocode.ports.agent_wire import BrokenWire

_decode = msgspec.json.Decoder(dict[str, object]).decode
# What msgspec raises on a bad line: DecodeError and ValidationError, both ValueError, and RecursionError when it is
# nested too deeply.
_UNREADABLE = (ValueError, RecursionError)


class JsonLines:
    """The MessageLines of one process."""

    def __init__(self, max_line_bytes: int = MAX_LINE_BYTES) -> None:
        self._lines = LineSplitter(max_line_bytes)

    def feed(self, data: bytes) -> list[Line]:
        try:
            lines = self._lines.feed(data)
        except LineTooLong as error:
            size = f"{error.limit // 1_048_576} MiB"
            raise BrokenWire(
                f"The agent sent one line of more than {size}, which BooCode does not take."
            ) from error
        return [_read(line, "\n") for line in lines if line.strip()]

    def finish(self) -> list[Line]:
        rest = self._lines.finish()
        return [_read(rest, "")] if rest.strip() else []


def _read(line: bytes, end: str) -> Line:
    try:
        return _decode(line)
    except _UNREADABLE:
        return line.decode(errors="replace").rstrip("\r") + end
