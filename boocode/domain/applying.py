"""May this change be written into that project? Decided from what was found, before anything is touched.

A change is whole files: each of its steps takes one path from the bytes it was made from to its new ones.
The rule for a step, and all of a set's steps must pass:

    found equals the new state            nothing to do (applying twice, or finishing after a crash)
    found equals the state it came from   write
    anything else                         a conflict with a reason, and nothing at all is written

An executable bit that the change does not alter is the project's own and is left as found.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, TypeAlias

from attrs import field, frozen

from boocode.domain.changes import EXECUTABLE, FILE, GITLINK, SYMLINK, Entry

Reason: TypeAlias = Literal[
    "changed",
    "deleted",
    "exists",
    "is a directory",
    "not a regular file",
    "parent is a symbolic link",
    "parent is not a directory",
    "outside the project",
    "inside .git",
    "a nested repository",
    "changed twice in one set",
]
"""Why a file cannot be applied; part of the contract with clients."""


@frozen
class Step:
    """One path from `before` to `after`; None = no such file."""

    path: bytes
    before: Entry | None
    after: Entry | None


def deleted_by(steps: Iterable[Step]) -> tuple[bytes, ...]:
    """The paths at which nothing is after the steps."""
    return tuple(step.path for step in steps if step.after is None)


@frozen
class Found:
    """What the project has at a path. `blob` is the object id of the raw bytes (of a symlink: of its target)."""

    kind: Literal["missing", "file", "symlink", "directory", "other", "behind symlink", "behind file"]
    executable: bool = False
    blob: str | None = None
    equivalent: frozenset[str] = field(default=frozenset())
    """Further object ids that are the same content to git's filters (line endings converted at checkout)."""
    obstacle: bytes | None = None
    """For what is `behind` something: the path of the symlink or file that stands where a directory should."""
    inside: tuple[bytes, ...] = ()
    """For a directory: the paths of all that is in it but directories."""

    @property
    def entry(self) -> Entry | None:
        """The raw bytes with their mode, as git would store them untouched; None when there is no file or symlink."""
        if self.blob is None:
            return None
        if self.kind == "symlink":
            return Entry(SYMLINK, self.blob)
        return Entry(EXECUTABLE if self.executable else FILE, self.blob)

    def holds(self, entry: Entry) -> bool:
        """Whether this is the entry's content and kind, the executable bit aside."""
        if self.kind != ("symlink" if entry.mode == SYMLINK else "file"):
            return False
        return entry.blob == self.blob or entry.blob in self.equivalent


def steps_of(old_path: bytes | None, path: bytes, old: Entry | None, new: Entry | None) -> tuple[Step, ...]:
    """The steps of one change: two for a rename, else one."""
    if old_path is None or old_path == path:
        return (Step(path, old, new),)
    return (Step(old_path, old, None), Step(path, None, new))


def refused_before_looking(steps: Sequence[Step]) -> dict[bytes, Reason]:
    """What no project's state could make right: paths that lead out or into `.git`, foreign repositories."""
    times = Counter(step.path for step in steps)
    refused: dict[bytes, Reason] = {}
    for step in steps:
        if (reason := _path_problem(step.path)) is not None:
            refused[step.path] = reason
        elif times[step.path] > 1:
            refused[step.path] = "changed twice in one set"
        elif any(entry is not None and entry.mode == GITLINK for entry in (step.before, step.after)):
            refused[step.path] = "a nested repository"
    return refused


@frozen
class Verdict:
    """All steps judged: what to write, or why nothing may be."""

    writes: tuple[Step, ...]
    conflicts: tuple[tuple[bytes, Reason], ...]


def judge_all(steps: Sequence[Step], found: Mapping[bytes, Found]) -> Verdict:
    """Judges a set that passed `refused_before_looking`, against what was found at each of its paths."""
    deleted = frozenset(deleted_by(steps))
    arriving = frozenset(step.path for step in steps if step.after is not None)
    writes: list[Step] = []
    conflicts: list[tuple[bytes, Reason]] = []
    for step in steps:
        made_way = step.after is None and _made_way(step.path, arriving, found[step.path])
        verdict = "done" if made_way else judge(step, found[step.path], deleted)
        if verdict == "write":
            writes.append(step)
        elif verdict != "done":
            conflicts.append((step.path, verdict))
    return Verdict(tuple(writes), tuple(conflicts))


def _made_way(path: bytes, arriving: frozenset[bytes], found: Found) -> bool:
    """Whether the deleted file is gone already for what arrives, as an exchange that was cut off leaves it: it has
    become a directory of arriving files with nothing else in it, or one of its parents has become a symlink that
    arrives (were it another one, that one's own step would conflict)."""
    if found.kind == "behind symlink":
        return found.obstacle in arriving
    if found.kind != "directory" or not arriving.issuperset(found.inside):
        return False
    return any(each.startswith(path + b"/") for each in arriving)


def judge(step: Step, found: Found, deleted: frozenset[bytes]) -> Literal["write", "done"] | Reason:
    """One step of a set that deletes the paths `deleted`."""
    if step.after is None:
        return _judge_deletion(step, found)
    match found.kind:
        case "behind symlink" | "behind file" if found.obstacle not in deleted:
            is_link = found.kind == "behind symlink"
            return "parent is a symbolic link" if is_link else "parent is not a directory"
        case "missing" | "behind symlink" | "behind file":
            return "write" if step.before is None else "deleted"
        case "directory":
            vanishes = step.before is None and deleted.issuperset(found.inside)
            return "write" if vanishes else "is a directory"
        case "other":
            return "not a regular file"
        case "file" | "symlink":
            return _judge_content(step, found, step.after)


def _judge_content(step: Step, found: Found, after: Entry) -> Literal["write", "done"] | Reason:
    arrived = found.holds(after)
    if arrived and found.executable == wanted_executable(step, found):
        return "done"
    if step.before is None:
        return "exists"
    return "write" if arrived or found.holds(step.before) else "changed"


def _judge_deletion(step: Step, found: Found) -> Literal["write", "done"] | Reason:
    match found.kind:
        case "missing" | "behind file":
            return "done"
        case "behind symlink":
            return "parent is a symbolic link"
        case "directory":
            return "is a directory"
        case "other":
            return "not a regular file"
        case "file" | "symlink":
            held = step.before is not None and found.holds(step.before)
            return "write" if held else "changed"


def entry_after(step: Step, found: Found) -> Entry | None:
    """What stands at the path once the step is done to what was found there."""
    if step.after is None or step.after.mode == SYMLINK:
        return step.after
    return Entry(EXECUTABLE if wanted_executable(step, found) else FILE, step.after.blob)


def found_after(entry: Entry | None) -> Found:
    """What will be found where this entry was written."""
    if entry is None:
        return Found("missing")
    kind: Literal["symlink", "file"] = "symlink" if entry.mode == SYMLINK else "file"
    return Found(kind, executable=entry.mode == EXECUTABLE, blob=entry.blob)


def wanted_executable(step: Step, found: Found) -> bool:
    """The executable bit after the step: the change's own if it alters it, else the one found."""
    if step.after is None or step.after.mode == SYMLINK:
        return False
    after = step.after.mode == EXECUTABLE
    if step.before is None or step.before.mode == SYMLINK or found.kind != "file":
        return after
    before = step.before.mode == EXECUTABLE
    return after if before != after else found.executable


def _path_problem(path: bytes) -> Reason | None:
    parts = path.split(b"/")
    if not path or b"\0" in path or any(part in (b"", b".", b"..") for part in parts):
        return "outside the project"
    # `.GIT` is git's own directory on a file system that ignores case, and git refuses it everywhere.
    if any(part.lower() == b".git" for part in parts):
        return "inside .git"
    return None
