"""What the edit applier takes and gives."""

from typing import Literal, TypeAlias

from attrs import frozen

Tier: TypeAlias = Literal["exact", "trim", "canon", "fuzzy"]
TIERS: tuple[Tier, ...] = ("exact", "trim", "canon", "fuzzy")
"""Strictest first."""

Code: TypeAlias = Literal[
    "ambiguous",
    "not_found",
    "drift",
    "already_applied",
    "no_change",
    "empty_old",
    "file_missing",
    "binary",
    "not_utf8",
    "overlap",
    "outside_root",
    "not_a_file",
    "is_symlink",
    "stale",
]
"""Why an edit is refused. The last four come from the layer that knows files; nothing here gives them."""


@frozen
class Edit:
    """Replace `old` by `new`; with `replace_all` at every place where it stands."""

    old: str
    new: str
    replace_all: bool = False


@frozen
class Applied:
    content: bytes
    """The whole file after the edit."""
    tier: Tier
    """How strictly `old` was found; of several edits the least strict."""
    score: float
    """1.0 but for the fuzzy tier: how like the block on disk is to `old`."""
    lines: tuple[int, int]
    """Where the new text stands, 1-based and inclusive, in the result; after a deletion the line that is there now."""


@frozen
class Candidate:
    """A place that `old` may have meant."""

    lines: tuple[int, int]
    """1-based and inclusive, in the file as it is."""
    score: float
    difference: str = ""
    """The first line that differs, as old has it and as the file has it; empty when none does."""


@frozen
class Refused:
    """Nothing was changed. `hint` says to a person, or to a model, what to do."""

    code: Code
    candidates: tuple[Candidate, ...]
    hint: str
