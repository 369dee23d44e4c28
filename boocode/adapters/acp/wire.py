"""JSON-RPC 2.0 on lines: one connection's codec. Typed, in order, and unmoved by what does not fit.

Nine lines in ten are `session/update`: those are decoded in one pass into tagged structs. Whatever fails there is
looked at again as a plain envelope, so a strange message costs time, not correctness.
"""

from collections.abc import Mapping
from typing import TypeVar

import msgspec

from boocode.adapters.acp.lines import MAX_LINE_BYTES, LineSplitter, LineTooLong
from boocode.domain.acp import messages as m
from boocode.domain.acp.errors import as_error
from boocode.domain.acp.incoming import (
    Answer,
    AskedOfTerminal,
    AskedPermission,
    AskedToRead,
    AskedToRun,
    AskedToWrite,
    AskedUnknown,
    Garbage,
    Incoming,
    Mapped,
    RequestId,
    Updates,
)
from boocode.domain.acp.mapper import map_update
from boocode.domain.events import Text
from boocode.ports.agent_wire import BrokenWire

P = TypeVar("P")

_UPDATE = "session/update"
_SAMPLE_CHARS = 200
_decode_update = msgspec.json.Decoder(m.UpdateLine).decode
_decode_envelope = msgspec.json.Decoder(m.Envelope).decode
_decode_unknown_update = msgspec.json.Decoder(dict[str, object]).decode
_encode = msgspec.json.Encoder().encode
# What msgspec raises on a bad line: DecodeError and ValidationError, both ValueError, and RecursionError when
# it is nested too deeply.
_UNREADABLE = (ValueError, RecursionError)


class JsonRpcWire:
    """The AgentWire of ACP."""

    def __init__(self, max_line_bytes: int = MAX_LINE_BYTES) -> None:
        self._lines = LineSplitter(max_line_bytes)

    def feed(self, data: bytes) -> list[Incoming]:
        try:
            lines = self._lines.feed(data)
        except LineTooLong as error:
            raise BrokenWire(
                f"The agent sent one line of more than {error.limit // 1_048_576} MiB, which BooCode does not take."
            ) from error
        return self._decode(lines)

    def finish(self) -> list[Incoming]:
        return self._decode([self._lines.finish()])

    def request(self, request_id: RequestId, method: str, params: Mapping[str, object]) -> bytes:
        return _line({"jsonrpc": "2.0", "id": request_id, "method": method, "params": params})

    def notification(self, method: str, params: Mapping[str, object]) -> bytes:
        return _line({"jsonrpc": "2.0", "method": method, "params": params})

    def result(self, request_id: RequestId, result: object) -> bytes:
        return _line({"jsonrpc": "2.0", "id": request_id, "result": result})

    def refusal(self, request_id: RequestId, code: int, message: str) -> bytes:
        return _line({"jsonrpc": "2.0", "id": request_id, "error": {"code": code, "message": message}})

    def _decode(self, lines: list[bytes]) -> list[Incoming]:
        out: list[Incoming] = []
        run = _Run()
        for line in lines:
            try:
                update = _decode_update(line)
            except _UNREADABLE:
                update = None
            if update is not None and update.method == _UPDATE:
                if update.params.session_id != run.session_id:
                    run.end(out)
                    run.session_id = update.params.session_id
                run.add(update.params.update)
            elif line.strip():
                run.end(out)
                out.extend(_decode_any(line))
        run.end(out)
        return out


class _Run:
    """Consecutive updates of one session. Pieces of text that follow each other become one event: a stream is
    mostly that, and an event for each token would cost more than reading it."""

    __slots__ = ("items", "pieces", "session_id")

    def __init__(self) -> None:
        self.session_id = ""
        self.items: list[Mapped] = []
        self.pieces: list[str] = []

    def add(self, update: m.SessionUpdate) -> None:
        if type(update) is m.AgentMessageChunk and update.meta is None:
            content = update.content
            if content is not None and content.text is not None:
                self.pieces.append(content.text)
                return
        mapped = map_update(update)
        if mapped:
            self._join()
            self.items.extend(mapped)

    def end(self, out: list[Incoming]) -> None:
        self._join()
        if self.items:
            out.append(Updates(self.session_id, tuple(self.items)))
            self.items = []

    def _join(self) -> None:
        if self.pieces:
            text = "".join(self.pieces)
            self.pieces.clear()
            if text:
                self.items.append(Text(text))


def _line(message: Mapping[str, object]) -> bytes:
    return _encode(message) + b"\n"


def _decode_any(line: bytes) -> tuple[Incoming, ...]:
    try:
        envelope = _decode_envelope(line)
    except _UNREADABLE:
        return (_garbage(line),)
    if envelope.method is None:
        return (_answer(envelope, line),)
    if envelope.id is None:
        return _notification(envelope, line)
    return (_request(envelope.id, envelope.method, envelope.params),)


def _answer(envelope: m.Envelope, line: bytes) -> Incoming:
    if envelope.id is None:
        return _garbage(line)
    return Answer(envelope.id, envelope.result, as_error(envelope.error))


def _notification(envelope: m.Envelope, line: bytes) -> tuple[Incoming, ...]:
    """An update of a kind that BooCode does not know says nothing; a known kind that does not fit is garbage."""
    if envelope.method != _UPDATE:
        return ()
    try:
        update = _decode_unknown_update(envelope.params).get("update")
    except _UNREADABLE:
        return (_garbage(line),)
    kind = update.get("sessionUpdate") if isinstance(update, Mapping) else None
    return () if isinstance(kind, str) and kind not in _KNOWN_KINDS else (_garbage(line),)


_KNOWN_KINDS = frozenset(
    (
        *(
            "agent_message_chunk",
            "agent_thought_chunk",
            "user_message_chunk",
            "tool_call",
            "tool_call_update",
        ),
        *("plan", "available_commands_update", "current_mode_update", "config_option_update"),
        *("usage_update", "session_info_update"),
    )
)


def _request(request_id: RequestId, method: str, params: msgspec.Raw) -> Incoming:
    try:
        match method:
            case "session/request_permission":
                return AskedPermission(request_id, _params(params, m.PermissionParams))
            case "fs/read_text_file":
                return AskedToRead(request_id, _params(params, m.ReadFileParams))
            case "fs/write_text_file":
                return AskedToWrite(request_id, _params(params, m.WriteFileParams))
            case "terminal/create":
                return AskedToRun(request_id, _params(params, m.CreateTerminalParams))
            case "terminal/output":
                return AskedOfTerminal(request_id, "output", _params(params, m.TerminalParams))
            case "terminal/wait_for_exit":
                return AskedOfTerminal(request_id, "wait_for_exit", _params(params, m.TerminalParams))
            case "terminal/kill":
                return AskedOfTerminal(request_id, "kill", _params(params, m.TerminalParams))
            case "terminal/release":
                return AskedOfTerminal(request_id, "release", _params(params, m.TerminalParams))
            case _:
                return AskedUnknown(request_id, method)
    except _UNREADABLE as error:
        return AskedUnknown(request_id, method, problem=str(error))


def _params(raw: msgspec.Raw, as_type: type[P]) -> P:
    return msgspec.json.decode(raw, type=as_type)


def _garbage(line: bytes) -> Garbage:
    return Garbage(line[: _SAMPLE_CHARS * 4].decode(errors="replace")[:_SAMPLE_CHARS])
