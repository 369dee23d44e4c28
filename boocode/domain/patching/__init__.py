"""Edits on the bytes of a file: located leniently, applied exactly, refused rather than guessed."""

from boocode.domain.patching.applier import apply_edit, apply_edits
from boocode.domain.patching.edit import Applied, Candidate, Edit, Refused

__all__ = ["Applied", "Candidate", "Edit", "Refused", "apply_edit", "apply_edits"]
