"""The planted faults: the six that the kernel's rules name, and our own."""

from __future__ import annotations

from typing import Final

from attrs import frozen


@frozen
class Mutant:
    """`before` becomes `after` in `file` (of the kernel, exactly once); `tests` are meant to notice."""

    name: str
    file: str
    before: str
    after: str
    tests: tuple[str, ...]


MUTANTS: Final[tuple[Mutant, ...]] = ()
