"""Names of files as people see them: git's bytes in, text that any database and JSON can carry out, and back.

A name that is UTF-8 is shown as it is, whatever else is odd about it. Only a name that is not UTF-8 is
written the way git quotes it: in double quotes, the bytes that have no character as `\\351`. A name
that is UTF-8 but would read as such a quotation is quoted too, so the way back is never ambiguous.
"""

import re

_QUOTED = re.compile(
    r'"(?:[^"\\]|\\["\\]|\\[0-3][0-7]{2})*\\[0-3][0-7]{2}(?:[^"\\]|\\["\\]|\\[0-3][0-7]{2})*"'
)
_ESCAPE = re.compile(rb'\\(["\\]|[0-3][0-7]{2})')


def show_path(raw: bytes) -> str:
    """Text for a file name; `read_path` gives the bytes back exactly."""
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return _quote(raw)
    return _quote(raw) if _QUOTED.fullmatch(text) else text


def read_path(text: str) -> bytes:
    """The bytes of a file name that was shown by `show_path`."""
    if not _QUOTED.fullmatch(text):
        return text.encode()
    return _ESCAPE.sub(_unescape, text[1:-1].encode())


def _quote(raw: bytes) -> str:
    escaped = raw.replace(b"\\", b"\\\\").replace(b'"', b'\\"')
    # A UTF-8 name comes here only because it reads like a quotation; its first quote, in octal, makes it one.
    if _is_utf8(raw):
        escaped = b"\\042" + escaped.removeprefix(b'\\"')
    return '"' + escaped.decode(errors="surrogateescape").translate(_OCTAL) + '"'


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode()
    except UnicodeDecodeError:
        return False
    return True


def _unescape(match: re.Match[bytes]) -> bytes:
    found = match.group(1)
    return bytes([int(found, 8)]) if len(found) == 3 else found


_OCTAL = {0xDC00 + byte: f"\\{byte:03o}" for byte in range(0x80, 0x100)}
"""What `surrogateescape` makes of a byte that is no UTF-8 → its octal escape."""
