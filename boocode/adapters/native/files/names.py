"""Names of files in what the model reads and writes: one line each, and back to the very bytes.

As `boocode.domain.pathnames`, but that a name with a line break or another control character in it is quoted too:
it could else look like several names, or like words of ours.
"""

from boocode.domain.pathnames import read_path, show_path

_CONTROL = {*range(0x20), 0x7F}


def show_name(raw: bytes) -> str:
    if not _CONTROL.intersection(raw):
        return show_path(raw)
    return f'"{"".join(map(_shown, raw))}"'


def read_name(shown: str) -> bytes:
    """Raises UnicodeEncodeError for half a surrogate pair."""
    return read_path(shown)


def _shown(byte: int) -> str:
    if byte in _CONTROL or byte >= 0x80:
        return f"\\{byte:03o}"
    return f"\\{chr(byte)}" if byte in b'"\\' else chr(byte)
