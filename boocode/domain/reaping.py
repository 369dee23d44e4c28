"""Whether a worktree without a session may go. Pure: from what a look found to a verdict.

    a look at an orphan finds                          verdict
    -------------------------------------------------  ---------------------------------
    its session went less than the grace ago           Wait
    something would be lost, or it cannot be told      Keep, with the reasons in words
    nothing would be lost, for the first time          Condemn
    nothing would be lost, and it was condemned        Reap
    before, at an earlier look

What cannot be looked at is never clean. A condemned one in which something is found again is kept, and its grace
begins anew with the next look that finds nothing.
"""

from typing import Literal, TypeAlias

from attrs import field, frozen

Directory: TypeAlias = Literal["there", "gone", "half made"]


@frozen
class Risks:
    """What would be lost with a worktree, or speaks against touching it. Counts are of files and commits."""

    directory: Directory = "there"
    has_repository: bool = True
    """False: it went together with its repository; there is nothing left that could keep anything."""
    changed: int = 0
    """Tracked files whose bytes are neither those of HEAD nor such as were applied to the project."""
    untracked: int = 0
    unpushed: int = 0
    """Commits of its HEAD and of its branch that no other branch, tag or remote has."""
    busy: str | None = None
    """What git is in the middle of there: `a rebase`."""
    locked: str | None = None
    """Somebody told git to keep it: the reason that was given, perhaps empty."""
    submodules: bool = False
    """Repositories of submodules lie in git's directory of the worktree, and would go with it."""
    at_work: tuple[str, ...] = field(default=())
    """Programs whose working directory is in it."""
    trouble: str | None = None
    """Why it could not be looked at."""

    @property
    def words(self) -> str | None:
        """Why it is kept, for people; None: nothing would be lost."""
        if self.trouble is not None:
            return f"it could not be looked at: {self.trouble}"
        if self.directory == "half made":
            return None  # nobody was let in yet
        parts = [
            *_count(self.changed, "changed file", "changed files"),
            *_count(self.untracked, "untracked file", "untracked files"),
            *_count(self.unpushed, "commit that is nowhere else", "commits that are nowhere else"),
        ]
        if self.submodules:
            parts.append("the repositories of its submodules")
        if self.busy is not None:
            parts.append(f"{self.busy} that is not over")
        if self.locked is not None:
            parts.append(f"a lock{': ' + self.locked if self.locked else ''}")
        if self.at_work:
            parts.append(f"{', '.join(self.at_work)} at work in it")
        return ", ".join(parts) or None


@frozen
class Orphan:
    """A worktree without a session, as the store knows it. Times are seconds since 1970."""

    orphaned_at: float
    condemned_at: float | None


@frozen
class Wait:
    """Its grace is not over."""

    for_s: float


@frozen
class Keep:
    why: str


@frozen
class Condemn:
    """It goes at a later look that finds the same."""


@frozen
class Reap:
    """It goes now, after everything in it was kept by a ref."""


Verdict: TypeAlias = Keep | Condemn | Reap


def grace_left(orphan: Orphan, now: float, grace_s: float) -> Wait | None:
    """None: it may be looked at."""
    left = orphan.orphaned_at + grace_s - now
    return Wait(left) if left > 0 else None


def judge(orphan: Orphan, risks: Risks) -> Verdict:
    """Of an orphan whose grace is over."""
    why = risks.words
    if why is not None:
        return Keep(why)
    return Condemn() if orphan.condemned_at is None else Reap()


def _count(number: int, one: str, many: str) -> tuple[str, ...]:
    return () if not number else (f"{number} {one if number == 1 else many}",)
