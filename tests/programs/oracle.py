"""What may never happen between two pictures, whatever BooCode did or died of in between.

The one rule: content that was there when BooCode began to do something is there afterwards, in the project's or the
worktree's files, in an index, or in git: reachable from a ref, not merely an object that nobody has collected yet.
"""

from collections.abc import Mapping

from attrs import define, field, frozen

from tests.programs.pictures import Ground, Reachable, Tree, staged_blobs


class Loss(AssertionError):
    """BooCode did what it must not; str() says what is gone, or changed."""


@frozen
class Picture:
    """Everything of one program at one time."""

    project: Tree
    worktree: Tree
    ground: Ground
    outside: Tree
    project_staged: Mapping[str, bytes]
    worktree_staged: Mapping[str, bytes]
    worktree_head: bytes

    def blobs(self) -> dict[str, str]:
        """Content → where it is, for people."""
        found: dict[str, str] = {}
        for where, blobs in (
            ("worktree's index", self.worktree_staged),
            ("project's index", self.project_staged),
            ("worktree", self.worktree.blobs),
            ("project", self.project.blobs),
        ):
            found.update({blob: f"{where}: {path!r}" for blob, path in blobs.items() if blob})
        return found


@frozen
class Debt:
    """Content that BooCode took out of somebody's files."""

    where: str
    by: str
    """The operation that did."""


@define
class Oracle:
    reachable: Reachable
    _owed: dict[str, Debt] = field(factory=dict)

    def settle(
        self, by: str, before: Picture, after: Picture, *, may_go: frozenset[str] = frozenset()
    ) -> None:
        """Nothing is lost. `may_go`: what is documented not to be kept. Raises Loss."""
        there = before.blobs()
        present = set(after.blobs())
        kept = self.reachable.blobs()
        owed = {blob: f"{debt.where}, taken by {debt.by}" for blob, debt in self._owed.items()}
        wanted = {blob: where for blob, where in {**owed, **there}.items() if blob not in may_go}
        gone = [f"{where} ({blob[:10]})" for blob, where in wanted.items() if blob not in present | kept]
        if gone:
            raise Loss(f"content is gone: {'; '.join(gone)}")
        in_files = {*after.project.blobs, *after.worktree.blobs}
        taken = {blob for tree in (before.project, before.worktree) for blob in tree.blobs if blob}
        self._owed.update({blob: Debt(there[blob], by) for blob in taken - in_files - may_go})

    def forget(self, *by: str) -> None:
        """What these operations took is not owed any more: the time is over for which it is kept."""
        self._owed = {blob: debt for blob, debt in self._owed.items() if debt.by not in by}


def same_ground(before: Picture, after: Picture) -> None:
    """HEAD, index, branches, tags, stash and configuration of the project are the person's. Raises Loss."""
    for what in ("head", "index", "config", "stash_log", "refs"):
        was, is_ = getattr(before.ground, what), getattr(after.ground, what)
        if was != is_:
            raise Loss(f"the project's {what} changed: {was!r} → {is_!r}"[:1000])
    if before.outside != after.outside:
        raise Loss("something outside of project and worktree changed")


def same_tree(what: str, before: Tree, after: Tree) -> None:
    """Not a byte, mode or directory differs. Raises Loss."""
    changes = [
        f"{path!r}: {before.files.get(path)} → {after.files.get(path)}"
        for path in {*before.files, *after.files}
        if before.files.get(path) != after.files.get(path)
    ]
    changes += [
        f"{path!r}: {mode:o} → {after.permissions[path]:o}"
        for path, mode in before.permissions.items()
        if path in after.permissions and after.permissions[path] != mode
    ]
    changes += [f"directory {path!r}" for path in before.directories ^ after.directories]
    if changes:
        raise Loss(f"{what} changed: {'; '.join(sorted(changes)[:6])}")


def same_worktree_ground(before: Picture, after: Picture) -> None:
    """The worktree's HEAD and index. Raises Loss."""
    if before.worktree_head != after.worktree_head:
        raise Loss(f"the worktree's HEAD moved: {before.worktree_head!r} → {after.worktree_head!r}")
    if before.worktree_staged != after.worktree_staged:
        raise Loss("the worktree's index changed")


def staged(git_dir: str | None) -> Mapping[str, bytes]:
    return {} if git_dir is None else staged_blobs(git_dir)
