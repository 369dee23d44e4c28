"""One event of the server's stream, from its JSON."""

from collections.abc import Mapping
from typing import Any

import msgspec

from boocode.domain.opencode.vendor import (
    MessageUpdated,
    PartDelta,
    PartUpdated,
    PermissionReplied,
    PermissionRequested,
    QuestionAsked,
    SessionErrored,
    SessionIdle,
    SessionMade,
    SessionStatus,
    TodoUpdated,
    VendorEvent,
)


class Undecodable(Exception):
    """An event that is no event; str() is for people."""


class _Payload(msgspec.Struct):
    type: str = ""
    properties: msgspec.Raw = msgspec.Raw(b"{}")


class _Envelope(msgspec.Struct):
    payload: _Payload


_ENVELOPES = msgspec.json.Decoder(_Envelope)
_KINDS: Mapping[str, msgspec.json.Decoder[Any]] = {
    name: msgspec.json.Decoder(kind)
    for name, kind in {
        "message.updated": MessageUpdated,
        "message.part.updated": PartUpdated,
        "message.part.delta": PartDelta,
        "session.status": SessionStatus,
        "session.idle": SessionIdle,
        "session.error": SessionErrored,
        "session.created": SessionMade,
        "todo.updated": TodoUpdated,
        "permission.asked": PermissionRequested,
        "permission.replied": PermissionReplied,
        "question.asked": QuestionAsked,
    }.items()
}


def decode(data: bytes) -> VendorEvent | None:
    """The event in the `data` of one server-sent event of `GET /global/event`; None for kinds that say nothing
    here: heartbeats, plugins, and `sync`, which repeats every persisted event. Raises Undecodable."""
    try:
        payload = _ENVELOPES.decode(data).payload
        kind = _KINDS.get(payload.type)
        event: VendorEvent | None = kind.decode(payload.properties) if kind is not None else None
    except msgspec.MsgspecError as error:
        raise Undecodable(f"{error}: {data[:200].decode(errors='replace')}") from error
    return event
