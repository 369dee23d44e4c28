"""What a person was shown of a call, kept until the call is made: nothing else is done than what was shown.

    look   keeps what the file was            (the same arguments again: what it was then)
    run    compares, and refuses if it has changed since; kept no longer

A call that was never looked at was shown to nobody, and goes by what it finds.
"""

import json
from collections import OrderedDict
from typing import Generic, TypeVar

from boocode.adapters.native.files.tool import Arguments
from boocode.ports.native_tools import ToolRefused

S = TypeVar("S")
MOST = 64
"""Calls that wait; the oldest is forgotten, and then goes like one that was never looked at."""


class Looks(Generic[S]):
    def __init__(self) -> None:
        self._kept: OrderedDict[str, S] = OrderedDict()

    def keep(self, arguments: Arguments, seen: S) -> None:
        key = _key(arguments)
        self._kept[key] = seen
        self._kept.move_to_end(key)
        if len(self._kept) > MOST:
            self._kept.popitem(last=False)

    def compare(self, arguments: Arguments, shown: str, now: S) -> None:
        """Raises ToolRefused when `now` is not what was kept."""
        key = _key(arguments)
        if key in self._kept and self._kept.pop(key) != now:
            raise ToolRefused(
                f"{shown} has changed since this call was looked at: something else would be done than was shown. "
                "Nothing was changed. Read the file again, and send the call anew."
            )


def _key(arguments: Arguments) -> str:
    return json.dumps(dict(arguments), sort_keys=True, default=str)
