"""Which offered tool a model means by the name that it wrote: exactly that one, or the only near miss.

A near miss differs in letter case, in `-`, `_`, blanks, or by a namespace before it (`functions.read_file:0`,
`default_api.read_file`). What two offered tools could be meant by is nobody's name.
"""

import difflib
import re
from collections.abc import Collection

_PREFIX = re.compile(r"\A(?:functions?|tools?|default_api|api|namespace)[./:]", re.IGNORECASE)
_SUFFIX = re.compile(r":\d+\Z|\(\)\Z")
NAME_CHARS = 200
"""A longer name is no name."""


def meant(name: str, offered: Collection[str]) -> str | None:
    """The offered name, or None."""
    if name in offered:
        return name
    if len(name) > NAME_CHARS:
        return None
    bare = _SUFFIX.sub("", _PREFIX.sub("", name.strip(" \t\r\n\"'`")))
    if bare in offered:
        return bare
    near = [other for other in offered if _folded(other) == _folded(bare)]
    return near[0] if len(near) == 1 else None


def unknown_tool(name: str, offered: Collection[str]) -> str:
    """Words for the model that called a tool which is not offered."""
    asked = name.strip()[:NAME_CHARS]
    near = difflib.get_close_matches(asked.lower(), sorted(offered), n=1, cutoff=0.6)
    guess = f" Did you mean {near[0]}?" if near else ""
    return f"There is no tool {asked!r}.{guess} The tools are: {', '.join(sorted(offered)) or 'none'}."


def _folded(name: str) -> str:
    return re.sub(r"[-_\s]", "", name).lower()
