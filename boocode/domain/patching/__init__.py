"""Edits on the bytes of a file: located leniently, applied exactly, refused rather than guessed.

`apply_edit` and `apply_edits` make them; `undoing`, `rewind_edits` and `rewind_edit` take them back.
"""

from boocode.domain.patching.applier import apply_edit, apply_edits
from boocode.domain.patching.edit import Applied, Candidate, Code, Edit, Refused, Tier
from boocode.domain.patching.rewind import rewind_edit, rewind_edits, undoing

__all__ = [
    "Applied",
    "Candidate",
    "Code",
    "Edit",
    "Refused",
    "Tier",
    "apply_edit",
    "apply_edits",
    "rewind_edit",
    "rewind_edits",
    "undoing",
]
