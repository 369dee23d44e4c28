"""A program, operation by operation: done, recovered from where BooCode died, and held against the oracle each time."""

import os
import random
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from attrs import define, field

from boocode.contracts.resources import Checkpoint, PendingChange
from boocode.kernel import Request
from boocode.ports.names import REAPER, WORKTREES
from boocode.ports.reaping import LookThrough
from boocode.ports.worktrees import (
    ApplyChanges,
    CaptureChanges,
    PreviewRestore,
    RecoverOperations,
    RejectChanges,
    RestoreCheckpoint,
    RewindChanges,
    StashWorktree,
    TakeCheckpoint,
)
from tests.programs import claims
from tests.programs.desk import Desk, Died, Refused
from tests.programs.hands import Hands
from tests.programs.operations import BOOCODE, Operation, Program
from tests.programs.oracle import Loss, Oracle, Picture, same_ground, same_tree, same_worktree_ground
from tests.programs.worker import LIMIT
from tests.programs.workplace import Workplace, git

_MAY_REFUSE = {
    "capture": ("no_worktree",),
    "checkpoint": ("no_worktree",),
    "restore": ("no_worktree", "restore_conflict"),
    "way_back": ("no_worktree", "restore_conflict"),
    "apply": ("conflict", "not_pending", "no_such_hunk"),
    "apply_hunks": ("conflict", "not_pending", "no_such_hunk"),
    "reject": ("not_pending", "no_such_hunk"),
    "rewind": ("conflict", "not_applied"),
    # An ignored file may stand where HEAD has a directory: it is not BooCode's to move.
    "stash": ("no_worktree", "restore_conflict", "stash_cut_off"),
}


@define
class Tally:
    """What programs did, over all of them: a run that never restores proves nothing about restores."""

    done: dict[str, int] = field(factory=dict)

    def count(self, what: str) -> None:
        self.done[what] = self.done.get(what, 0) + 1


@define
class Performance:
    place: Workplace
    oracle: Oracle
    tally: Tally
    tell: Callable[[str], None]
    is_deleted: bool = False

    @property
    def desk(self) -> Desk:
        return self.place.desk

    def perform(self, operation: Operation) -> None:
        """Raises Loss, Broken."""
        if operation.name in BOOCODE:
            self._ours(operation)
        else:
            self._theirs(operation)

    # people and agents

    def _theirs(self, operation: Operation) -> None:
        who, _, act = operation.name.partition("_")
        root = self.place.project if who == "user" else self.place.worktree
        if not os.path.isdir(root):
            return
        self.tally.count(operation.name)
        if act == "edit":
            for done in self._hands(who, root, operation).work():
                self.tell(f"    {done}")
        else:
            getattr(self, f"_{act}")(root, operation.choices())

    def _hands(self, who: str, root: str, operation: Operation) -> Hands:
        return Hands(
            os.fsencode(root),
            os.fsencode(self.place.outside),
            f"{who}-{operation.number}",
            operation.choices(),
            LIMIT,
        )

    def _commit(self, root: str, choose: random.Random) -> None:
        git(root, "add", "-A")
        git(root, "commit", "-q", "-m", f"Work {choose.random()}")

    def _stage(self, root: str, choose: random.Random) -> None:
        git(root, "add", "-u" if choose.random() < 0.5 else "-A")

    def _stash(self, root: str, choose: random.Random) -> None:
        if choose.random() < 0.3:
            git(root, "stash", "pop")
        else:
            git(root, "stash", "push", "-q", "-u")

    def _switch(self, root: str, choose: random.Random) -> None:
        if choose.random() < 0.5:
            git(root, "switch", "-q", "-c", f"side-{choose.randrange(5)}")
        else:
            git(root, "switch", "-q", *choose.choice((("main",), ("-",), ("--detach",))))

    def _merge(self, root: str, choose: random.Random) -> None:
        """A branch of the agent's comes to a branch of the person's; or it stays with its commits elsewhere."""
        branch = git(self.place.worktree, "rev-parse", "-q", "--verify", "HEAD").decode().strip()
        if branch:
            git(root, "branch", "-f", "taken-over", branch)

    def _gc(self, root: str, choose: random.Random) -> None:
        """At once: what no ref keeps is gone now, not in two weeks."""
        git(root, "gc", "-q", "--prune=now")

    def _ignore(self, root: str, choose: random.Random) -> None:
        """A new rule; sometimes for a file that is there, which is then written over: no checkpoint will have that."""
        path = Path(root, ".gitignore")
        if path.is_symlink() or path.is_dir():
            return
        rules = path.read_bytes() if path.exists() else b""
        path.unlink(missing_ok=True)
        more = choose.choice(
            (b"*.log\n", b"build/\n", b"*.py\n", b"notes*\n", b"/src/\n", b"data.bin*\n", b"!*.log\n")
        )
        untracked = self._plain_untracked(root)
        if untracked and choose.random() < 0.5:
            one = choose.choice(untracked)
            more = f"/{one.relative_to(root)}\n".encode()
            one.chmod(0o644)
            one.write_text(f"ignored {choose.random()}\n")
        path.write_bytes(more if choose.random() < 0.3 else rules + more)

    def _plain_untracked(self, root: str) -> list[Path]:
        """Files whose names stand for themselves in a rule."""
        listed = git(root, "ls-files", "--others", "--exclude-standard", "-z").split(b"\0")
        names = [name.decode() for name in listed if re.fullmatch(rb"[a-z./-]+", name)]
        return [
            path for path in (Path(root, name) for name in names) if path.is_file() and not path.is_symlink()
        ]

    def _twice(self, root: str, choose: random.Random) -> None:
        """Two edits of one file, far enough from each other to be two hunks."""
        path = Path(root, choose.choice(("app.py", "lib.py")))
        if path.is_symlink() or not path.is_file():
            return
        lines = path.read_bytes().split(b"\n")
        for at in (0, -2 if len(lines) > 1 else 0):
            lines[at] = f"twice {choose.random()}".encode()
        path.unlink()
        path.write_bytes(b"\n".join(lines))

    def _nest(self, root: str, choose: random.Random) -> None:
        inner = Path(root, f"nested-{choose.randrange(3)}")
        if os.path.lexists(inner):
            return
        inner.mkdir()
        git(str(inner), "init", "-q", "--template=")
        (inner / "inside.txt").write_text(f"inside {choose.random()}\n")
        if choose.random() < 0.5:
            self._commit(str(inner), choose)

    # BooCode

    def _ours(self, operation: Operation) -> None:
        act = getattr(self, f"_do_{operation.name}")
        if self.is_deleted and operation.name not in ("reap", "delete"):
            return
        act(operation, operation.choices())

    def _asked(
        self,
        operation: Operation,
        request: Request[Any],
        may_go: frozenset[str] = frozenset(),
        to: str = WORKTREES,
    ) -> "_Outcome":
        """Asks, recovers where BooCode died, and checks what holds for every operation."""
        before = self.place.picture()
        outcome = _Outcome(before, before)
        try:
            outcome.answer = self.desk.ask(request, crash=operation.crash, to=to)
        except Refused as refused:
            if refused.code not in _MAY_REFUSE.get(operation.name, ()):
                raise Loss(f"refused with {refused.code}: {refused.words}") from None
            outcome.refused = refused.code
            self.tell(f"    refused: {refused.words}")
            self.tally.count(f"{operation.name} refused {refused.code}")
        except Died:
            outcome.died = True
            self.tell("    died")
            self.tally.count(f"{operation.name} died")
            self.tally.count(f"died at {_group(operation.crash)}")
            self.boot()
        else:
            self.tally.count(operation.name)
        outcome.after = self.place.picture()
        self._settle(operation.name, outcome, may_go)
        return outcome

    def boot(self) -> None:
        """BooCode starts again after a death; we wait until what was cut off is settled."""
        self.desk.start()
        self.desk.ask(RecoverOperations(self.place.session.id))
        self.desk.ask(LookThrough(), to=REAPER)

    def _settle(self, name: str, outcome: "_Outcome", may_go: frozenset[str]) -> None:
        before, after = outcome.before, outcome.after
        self.oracle.settle(name, before, after, may_go=may_go)
        same_ground(before, after)
        if outcome.refused:
            same_tree("the project", before.project, after.project)
            same_tree("the worktree", before.worktree, after.worktree)
            same_worktree_ground(before, after)
        if left := self.desk.look("open_operations", self.place.session.id):
            raise Loss(f"an operation is left open: {left}")
        # What a death left on the way is swept by the next operation that comes by; what ends tidies up itself.
        if not (outcome.died or outcome.refused):
            self.place.wait_until_tidy(of=name)

    def _only_reads(self, outcome: "_Outcome") -> None:
        same_tree("the project", outcome.before.project, outcome.after.project)
        same_tree("the worktree", outcome.before.worktree, outcome.after.worktree)
        same_worktree_ground(outcome.before, outcome.after)

    # captures and checkpoints

    def _do_capture(self, operation: Operation, choose: random.Random) -> None:
        outcome = self._asked(operation, CaptureChanges(self.place.session.id, None, "practice"))
        self._only_reads(outcome)

    def _do_checkpoint(self, operation: Operation, choose: random.Random) -> None:
        expected = self._expected_in_checkpoint()
        session = self.place.session
        outcome = self._asked(operation, TakeCheckpoint(session.id, session.chats[0].id, None, None))
        self._only_reads(outcome)
        if outcome.answer is not None:
            claims.checkpoint_holds(self.place.git_dir, outcome.answer.commit, expected)
        self._checkpoints_stand()

    def _expected_in_checkpoint(self) -> claims.Expected:
        if not os.path.isdir(self.place.worktree):
            return claims.Expected({}, frozenset(), frozenset())
        tree = self.place.picture().worktree
        return claims.Expected(tree.files, self.place.ignored(), self.place.left_out())

    def _checkpoints_stand(self) -> None:
        claims.refs_stand(self.place.git_dir, self._checkpoints())

    def _checkpoints(self) -> Sequence[Checkpoint]:
        found: Sequence[Checkpoint] = self.desk.look("list_checkpoints", self.place.session.id)
        return found

    def _do_restore(self, operation: Operation, choose: random.Random) -> None:
        there = self._checkpoints()
        if there:
            self._restore(operation, choose.choice(there))

    def _do_way_back(self, operation: Operation, choose: random.Random) -> None:
        safety = [each for each in self._checkpoints() if each.kind == "safety"]
        if safety:
            self._restore(operation, safety[-1])

    def _restore(self, operation: Operation, target: Checkpoint) -> None:
        self.tell(f"    to {target.ref} ({target.kind})")
        expected = self._expected_in_checkpoint()
        preview = self.desk.ask(PreviewRestore(self.place.session.id, target.id))
        outcome = self._asked(operation, RestoreCheckpoint(self.place.session.id, target.id))
        same_tree("the project", outcome.before.project, outcome.after.project)
        same_worktree_ground(outcome.before, outcome.after)
        before, after = outcome.before, outcome.after
        claims.restored_or_not(
            self.place, target, expected, before, after, outcome.answer, preview.kept_ignored
        )
        self._checkpoints_stand()

    # pending changes

    def _pending(self) -> Sequence[PendingChange]:
        found: Sequence[PendingChange] = self.desk.look("list_pending", self.place.session.id)
        return found

    def _some(self, changes: Sequence[PendingChange], choose: random.Random) -> tuple[str, ...]:
        return tuple(each.id for each in choose.sample(changes, choose.randint(1, len(changes))))

    def _do_apply(self, operation: Operation, choose: random.Random) -> None:
        changes = self._pending()
        if not changes:
            return
        ids = None if choose.random() < 0.4 else self._some(changes, choose)
        self._apply(operation, ApplyChanges(self.place.session.id, ids))

    def _do_apply_hunks(self, operation: Operation, choose: random.Random) -> None:
        one = self._one_with_hunks(choose)
        if one is not None:
            self._apply(operation, ApplyChanges(self.place.session.id, (one.id,), _hunks(one, choose)))

    def _one_with_hunks(self, choose: random.Random) -> PendingChange | None:
        changes = [each for each in self._pending() if each.diff.count("\n@@ ")]
        several = [each for each in changes if each.diff.count("\n@@ ") > 1]
        return choose.choice(several or changes) if changes else None

    def _apply(self, operation: Operation, request: ApplyChanges) -> None:
        decided_before = claims.states_of(self.desk, self.place.session.id)
        outcome = self._asked(operation, request)
        same_tree("the worktree", outcome.before.worktree, outcome.after.worktree)
        same_worktree_ground(outcome.before, outcome.after)
        claims.applied_or_not(self.place, self.desk, decided_before, outcome.before, outcome.after)

    def _do_reject(self, operation: Operation, choose: random.Random) -> None:
        changes = self._pending()
        if not changes:
            return
        one = self._one_with_hunks(choose)
        if one is not None and choose.random() < 0.3:
            request = RejectChanges(self.place.session.id, (one.id,), _hunks(one, choose))
        else:
            request = RejectChanges(self.place.session.id, self._some(changes, choose))
        self._only_reads(self._asked(operation, request))

    def _do_rewind(self, operation: Operation, choose: random.Random) -> None:
        applied = self.desk.look("list_pending", self.place.session.id, ("applied",))
        if not applied:
            return
        decided_before = claims.states_of(self.desk, self.place.session.id)
        last = applied[-4:]
        outcome = self._asked(operation, RewindChanges(self.place.session.id, self._some(last, choose)))
        same_tree("the worktree", outcome.before.worktree, outcome.after.worktree)
        same_worktree_ground(outcome.before, outcome.after)
        claims.rewound_or_not(self.place, self.desk, decided_before, outcome.before, outcome.after)

    # the end of a worktree

    def _do_stash(self, operation: Operation, choose: random.Random) -> None:
        if not os.path.isdir(self.place.worktree):
            return
        outcome = self._asked(operation, StashWorktree(self.place.session.id))
        same_tree("the project", outcome.before.project, outcome.after.project)

    def _do_delete(self, operation: Operation, choose: random.Random) -> None:
        self.tally.count("delete")
        self.desk.look("delete_session", self.place.session.id)
        self.is_deleted = True
        # The reaper here gives no grace: from now on it may drop the checkpoints.
        self.oracle.forget("restore", "way_back")

    def _do_reap(self, operation: Operation, choose: random.Random) -> None:
        there = os.path.isdir(self.place.worktree)
        ignored = self.place.ignored() if there else frozenset()
        files = self.place.picture().worktree.files
        may_go = frozenset(files[path].blob for path in ignored if path in files)
        outcome = self._asked(operation, LookThrough(), may_go if self.is_deleted else frozenset(), to=REAPER)
        same_tree("the project", outcome.before.project, outcome.after.project)
        if not self.is_deleted:
            self._only_reads(outcome)
        elif there and not os.path.isdir(self.place.worktree):
            self.tally.count("worktree removed")


@define
class _Outcome:
    before: Picture
    after: Picture
    answer: Any = None
    refused: str | None = None
    died: bool = False


def _group(crash: str | None) -> str:
    """A point's name, or `*` and `@` for whatever point and moment it was."""
    word = (crash or "").partition(":")[0]
    return "@" if word.startswith("@") else word


def _hunks(change: PendingChange, choose: random.Random) -> tuple[int, ...]:
    there = change.diff.count("\n@@ ")
    return tuple(sorted(choose.sample(range(there), choose.randint(1, max(there - 1, 1)))))


def perform(program: Program, place: Workplace, tally: Tally, tell: Callable[[str], None]) -> None:
    """All of it. Raises Loss or Broken, with the operation that it happened in."""
    performance = Performance(place, Oracle(place.reachable), tally, tell)
    for number, operation in enumerate(program):
        tell(f"{number:3} {operation}")
        try:
            performance.perform(operation)
        except Loss as loss:
            raise Loss(f"in {number} {operation}: {loss}") from loss
