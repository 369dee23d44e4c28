"""The source code that attrs writes for each class, which it also keeps, for debuggers: 3 MB in a server."""

import linecache
from typing import Any


def keep_no_generated_sources() -> None:
    """For classes that are made from now on. A traceback through such a method still names it, without its line."""
    if not isinstance(linecache.cache, _Forgetful):
        linecache.cache = _Forgetful(linecache.cache)


class _Forgetful(dict[str, Any]):
    def setdefault(self, name: str, lines: Any = None) -> Any:
        """As attrs puts them in; the lines of files come in another way."""
        return lines if name.startswith("<attrs generated ") else super().setdefault(name, lines)
