"""A worktree's files as a git tree, through an index that is kept from one checkpoint to the next.

    ls-files --others, diff-files   what may have changed since the last time, by the files' times
    a look at each of those         see checkpoint_files.py
    update-index                    their bytes, as they are, into the project's objects
    write-tree                      the tree

The index lies in the shadow (see shadow.py) and holds raw bytes, so it is never a copy of the worktree's own.
That one is only asked for names: what git tracks belongs to a checkpoint even where rules ignore it.
What the index happens to hold from an earlier time decides nothing: ignored files go out of it again, and so
does what lies in a repository of its own by now.
"""

import os

from attrs import frozen

from boocode.adapters.git.checkpoint_files import Names, nested_repositories, sort_out
from boocode.adapters.git.program import DURABLE, GitFailed, GitProgram
from boocode.adapters.git.shadow import Shadow
from boocode.adapters.git.threads import Threads
from boocode.adapters.git.together import all_of
from boocode.domain.pathnames import show_path
from boocode.ports.checkpoints import LeftOut

INDEX = "checkpoint-index"

_ANY_NAME = ("-c", "core.protectNTFS=false", "-c", "core.protectHFS=false")
"""Names that other systems could not have are names here."""

_NO_ENTRY = b"0 " + b"0" * 40 + b"\t"
_IGNORED = ("--cached", "--ignored", "--exclude-standard")


@frozen
class Taken:
    tree: str
    left_out: tuple[LeftOut, ...]
    lacks_like: bool
    """Some paths of the commit `like` are not there, not even as ignored files."""


@frozen
class CheckpointIndex:
    """The index of one worktree. `registration`: where git keeps the worktree's own."""

    program: GitProgram
    threads: Threads
    shadow: Shadow
    registration: str
    max_file_bytes: int

    async def take(self, like: str | None) -> Taken:
        """The tree of all files now. `like`: a commit whose paths belong to it though rules ignore them.

        Raises GitFailed and OSError, for a file that goes while it is read or that cannot be read.
        """
        await self.threads.run(self._prepare)
        names = await self._names(like)
        nested = await self.threads.run(nested_repositories, self.shadow.worktree, names)
        tracked = frozenset(await self._listed("ls-files", "-z", real=True)) if nested else frozenset()
        sorted_out = await self.threads.run(
            sort_out, self.shadow.worktree, self.max_file_bytes, names, nested, tracked
        )
        if gone := sorted_out.gone:
            await self._update("--index-info", stdin=b"".join(_NO_ENTRY + path + b"\0" for path in gone))
        if files := sorted_out.files:
            stdin = b"".join(path + b"\0" for path in files)
            await self._update("--add", "--remove", "--replace", "--stdin", stdin=stdin)
        [tree] = (await self._output(*DURABLE, "write-tree")).split()
        listed = sorted(sorted_out.left_out.items())
        return Taken(
            tree=tree.decode(),
            left_out=tuple(LeftOut(show_path(path), reason) for path, reason in listed),
            lacks_like=not set(names.held).difference(gone).union(files).issuperset(names.like),
        )

    async def ignored_directories(self) -> tuple[bytes, ...]:
        """Those that match a rule themselves and hold nothing that this index has, without a slash at the end."""
        listed = await self._listed(
            *("--no-optional-locks", "status", "--porcelain", "-z", "--no-renames"),
            *("--ignored=matching", "--untracked-files=all"),
        )
        return tuple(entry[3:-1] for entry in listed if entry.startswith(b"!! ") and entry.endswith(b"/"))

    async def forget(self) -> None:
        """Lets the next `take` begin anew: it reads every file."""
        await self.threads.run(_unlink, self._path)

    @property
    def _path(self) -> str:
        return os.path.join(self.shadow.directory, INDEX)

    def _prepare(self) -> None:
        self.shadow.prepare()
        _unlink(self._path + ".lock")

    async def _names(self, like: str | None) -> Names:
        async def like_names() -> list[bytes]:
            return [] if like is None else await self._listed("ls-tree", "-r", "-z", "--name-only", like)

        return Names(
            *await all_of(
                lambda: self._listed("ls-files", "-z", "--others", "--exclude-standard"),
                lambda: self._listed("diff-files", "-z", "--name-only", "--ignore-submodules"),
                lambda: self._listed("ls-files", "-z"),
                lambda: self._listed("ls-files", "-z", *_IGNORED),
                lambda: self._listed("ls-files", "-z", *_IGNORED, real=True),
                like_names,
            )
        )

    async def _listed(self, *arguments: str, real: bool = False) -> list[bytes]:
        return (await self._output(*arguments, real=real)).split(b"\0")[:-1]

    async def _output(self, *arguments: str, real: bool = False) -> bytes:
        """`real`: of the worktree's own index."""
        environment = self._real_environment() if real else self._environment()
        output = await self.program.output(*arguments, cwd=self.shadow.worktree, env=environment)
        if b"could not open directory" in output.stderr or (output.stderr and "diff-files" in arguments):
            # Git goes on without what it cannot read; a checkpoint must not.
            raise GitFailed(" ".join(arguments), 0, output.stderr.decode(errors="replace"))
        return output.stdout

    async def _update(self, *arguments: str, stdin: bytes) -> None:
        await self.program.output(
            *(*_ANY_NAME, *DURABLE, "update-index", "-z", *arguments),
            cwd=self.shadow.worktree,
            env=self._environment(),
            stdin=stdin,
        )

    def _environment(self) -> dict[str, str]:
        return {**self.shadow.environment(), "GIT_INDEX_FILE": self._path}

    def _real_environment(self) -> dict[str, str]:
        return {"GIT_DIR": self.registration, "GIT_WORK_TREE": self.shadow.worktree}


def _unlink(path: str) -> None:
    try:
        os.unlink(path)
    except FileNotFoundError:
        return
