"""How two texts differ, line by line, as git says it of any two files; nothing of a repository is asked."""

import os
import tempfile

from boocode.adapters.git.program import GitProgram
from boocode.adapters.git.threads import Threads
from boocode.domain.hunks import ShownDiff, read_diff

_DIFF = (
    *("diff", "--no-index", "--text", "--no-ext-diff", "--no-textconv", "--no-color", "--unified=3"),
    *("--inter-hunk-context=0", "--diff-algorithm=myers", "--indent-heuristic", "--", "old", "new"),
)


async def line_diff(program: GitProgram, threads: Threads, old: bytes, new: bytes) -> ShownDiff:
    """The hunks that lead from one to the other; the header names no file that anybody knows."""
    with tempfile.TemporaryDirectory(prefix="boocode-diff-") as directory:
        await threads.run(_write, directory, old, new)
        output = await program.output(
            *_DIFF,
            cwd=directory,
            env={"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CEILING_DIRECTORIES": os.path.dirname(directory)},
            accept=(0, 1),
        )
    shown = read_diff(output.stdout.decode(errors="backslashreplace"))
    assert shown is not None, "git wrote a diff that is none"
    return shown


def _write(directory: str, old: bytes, new: bytes) -> None:
    for name, data in (("old", old), ("new", new)):
        with open(os.path.join(directory, name), "wb") as file:
            file.write(data)
