"""Which files does going back to a checkpoint touch, and may they be? Decided from trees and from what was found.

Two trees are given: the captured state `now` and the checkpoint `target`. A path that differs is one Step.

    left out of either tree (too large, or in another repository)   kept: it was never ours to write or delete
    only in now, and an ignored file by the target's own rules      kept
    only in now                                                     deleted
    anything else                                                   written

Then each step is judged by what the disk has. That is stricter than for applying (see applying.py): executable
bits count, and only exactly the state `now` may be overwritten.

    found equals target     nothing to do (restoring twice, or finishing after a crash)
    found equals now        write or delete
    anything else           a conflict, and nothing at all is touched
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Literal

from attrs import field, frozen

from boocode.domain.applying import Found, Reason, Step, Verdict
from boocode.domain.changes import EXECUTABLE, SYMLINK, ChangeFormatError, Entry, read_entry


def parse_tree_diff(output: bytes) -> tuple[Step, ...]:
    """Steps from `git diff-tree -r -z --raw --no-renames A B`, in git's order. Raises ChangeFormatError."""
    fields = output.split(b"\0")
    try:
        return tuple(_step(*pair) for pair in zip(fields[0:-1:2], fields[1:-1:2], strict=True))
    except ValueError as error:
        raise ChangeFormatError(f"Git's diff of two trees does not read as asked for: {error!r}.") from error


def _step(record: bytes, path: bytes) -> Step:
    old_mode, new_mode, old_blob, new_blob, _ = record.removeprefix(b":").split(b" ")
    return Step(path, read_entry(old_mode, old_blob), read_entry(new_mode, new_blob))


@frozen
class Outside:
    """What a checkpoint left out: single paths, and nested repositories with all that is below them."""

    paths: frozenset[bytes] = field(default=frozenset())
    repositories: frozenset[bytes] = field(default=frozenset())

    def holder(self, step: Step) -> bytes | None:
        """What keeps this step from being taken; None = nothing.

        A file that both states hold is tracked in spite of the repository around it.
        """
        if step.path in self.paths or step.path in self.repositories:
            return step.path
        if not self.repositories or (step.before is not None and step.after is not None):
            return None
        return next((parent for parent in parents(step.path) if parent in self.repositories), None)


@frozen
class Decision:
    """The steps to take; what is kept of the rest, and why."""

    steps: tuple[Step, ...]
    kept_then: frozenset[bytes]
    """What the target left out and now stands in the way of a step."""
    kept_ignored: tuple[bytes, ...]


def decide(steps: Iterable[Step], now: Outside, then: Outside, ignored: Collection[bytes]) -> Decision:
    """`ignored`: of the paths that only `now` has, those that the target's rules ignore."""
    taken: list[Step] = []
    kept_then: set[bytes] = set()
    kept_ignored: list[bytes] = []
    for step in steps:
        if now.holder(step) is not None:
            continue
        if (holder := then.holder(step)) is not None:
            kept_then.add(holder)
        elif step.after is None and step.path in ignored:
            kept_ignored.append(step.path)
        else:
            taken.append(step)
    return Decision(tuple(taken), frozenset(kept_then), tuple(kept_ignored))


def parents(path: bytes) -> Iterator[bytes]:
    """The directories above a path, innermost first, the root left out."""
    while b"/" in path:
        path = path.rpartition(b"/")[0]
        yield path


def judge_restore(steps: Sequence[Step], found: Mapping[bytes, Found], *, trust_modes: bool) -> Verdict:
    """Judges steps against what was found at each of their paths. `trust_modes`: the file system has executable
    bits of its own."""
    judge = _Judge(
        deleted=frozenset(step.path for step in steps if step.after is None),
        arriving=frozenset(step.path for step in steps if step.after is not None),
        directories=frozenset(p for step in steps if step.after is not None for p in parents(step.path)),
        trust_modes=trust_modes,
    )
    writes: list[Step] = []
    conflicts: list[tuple[bytes, Reason]] = []
    for step in steps:
        verdict = judge.judge(step, found[step.path])
        if verdict == "write":
            writes.append(step)
        elif verdict != "done":
            conflicts.append((step.path, verdict))
    return Verdict(tuple(writes), tuple(conflicts))


_Judged = Literal["write", "done"] | Reason


@frozen
class _Judge:
    deleted: frozenset[bytes]
    arriving: frozenset[bytes]
    directories: frozenset[bytes]
    """What has to be a directory in the target."""
    trust_modes: bool

    def judge(self, step: Step, found: Found) -> _Judged:
        return self._deletion(step, found) if step.after is None else self._arrival(step, found)

    def _arrival(self, step: Step, found: Found) -> _Judged:
        match found.kind:
            case "file" | "symlink":
                if self._is(found, step.after):
                    return "done"
                if self._is(found, step.before):
                    return "write"
                return "exists" if step.before is None else "changed"
            case "behind symlink" | "behind file" if found.obstacle not in self.deleted:
                return _obstructed(found)
            case "missing" | "behind symlink" | "behind file":
                return "write" if step.before is None else "deleted"
            case "directory":
                vanishes = step.before is None and self.deleted.issuperset(found.inside)
                return "write" if vanishes else "is a directory"
            case "other":
                return "not a regular file"

    def _deletion(self, step: Step, found: Found) -> _Judged:
        match found.kind:
            case "file" | "symlink":
                return "write" if self._is(found, step.before) else "changed"
            case "missing":
                return "done"
            case "behind symlink" | "behind file":
                # What stands there is the target's own already, or is judged by its own step.
                return "done" if found.obstacle in self.arriving else _obstructed(found)
            case "directory":
                return "done" if step.path in self.directories else "is a directory"
            case "other":
                return "not a regular file"

    def _is(self, found: Found, entry: Entry | None) -> bool:
        if entry is None or not found.holds(entry):
            return False
        if entry.mode == SYMLINK or not self.trust_modes:
            return True
        return found.executable == (entry.mode == EXECUTABLE)


def _obstructed(found: Found) -> Reason:
    return "parent is a symbolic link" if found.kind == "behind symlink" else "parent is not a directory"
