"""A module that is imported when something of it is first wanted: for large ones that an idle BooCode never uses."""

import importlib
from collections.abc import Callable
from types import ModuleType


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
