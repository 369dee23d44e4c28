"""JSON of wire types. msgspec encodes attrs classes directly, in a third of a microsecond a frame."""

from functools import lru_cache
from typing import TypeVar

import cattrs
import msgspec
from cattrs.preconf.json import make_converter

from boocode.contracts.frames import FrameBody, WireFrame
from boocode.contracts.socket import ControlFrame

T = TypeVar("T")

_encoder = msgspec.json.Encoder()
_converter = make_converter(forbid_extra_keys=False)


def encode(value: object) -> bytes:
    """Any wire value (attrs class, dict, list, scalar) as compact UTF-8 JSON."""
    return _encoder.encode(value)


def decode(data: bytes | str) -> object:
    """Plain JSON values. Raises ValueError (`msgspec.DecodeError`) on anything that is not JSON."""
    return msgspec.json.decode(data)


def encode_body(body: FrameBody) -> bytes:
    """The body of a frame as a JSON object, without its envelope: what the log stores."""
    return _encoder.encode(body)


@lru_cache(maxsize=4096)
def _text(text: str) -> bytes:
    """A JSON string of an envelope: the same few in every frame of a stream."""
    return _encoder.encode(text)


def wire_frame(topic: str, seq: int, type_: str, at: str, body: bytes) -> WireFrame:
    """Puts the envelope before an encoded body; `body` is a JSON object, possibly empty."""
    head = b'{"topic":%b,"seq":%d,"type":%b,"at":%b' % (
        _text(topic),
        seq,
        _text(type_),
        _text(at),
    )
    tail = b"}" if body == b"{}" else b"," + body[1:]
    return WireFrame(topic=topic, seq=seq, data=head + tail)


def control_frame(frame: ControlFrame) -> bytes:
    """A control frame of the WebSocket, its type first."""
    body = _encoder.encode(frame)
    head = b'{"type":%b' % _encoder.encode(frame.type)
    return head + (b"}" if body == b"{}" else b"," + body[1:])


def structure(value: object, cls: type[T]) -> T:
    """Builds a wire class from plain values; raises cattrs.BaseValidationError where they do not fit."""
    return _converter.structure(value, cls)


def unstructure(value: object) -> object:
    """Plain JSON-ready values of an attrs object."""
    return _converter.unstructure(value)


ValidationError = cattrs.BaseValidationError
