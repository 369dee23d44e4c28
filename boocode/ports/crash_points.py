"""Where a death of BooCode is told apart from one a moment earlier: named, so that each can be met on purpose."""

from collections.abc import Callable
from typing import TypeAlias

Reached: TypeAlias = Callable[[str], None]
"""Called with a point's name each time the work comes by it."""


def pass_by(point: str) -> None:
    """What is done at a crash point of a BooCode that is meant to live: nothing."""
