"""Encoding what agents wrote: half a surrogate pair is legal in a Python string and in no JSON document."""

import attrs

from boocode.contracts.codec import encode, unstructure


def encode_lossy(value: object) -> bytes:
    """Like `encode`, with lone surrogates as U+FFFD. Costs nothing more when there are none."""
    try:
        return encode(value)
    except UnicodeEncodeError:
        return encode(_mended(unstructure(value) if attrs.has(type(value)) else value))


def _mended(value: object) -> object:
    match value:
        case str():
            return "".join("\ufffd" if "\ud800" <= c <= "\udfff" else c for c in value)
        case dict():
            return {_mended(key): _mended(item) for key, item in value.items()}
        case list() | tuple():
            return [_mended(unstructure(item) if attrs.has(type(item)) else item) for item in value]
        case _:
            return value
