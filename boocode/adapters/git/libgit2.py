"""libgit2, by `pygit2`: 10 MB, loaded when the first repository is looked at."""

from types import ModuleType
from typing import TYPE_CHECKING

from boocode.later import Later


def _durable(module: ModuleType) -> None:
    """A commit and its ref are on the disk, too, before anything is restored; for the whole process."""
    module.settings.enable_fsync_gitdir(True)


if TYPE_CHECKING:
    import pygit2 as pygit2
else:
    pygit2 = Later("pygit2", _durable)
