"""The output of an agent that prints messages as lines of JSON; the adapter is `boocode.adapters.stream_json`."""

from typing import Protocol

from boocode.domain.stream_json.run import Line


class MessageLines(Protocol):
    """One process's output. It keeps the rest of an unfinished line between reads."""

    def feed(self, data: bytes) -> list[Line]:
        """The lines completed by `data`, in order. Raises BrokenWire."""
        ...

    def finish(self) -> list[Line]:
        """At the end of the stream: a last line without its newline."""
        ...
