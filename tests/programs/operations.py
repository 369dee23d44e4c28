"""What a program is made of: operations by name, each with a number of its own from which all its choices follow.

Written down as `agent_edit(12) apply(7)!swap.exchanged:2 capture(3)`: no operation depends on another one's choices,
so that what is left of a program when operations are taken out is a program too.
"""

import random
import re
from typing import Final

from attrs import frozen

PERSON: Final = (
    "user_edit",
    "user_stage",
    "user_commit",
    "user_stash",
    "user_switch",
    "user_gc",
    "user_merge",
)
AGENT: Final = (
    "agent_edit",
    "agent_commit",
    "agent_stage",
    "agent_ignore",
    "agent_nest",
    "agent_switch",
    "agent_twice",
)
BOOCODE: Final = (
    "capture",
    "checkpoint",
    "restore",
    "way_back",
    "apply",
    "apply_hunks",
    "reject",
    "rewind",
    "stash",
    "delete",
    "reap",
)

_WRITTEN = re.compile(r"(\w+)\((\d+)\)(?:!(\S+))?")


@frozen
class Operation:
    name: str
    number: int
    """Seeds the choices of this operation."""
    crash: str | None = None
    """`point`, `point:nth`, `*:nth`: BooCode dies there, if it comes by; `@ms`: it dies so long after the request."""

    def __str__(self) -> str:
        return f"{self.name}({self.number})" + (f"!{self.crash}" if self.crash else "")

    def choices(self) -> random.Random:
        return random.Random(f"{self.name}-{self.number}")


Program = tuple[Operation, ...]


def write_down(program: Program) -> str:
    return " ".join(map(str, program))


def read_program(text: str) -> Program:
    """Raises ValueError for what was never written down by `write_down`."""
    operations = []
    for word in text.split():
        found = _WRITTEN.fullmatch(word)
        if found is None or found[1] not in PERSON + AGENT + BOOCODE:
            raise ValueError(f"{word!r} is no operation")
        operations.append(Operation(found[1], int(found[2]), found[3]))
    return tuple(operations)
