"""Names: one living child each, free again before anyone is told of its end.

Beside the living holders the registry remembers at which place in the tree a name is at home, so that a call to a
name whose child waits for its restart can say when it is due.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from boocode.kernel.errors import AlreadyRegistered

if TYPE_CHECKING:
    from boocode.kernel.slot import Slot


class Registry:
    """The names of one system."""

    def __init__(self) -> None:
        self._holders: dict[str, Slot] = {}
        self._homes: dict[str, Slot] = {}

    def claim(self, name: str, slot: Slot) -> None:
        """AlreadyRegistered if another child lives under this name."""
        holder = self._holders.get(name)
        if holder is not None:
            raise AlreadyRegistered(name, holder.path)
        self._holders[name] = self._homes[name] = slot

    def release(self, name: str, slot: Slot) -> None:
        if self._holders.get(name) is slot:
            del self._holders[name]

    def forget(self, name: str, slot: Slot) -> None:
        """The place itself is gone from the tree."""
        self.release(name, slot)
        if self._homes.get(name) is slot:
            del self._homes[name]

    def lookup(self, name: str) -> Slot | None:
        """The living holder's place, else the place where the name is at home."""
        return self._holders.get(name) or self._homes.get(name)

    @property
    def names(self) -> Mapping[str, str]:
        """Living names and their paths."""
        return {name: slot.path for name, slot in self._holders.items()}
