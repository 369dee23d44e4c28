"""Commits made from a parent and a list of changed entries, without any index or working tree.

`git fast-import` takes the whole of it in one child: names as bytes, files that become directories, the ref.
"""

from collections.abc import Mapping

from attrs import frozen

from boocode.adapters.git.program import GitProgram
from boocode.domain.changes import Entry


@frozen
class NewCommit:
    """`entries`: path → its entry in this commit, None = not there any more; all else is as in the parent."""

    parent: str
    entries: Mapping[bytes, Entry | None]
    message: str


async def write_commit(program: GitProgram, git_dir: str, ref: str, commit: NewCommit) -> str:
    """Writes the commit, sets `ref` to it and returns its id. The entries' blobs must be there already."""
    stream = b"".join(
        (
            b"feature done\n",
            b"commit %s\nmark :1\ncommitter BooCode <boocode@localhost> now\n" % ref.encode(),
            _data(commit.message.encode()),
            b"from %s\n" % commit.parent.encode(),
            # Deletions first: what was a file may have become a directory.
            *(b"D %s\n" % quoted(path) for path, entry in commit.entries.items() if entry is None),
            *(
                b"M %o %s %s\n" % (entry.mode, entry.blob.encode(), quoted(path))
                for path, entry in commit.entries.items()
                if entry is not None
            ),
            b"\nget-mark :1\ndone\n",
        )
    )
    output = await program.output(
        "fast-import",
        "--quiet",
        "--force",
        "--date-format=now",
        cwd=git_dir,
        env={"GIT_DIR": git_dir},
        stdin=stream,
    )
    return output.stdout.decode().strip()


def quoted(path: bytes) -> bytes:
    """A path in double quotes as git reads it: all but plain ASCII in octal."""
    return b'"' + b"".join(bytes([c]) if c in _PLAIN else b"\\%03o" % c for c in path) + b'"'


_PLAIN = frozenset(range(0x20, 0x7F)) - frozenset(b'"\\')


def _data(text: bytes) -> bytes:
    return b"data %d\n%s\n" % (len(text), text)
