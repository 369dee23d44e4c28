"""An answer that is JSON already."""

from attrs import frozen


@frozen
class RawJson:
    data: bytes
