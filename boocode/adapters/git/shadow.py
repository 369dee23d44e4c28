"""A git directory of our own beside each worktree, through which its files are read.

It shares the project's objects and nothing else. What an agent, a hook or a person's settings could do to
the reading is not in it: its attributes take the bytes as they are (no line endings, no filters, no `-diff`),
its index belongs to nobody else (no lock to meet, no `assume-unchanged`), its configuration is only ours.

    worktrees/NAME              the worktree
    worktrees/.state/NAME       the shadow: HEAD, config, info/, index
    worktrees/.state/NAME/base  the commit whose tree `index` holds
    worktrees/.state/NAME/making  there while the worktree is being made: nobody has worked in it yet
"""

import os
import shutil
import tempfile
from collections.abc import Mapping

from attrs import field, frozen

from boocode.adapters.git import repository
from boocode.adapters.git.repository import Located
from boocode.ports.worktrees import WorktreePlace

SCRATCH_PREFIX = "scratch-"
"""Of directories for one operation; one that is found was left by a crash."""

_ATTRIBUTES = "* -text -eol -crlf -ident -filter -working-tree-encoding !diff\n"
_COPIED_SETTINGS = (
    "core.filemode",
    "core.symlinks",
    "core.ignorecase",
    "core.precomposeunicode",
    "core.excludesfile",
)
"""What says how this file system behaves and what a person never wants to see; nothing that runs a program."""


@frozen
class Shadow:
    """Paths and environment; the plain calls are for a thread."""

    worktree: str
    common_dir: str
    directory: str = field(init=False)

    @directory.default
    def _directory(self) -> str:
        parent, name = os.path.split(self.worktree)
        return os.path.join(parent, ".state", name)

    @classmethod
    def of(cls, place: WorktreePlace, located: Located) -> "Shadow":
        return cls(place.path, located.common_dir)

    @property
    def index(self) -> str:
        return os.path.join(self.directory, "index")

    def environment(self) -> Mapping[str, str]:
        """Makes the git program see the worktree through this directory."""
        return {
            "GIT_DIR": self.directory,
            "GIT_WORK_TREE": self.worktree,
            "GIT_INDEX_FILE": self.index,
            "GIT_OBJECT_DIRECTORY": os.path.join(self.common_dir, "objects"),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": os.devnull,
        }

    def prepare(self) -> None:
        """Makes the directory, or renews its settings; what a killed git left in it is removed."""
        for part in ("objects", "refs", "info"):
            os.makedirs(os.path.join(self.directory, part), exist_ok=True)
        self._write("info/attributes", _ATTRIBUTES)
        self._write("config", self._config())
        exclude = os.path.join(self.directory, "info", "exclude")
        if not os.path.islink(exclude):
            os.symlink(os.path.join(self.common_dir, "info", "exclude"), exclude)
        if self.base() is None:
            self._write("HEAD", "ref: refs/heads/none\n")
        _remove_if_there(self.index + ".lock")
        for name in os.listdir(self.directory):
            if name.startswith(SCRATCH_PREFIX):
                shutil.rmtree(os.path.join(self.directory, name))

    def base(self) -> str | None:
        """The commit whose tree the index holds; None when there is no index to trust."""
        try:
            with open(os.path.join(self.directory, "base"), encoding="ascii") as file:
                base = file.read().strip()
        except FileNotFoundError:
            return None
        return base if os.path.exists(self.index) else None

    def make_scratch(self) -> str:
        """A new directory for one operation: whoever asks removes it, and `prepare` what a kill leaves."""
        os.makedirs(self.directory, exist_ok=True)
        return tempfile.mkdtemp(prefix=SCRATCH_PREFIX, dir=self.directory)

    def set_base(self, commit: str) -> None:
        self._write("HEAD", commit + "\n")
        self._write("base", commit + "\n")

    def forget_base(self) -> None:
        """From here until `set_base` the index is not to be trusted."""
        _remove_if_there(os.path.join(self.directory, "base"))

    def take_index(self, source: str) -> None:
        """Copies the worktree's own index, what git knows of its files' times included.

        The copy keeps the time of the index: by it git knows which files were written too lately to be
        trusted by their times alone.
        """
        if os.path.exists(source):
            shutil.copy2(source, self.index)

    def is_half_made(self) -> bool:
        return os.path.exists(os.path.join(self.directory, "making"))

    def exists(self) -> bool:
        return os.path.isdir(self.directory)

    def begin_making(self) -> None:
        """Starts anew: what is known of an earlier worktree at this place is forgotten."""
        self.remove()
        os.makedirs(self.directory, exist_ok=True)
        self._write("making", "")

    def end_making(self) -> None:
        _remove_if_there(os.path.join(self.directory, "making"))

    def remove(self) -> None:
        shutil.rmtree(self.directory, ignore_errors=True)

    def _config(self) -> str:
        found = repository.settings(self.common_dir, *_COPIED_SETTINGS)
        lines = "".join(
            f"\t{name.removeprefix('core.')} = {_value(value)}\n" for name, value in found.items()
        )
        return f"[core]\n\trepositoryformatversion = 0\n\tbare = false\n{lines}"

    def _write(self, name: str, text: str) -> None:
        """Replaces a file whole."""
        path = os.path.join(self.directory, name)
        with open(path + ".new", "w", encoding="utf-8", errors="surrogateescape") as file:
            file.write(text)
        os.replace(path + ".new", path)


def _value(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def _remove_if_there(path: str) -> None:
    try:
        os.unlink(path)
    except FileNotFoundError:
        return
