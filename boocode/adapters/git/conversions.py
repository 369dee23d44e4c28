"""What a file of the base looks like in a checkout, where git converts it: line endings, ident, filters.

The agent's bytes are taken as they are, so they must be compared with the base as it was checked out, not
with the base as it is stored; else an edit of one line of a CRLF file would show every line as changed.
Git itself is asked which paths it converts and to write these out. The rules are those of the base: an
attribute file that the agent has changed since does not count.
"""

import os
import shutil
from collections.abc import Mapping

from attrs import evolve, frozen

from boocode.adapters.git import repository
from boocode.adapters.git.hashing import hash_files
from boocode.adapters.git.program import GitProgram
from boocode.adapters.git.repository import Located
from boocode.adapters.git.shadow import Shadow
from boocode.adapters.git.threads import Threads
from boocode.domain.changes import EXECUTABLE, FILE, Entry

_ATTRIBUTES = ("text", "eol", "crlf", "ident", "filter", "working-tree-encoding")
_NO_VALUE = (b"unspecified", b"unset")


@frozen
class Checkout:
    """Asks git about one worktree: `registration` has the configuration that its checkout was made with."""

    program: GitProgram
    threads: Threads
    shadow: Shadow
    registration: str
    located: Located

    async def as_checked_out(self, entries: Mapping[bytes, Entry]) -> dict[bytes, Entry]:
        """The entries with the blobs of their checked-out bytes; the same where git converts nothing."""
        files = [path for path, entry in entries.items() if entry.mode in (FILE, EXECUTABLE)]
        converted = await self._converted(files) if files else []
        if not converted:
            return dict(entries)
        scratch = await self.threads.run(self.shadow.make_scratch)
        try:
            index = self.shadow.index
            blobs = await written_out(
                self.program, self.threads, self.registration, index, converted, scratch
            )
        finally:
            await self.threads.run(shutil.rmtree, scratch)
        return {path: evolve(entry, blob=blobs.get(path, entry.blob)) for path, entry in entries.items()}

    async def _converted(self, paths: list[bytes]) -> list[bytes]:
        """Those of the paths that git may convert at a checkout."""
        found = await self.threads.run(repository.settings, self.located.common_dir, "core.autocrlf")
        if found.get("core.autocrlf", "").lower() in ("true", "yes", "on", "1"):
            return paths
        output = await self.program.output(
            *("check-attr", "--cached", "-z", "--stdin", *_ATTRIBUTES),
            cwd=self.shadow.directory,
            env=self._environment(self.shadow.directory),
            stdin=b"".join(path + b"\0" for path in paths),
        )
        fields = output.stdout.split(b"\0")
        return list(
            dict.fromkeys(
                p for p, value in zip(fields[0::3], fields[2::3], strict=False) if value not in _NO_VALUE
            )
        )

    def _environment(self, work_tree: str) -> dict[str, str]:
        return _environment(self.registration, work_tree, self.shadow.index)


async def written_out(
    program: GitProgram, threads: Threads, registration: str, index: str, paths: list[bytes], scratch: str
) -> dict[bytes, str]:
    """Path → object id of its bytes in a checkout of that index; without those that git could not write out, because
    a filter's tool is missing. `scratch`: an empty directory, but for the index perhaps."""
    environment = _environment(registration, scratch, index)
    await program.output(
        *("checkout-index", "--quiet", "--force", "-z", "--stdin", "--prefix=out/"),
        cwd=scratch,
        env=environment,
        stdin=b"".join(path + b"\0" for path in paths),
        accept=(0, 1, 128),
    )
    written = os.path.join(scratch, "out")
    present = await threads.run(_present, written, paths)
    return await hash_files(program, present, cwd=written, env=environment)


def _environment(registration: str, work_tree: str, index: str) -> dict[str, str]:
    """An empty working tree: git then reads the attribute files of the index."""
    return {"GIT_DIR": registration, "GIT_WORK_TREE": work_tree, "GIT_INDEX_FILE": index}


def _present(directory: str, paths: list[bytes]) -> list[bytes]:
    root = os.fsencode(directory)
    return [path for path in paths if os.path.isfile(os.path.join(root, path))]
