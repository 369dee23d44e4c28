"""Ids of the user messages that we send: opencode orders a conversation by them, so they must ascend.

`msg_`, twelve hex digits of the time (milliseconds times 4096, plus a counter, 48 bits), fourteen letters.
"""

import re
from random import Random

_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_SHAPE = re.compile(r"msg_([0-9a-f]{12})")
_BITS = 48


class MessageIds:
    """One conversation's ids. Opencode's own come from the same clock; `note` those of a past one."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._last = 0

    def note(self, message_id: str) -> None:
        """A message that exists: what we make next comes after it, also when the clock was set back."""
        found = _SHAPE.match(message_id)
        if found is not None:
            self._last = max(self._last, int(found[1], 16))

    def new(self, now_ms: int) -> str:
        """An id after all others; `now_ms` since the epoch."""
        self._last = max((now_ms * 4096 + 1) % (1 << _BITS), self._last + 1)
        return f"msg_{self._last:012x}" + "".join(self._random.choices(_LETTERS, k=14))
