"""Commits made from a parent and a list of changed entries, without any index or working tree.

`git fast-import` takes the whole of it in one child: names as bytes, files that become directories, the ref.
"""

from collections.abc import Mapping, Sequence

from attrs import frozen

from boocode.adapters.git.program import DURABLE, GitProgram
from boocode.domain.changes import Entry


@frozen
class NewCommit:
    """`entries`: path → its entry in this commit, None = not there any more; all else is as in the parent."""

    parent: str
    entries: Mapping[bytes, Entry | None]
    message: str
    also_keeps: str | None = None
    """A commit that stays reachable through this one, as a second parent."""


async def write_commit(program: GitProgram, git_dir: str, ref: str, commit: NewCommit) -> str:
    """Writes the commit, sets `ref` to it and returns its id. The entries' blobs must be there already."""
    parts = (
        _commit(ref, commit.message),
        b"from %s\n" % commit.parent.encode(),
        b"" if commit.also_keeps is None else b"merge %s\n" % commit.also_keeps.encode(),
        # Deletions first: what was a file may have become a directory.
        *(b"D %s\n" % quoted(path) for path, entry in commit.entries.items() if entry is None),
        _entries(commit.entries),
        b"\nget-mark :1\n",
    )
    return (await _import(program, git_dir, b"".join(parts))).decode().strip()


@frozen
class Snapshot:
    """A commit with these entries and nothing else."""

    entries: Mapping[bytes, Entry]
    message: str


async def append_snapshots(
    program: GitProgram, git_dir: str, ref: str, tip: str | None, snapshots: Sequence[Snapshot]
) -> None:
    """Continues the chain of commits that `ref` names and whose last one is `tip`: what is in it stays reachable.
    It is on the disk when this returns."""
    parts = []
    for number, snapshot in enumerate(snapshots):
        parts.append(_commit(ref, snapshot.message))
        if number == 0 and tip is not None:
            parts.append(b"from %s\n" % tip.encode())
        parts += [b"deleteall\n", _entries(snapshot.entries), b"\n"]
    await _import(program, git_dir, b"".join(parts), *DURABLE)


def _commit(ref: str, message: str) -> bytes:
    head = b"commit %s\nmark :1\ncommitter BooCode <boocode@localhost> now\n" % ref.encode()
    return head + _data(message.encode())


def _entries(entries: Mapping[bytes, Entry | None] | Mapping[bytes, Entry]) -> bytes:
    return b"".join(
        b"M %o %s %s\n" % (entry.mode, entry.blob.encode(), quoted(path))
        for path, entry in entries.items()
        if entry is not None
    )


async def _import(program: GitProgram, git_dir: str, commands: bytes, *settings: str) -> bytes:
    output = await program.output(
        *settings,
        "fast-import",
        "--quiet",
        "--force",
        "--date-format=now",
        cwd=git_dir,
        env={"GIT_DIR": git_dir},
        stdin=b"feature done\n" + commands + b"done\n",
    )
    return output.stdout


def quoted(path: bytes) -> bytes:
    """A path in double quotes as git reads it: all but plain ASCII in octal."""
    return b'"' + b"".join(bytes([c]) if c in _PLAIN else b"\\%03o" % c for c in path) + b'"'


_PLAIN = frozenset(range(0x20, 0x7F)) - frozenset(b'"\\')


def _data(text: bytes) -> bytes:
    return b"data %d\n%s\n" % (len(text), text)
