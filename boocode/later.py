"""What an idle BooCode never uses is not imported: large modules when something of them is first wanted, and what a
library only takes along because it happens to be installed not at all."""

import importlib
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import cast


class Later:
    """Stands for the module `name`; `prepare` is called with it before anything of it is used, perhaps more than once:
    which thread wants it first is all the same."""

    def __init__(self, name: str, prepare: Callable[[ModuleType], None] = lambda _: None) -> None:
        self._name = name
        self._prepare = prepare

    def __getattr__(self, attribute: str) -> object:
        module = importlib.import_module(self._name)
        self._prepare(module)
        value = getattr(module, attribute)
        setattr(self, attribute, value)
        return value


@contextmanager
def left_out(*packages: str) -> Iterator[None]:
    """While in it those of the packages that are not imported yet seem not to be installed."""
    unseen = [package for package in packages if package not in sys.modules]
    # None is Python's own word for "cannot be imported".
    sys.modules.update(dict.fromkeys(unseen, cast(ModuleType, None)))
    try:
        yield
    finally:
        for package in unseen:
            del sys.modules[package]
