"""Where a death of BooCode is told apart from one a moment earlier: named, so that each can be met on purpose.

This table is the one list of them. A test holds it against the source: whatever is passed to `reached` stands here
with what is true at that moment, and the reverse; another test kills BooCode at every one.
"""

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

Reached: TypeAlias = Callable[[str], None]
"""Called with a point's name each time the work comes by it."""

ANY: Final = "*"
"""In place of a name: whichever point comes."""

CRASH_POINTS: Final[Mapping[str, str]] = {
    # a checkpoint
    "capture.before_commit": "the tree of the files is in git, without a commit and without a ref",
    "capture.before_ref": "the checkpoint's commit is in git, and no ref keeps it yet",
    "capture.after_ref": "the ref is set; the database does not know the checkpoint",
    # an exchange of files: an apply, a rewind, a restore
    "swap.staged": "all new files are written beside the old ones; none has been exchanged",
    "swap.deleted": "one more of the files that go is gone; nothing new is in place",
    "swap.written": "one more of the new files is in place",
    # a restore
    "restore.safety_taken": "the safety checkpoint is in git and in the database; no file has changed",
    "restore.journaled": "the journal has the restore; no file has changed",
    "restore.swapped": "all files are those of the checkpoint; what was staged still lies there",
    "restore.files_done": "the files are in place; the chat still shows what came after",
    "restore.changes_captured": "the pending changes are those of the files as they are now; the chat is as before",
    "restore.finished": "all is done; nobody has been told",
}
"""Name → what is true there."""


def pass_by(point: str) -> None:
    """What is done at a crash point of a BooCode that is meant to live: nothing."""
