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
    # an apply or a rewind
    "apply.kept": "git has the bytes of before and of after; the journal does not know, no file has changed",
    "apply.journaled": "the journal has the plan; no file of the project has changed",
    "apply.exchanged": "all files are those of the plan; base and rows are as before",
    "apply.base_moved": "a ref has the new base; the worktree's row still names the old one",
    "apply.split": "a change of which only some hunks were applied is two rows now, both of them pending",
    "apply.decided": "all is done; nobody has been told",
    # a restore
    "restore.safety_taken": "the safety checkpoint is in git and in the database; no file has changed",
    "restore.journaled": "the journal has the restore; no file has changed",
    "restore.swapped": "all files are those of the checkpoint; what was staged still lies there",
    "restore.files_done": "the files are in place; the chat still shows what came after",
    "restore.changes_captured": "the pending changes are those of the files as they are now; the chat is as before",
    "restore.finished": "the chat has gone back with its files; nobody has been told",
    # a stash
    "stash.kept": "a ref keeps all that is in the worktree; no file has changed",
    "stash.files_back": "the files are those of HEAD; git's index, the base and the pending changes are as before",
    # the end of an orphan
    "reap.salvaged": "the salvage ref keeps all that is in the worktree; nothing of it is gone",
    "reap.set_aside": "the directory is out of sight, whole; git still has the worktree registered",
    "reap.removed": "directory, registration and refs are gone; the row does not know",
}
"""Name → what is true there."""


def pass_by(point: str) -> None:
    """What is done at a crash point of a BooCode that is meant to live: nothing."""
