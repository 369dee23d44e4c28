"""What changed between two states of a directory tree: git's answers read, as values.

Two of git's formats are read here and nothing is run: `status --porcelain=v2 -z` (which files may differ)
and `diff-tree -r -M -z --raw --numstat -p` (how two trees differ). Paths are bytes, as git has them.
"""

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Literal, TypeAlias

from attrs import frozen

ChangeOp: TypeAlias = Literal["create", "edit", "delete", "rename", "chmod"]

FILE, EXECUTABLE, SYMLINK, GITLINK = 0o100644, 0o100755, 0o120000, 0o160000
"""The modes that git knows for what a tree names; GITLINK is another repository's commit."""

MAX_DIFF_BYTES = 1_000_000
"""How much of one file's diff text is kept for people; what is applied never depends on it."""

CUT_NOTE = "\\ BooCode: the rest of this diff is too long to be shown.\n"
UNSHOWN_NOTE = "\\ BooCode: this change is too large to be shown as a diff.\n"


class ChangeFormatError(ValueError):
    """Git's answer does not read as the format that was asked for."""


@frozen
class Entry:
    """A file in a tree: its git mode, and the object id of its bytes (40 hex digits)."""

    mode: int
    blob: str


@frozen
class Candidate:
    """A path that may differ from the base; `base` None = not there, `mode` None = look at the disk, 0 = gone."""

    path: bytes
    base: Entry | None
    mode: int | None


@frozen
class FileChange:
    """One change of one file, with a diff text for people. `diff` may be cut, and is no patch to apply."""

    path: bytes
    old_path: bytes | None
    op: ChangeOp
    old: Entry | None
    new: Entry | None
    binary: bool
    additions: int
    deletions: int
    diff: str


def parse_status(output: bytes) -> tuple[Candidate, ...]:
    """Candidates from `git status --porcelain=v2 -z --untracked-files=all --no-renames`.

    An untracked nested repository ends with a slash, as git writes it.
    """
    found = []
    for record in output.split(b"\0"):
        match record[:2]:
            case b"":
                continue
            case b"1 ":
                _, _, _, _, index_mode, worktree_mode, _, index_blob, path = record.split(b" ", 8)
                mode = int(index_mode, 8)
                base = Entry(mode, index_blob.decode()) if mode else None
                found.append(Candidate(path, base, int(worktree_mode, 8)))
            case b"? ":
                found.append(Candidate(record[2:], None, None))
            case _:
                raise ChangeFormatError(f"Asked git for its status, got the record {record[:80]!r}.")
    return tuple(found)


def parse_diff(
    output: bytes, *, truncated: bool = False, limit: int = MAX_DIFF_BYTES
) -> tuple[FileChange, ...]:
    """Changes from `git diff-tree -r -M -z --raw --numstat -p --no-commit-id A B`, in git's order.

    `truncated`: the output was cut somewhere in the patches; files without a whole one get a note instead.
    Raises ChangeFormatError.
    """
    if not output:
        return ()
    head, separator, patches = output.partition(b"\0\0")
    if not separator:
        raise ChangeFormatError("Asked git for a diff with patches, got none.")
    fields = head.split(b"\0")
    try:
        records, rest = _raw_records(fields)
        counts = _counts(rest)
        chunks = _patch_chunks(patches, truncated)
        return tuple(_change(record, counts, chunks, truncated, limit) for record in records)
    except (IndexError, KeyError, ValueError) as error:
        raise ChangeFormatError(f"Git's diff does not read as what was asked for: {error!r}.") from error


@frozen
class _Raw:
    status: bytes
    old: Entry | None
    new: Entry | None
    old_path: bytes | None
    path: bytes


def _raw_records(fields: list[bytes]) -> tuple[list[_Raw], list[bytes]]:
    """The raw records at the front, and the fields that follow them."""
    records = []
    at = 0
    while at < len(fields) and fields[at].startswith(b":"):
        old_mode, new_mode, old_blob, new_blob, status = fields[at][1:].split(b" ")
        paths = 2 if status[:1] == b"R" else 1
        records.append(
            _Raw(
                status=status[:1],
                old=read_entry(old_mode, old_blob),
                new=read_entry(new_mode, new_blob),
                old_path=fields[at + 1] if paths == 2 else None,
                path=fields[at + paths],
            )
        )
        at += 1 + paths
    return records, fields[at:]


def read_entry(mode: bytes, blob: bytes) -> Entry | None:
    """From one side of git's raw diff; None: no such file on that side."""
    return Entry(int(mode, 8), blob.decode()) if int(mode, 8) else None


def _counts(fields: list[bytes]) -> dict[bytes, tuple[bytes, bytes]]:
    """Path → (lines added, lines deleted), both `-` for a binary file."""
    counts = {}
    at = 0
    while at < len(fields):
        added, deleted, path = fields[at].split(b"\t", 2)
        renamed = not path
        counts[fields[at + 2] if renamed else path] = (added, deleted)
        at += 3 if renamed else 1
    return counts


def _patch_chunks(patches: bytes, truncated: bool) -> Iterator[bytes]:
    """The whole patches one by one. No line of a patch's content can begin with `diff --git`."""
    start = 0
    while start < len(patches):
        end = patches.find(b"\ndiff --git ", start)
        if end < 0 and truncated:
            return
        end = len(patches) if end < 0 else end + 1
        yield patches[start:end]
        start = end


def _change(
    raw: _Raw,
    counts: Mapping[bytes, tuple[bytes, bytes]],
    chunks: Iterator[bytes],
    truncated: bool,
    limit: int,
) -> FileChange:
    added, deleted = counts[raw.path]
    binary = added == b"-"
    return FileChange(
        path=raw.path,
        old_path=raw.old_path,
        op=_op(raw),
        old=raw.old,
        new=raw.new,
        binary=binary,
        additions=0 if binary else int(added),
        deletions=0 if binary else int(deleted),
        diff=_shown(_patch_of(raw, chunks, truncated), limit),
    )


def _op(raw: _Raw) -> ChangeOp:
    if raw.status in (b"M", b"T"):
        return "chmod" if raw.old and raw.new and raw.old.blob == raw.new.blob else "edit"
    return _OPS[raw.status]


_OPS: Mapping[bytes, ChangeOp] = {b"A": "create", b"D": "delete", b"R": "rename"}


def _patch_of(raw: _Raw, chunks: Iterator[bytes], truncated: bool) -> bytes | None:
    """The patch of one record; None when the output was cut before its end.

    A change of type (file to symlink) is written as two patches, a deletion and a creation.
    """
    expected = 2 if raw.status == b"T" else 1
    parts = list(islice(chunks, expected))
    if len(parts) == expected:
        return b"".join(parts)
    if not truncated:
        raise ValueError(f"no patch for {raw.path!r}")
    return None


def _shown(patch: bytes | None, limit: int) -> str:
    """Diff text that any database takes: no NUL, no broken UTF-8, not longer than the limit."""
    if patch is None:
        return UNSHOWN_NOTE
    note = ""
    if len(patch) > limit:
        patch = patch[: patch.rfind(b"\n", 0, limit) + 1]
        note = CUT_NOTE
    return patch.decode(errors="backslashreplace").replace("\0", "\N{SYMBOL FOR NULL}") + note
