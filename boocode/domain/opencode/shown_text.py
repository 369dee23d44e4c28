"""How much of one text part was shown, so that its deltas and then its whole text are shown once.

    clean ── delta ──→ shown, clean        whole text ──→ only what is missing of it
    stale ── delta ──→ nothing             (a part that was open when the stream broke: deltas carry no place)

A text is kept as its length and a checksum: a turn may hold megabytes of it.
"""

import zlib
from typing import Literal, TypeAlias

from attrs import define

Kind: TypeAlias = Literal["text", "reasoning"]


@define
class ShownText:
    kind: Kind
    is_stale: bool = False
    """Deltas may have been missed: wait for the whole text."""
    _chars: int = 0
    _sum: int = 0

    def delta(self, piece: str) -> str:
        """What of a delta is to be shown."""
        if self.is_stale:
            return ""
        self._add(piece)
        return piece

    def whole(self, text: str) -> str:
        """What is missing of the text. A shorter one is the same with its end trimmed; one that does not begin
        with what was shown has been rewritten meanwhile, and nothing can be taken back."""
        if len(text) <= self._chars or zlib.crc32(text[: self._chars].encode(errors="replace")) != self._sum:
            return ""
        missing = text[self._chars :]
        self._add(missing)
        return missing

    def _add(self, piece: str) -> None:
        self._chars += len(piece)
        self._sum = zlib.crc32(piece.encode(errors="replace"), self._sum)
