"""The reaper: worktrees whose session is gone, looked through now and then, and the safe ones removed.

    each look    1  what git and the folder know, and no row does     gets a row: an orphan from now on
                 2  rows whose directory is gone                      told, or removed like any orphan
                 3  orphans past their grace                          judged (boocode.domain.reaping): kept with
                                                                      the reason, condemned, or reaped
                 4  checkpoints of chats that went before the grace   their refs dropped, their rows forgotten

It decides and tells; the worktree's owner looks and removes, so nothing meets an agent's turn. Only worktrees in this
home's folder are its own: what lies in another home, of another BooCode on the same database, is that one's to judge.
While the database is away, or the folder, there is nothing to say: the next look begins from the start.
"""

import logging
import os
import time
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from attrs import frozen

from boocode.contracts.resources import Worktree
from boocode.domain.ids import new_id
from boocode.domain.reaping import Condemn, Keep, Orphan, Reap, Risks, Verdict, grace_left, judge
from boocode.kernel import Actor, KernelError, Ref, ReplyTo
from boocode.ports.checkpoints import CheckpointGit
from boocode.ports.names import WORKTREES
from boocode.ports.reaping import Findings, Looked, LookNow, LookThrough, Lost, OrphanFinder
from boocode.ports.safety_store import WorktreeStore
from boocode.ports.store import StoreError, WorktreeRow
from boocode.ports.worktrees import JudgeWorktree, OpenWorktree, ReapWorktree, WorkspaceError

OWNER_S = 300.0
"""For one request to a worktree's owner, which may have others in hand."""

MOST_TOLD = 1000
"""Lines of the log that are not repeated; past it some are."""

_log = logging.getLogger("boocode.reaper")


@frozen
class ReaperParts:
    store: WorktreeStore
    finder: OrphanFinder
    checkpoints: CheckpointGit
    folder: str
    """In which this home's worktrees are."""
    grace_s: float
    look_s: float
    wall: Callable[[], float] = time.time
    """Seconds since 1970."""


@frozen
class _LookOver:
    """`error`: why the look was given up."""

    looked: Looked
    error: Exception | None = None


class Reaper(Actor):
    """Registered as `reaper`."""

    def __init__(self, parts: ReaperParts) -> None:
        self._parts = parts
        self._waiting: list[ReplyTo] = []
        self._told: set[str] = set()
        """What was said in the log already."""
        self._is_looking = False
        self._again = False
        self._looks = 0
        self._last = Looked()

    async def init(self) -> None:
        self.ctx.send_every(self._parts.look_s, LookNow())
        self._begin()

    async def handle(self, message: Any) -> None:
        match message:
            case LookNow():
                self._ask()
            case LookThrough():
                self._waiting.append(self.ctx.defer())
                self._ask()
            case _LookOver():
                self._end(message)

    def inspect(self) -> dict[str, object]:
        return {"looks": self._looks, "is_looking": self._is_looking, "kept": list(self._last.kept)}

    def _ask(self) -> None:
        self._again = True
        if not self._is_looking:
            self._begin()

    def _begin(self) -> None:
        """Answers those that wait now; who comes later wants a look that begins later."""
        self._is_looking, self._again = True, False
        self._looks += 1
        waiting, self._waiting = self._waiting, []
        self.ctx.start_task(self._look, waiting, name="look")

    def _end(self, over: _LookOver) -> None:
        self._is_looking = False
        if over.error is None:
            self._last = over.looked
        else:
            self._say(f"The look at orphaned worktrees was given up: {over.error}")
        if self._again:
            self._begin()

    async def _look(self, waiting: list[ReplyTo]) -> None:
        look = _Look(self._parts, self.ctx.whereis(WORKTREES), self._say, self._reaped)
        over = _LookOver(Looked())
        try:
            over = _LookOver(await look.perform())
        except (StoreError, WorkspaceError, KernelError) as error:
            over = _LookOver(Looked(), error)
        for reply in waiting:
            if over.error is None:
                reply.reply(over.looked)
            else:
                reply.fail(over.error)
        self.ctx.ref.cast(over)

    def _say(self, words: str) -> None:
        """In the log, once."""
        if words not in self._told:
            if len(self._told) >= MOST_TOLD:
                self._told.clear()
            self._told.add(words)
            _log.warning(words)

    def _reaped(self, reason: str) -> None:
        self.ctx.system.telemetry.emit(
            "reaped", self.ctx.path, self.ctx.incarnation, extra={"reason": reason}
        )


@frozen
class _Look:
    """One look, from what there is to what came of it."""

    parts: ReaperParts
    worktrees: Ref
    say: Callable[[str], None]
    reaped: Callable[[str], None]

    async def perform(self) -> Looked:
        """Raises StoreUnavailable."""
        rows = await self.parts.store.list_worktrees()
        found = await self._find(rows)
        if not found.is_there and any(self._is_ours(row) for row in rows):
            self.say(f"The folder {self.parts.folder} is away; nothing is said of the worktrees in it.")
            return Looked(dropped=await self._drop_checkpoints())
        adopted = [lost.path for lost in found.lost if await self._adopt(lost)]
        verdicts: dict[type[Verdict], list[str]] = {Keep: [], Condemn: [], Reap: []}
        for row in rows:
            if not self._is_ours(row):
                continue
            if row.session_id is not None:
                self._tell_of_lost(row)
                continue
            verdict = await self._judge(row.id)
            if verdict is not None:
                verdicts[type(verdict)].append(row.id)
        return Looked(
            adopted=tuple(adopted),
            condemned=tuple(verdicts[Condemn]),
            reaped=tuple(verdicts[Reap]),
            kept=tuple(verdicts[Keep]),
            dropped=await self._drop_checkpoints(),
        )

    def _is_ours(self, row: Worktree) -> bool:
        return os.path.dirname(row.path) == self.parts.folder

    # What there is

    async def _find(self, rows: tuple[Worktree, ...]) -> Findings:
        projects = [project.path for project in await self.parts.store.list_projects()]
        projects += [row.project_path for row in rows]
        known = [row.path for row in rows]
        found = await self.parts.finder.find(self.parts.folder, tuple(dict.fromkeys(projects)), known)
        for path in found.strange:
            self.say(f"{path} is no worktree that BooCode made. It is left alone.")
        return found

    async def _adopt(self, lost: Lost) -> bool:
        """A row for it. One whose session lives is its owner's to find again, made by a turn in this moment perhaps."""
        store = self.parts.store
        session = None if lost.made_for is None else await store.get_session(lost.made_for)
        if session is not None:
            try:
                await self.worktrees.call(OpenWorktree(session.id), OWNER_S)
            except (WorkspaceError, KernelError) as error:
                self.say(f"{lost.path} could not be given back to its session: {error}")
                return False
            return True
        project = next((p for p in await store.list_projects() if p.path == lost.project_path), None)
        id_ = new_id("wt")
        await store.adopt_worktree(
            WorktreeRow(
                id=id_,
                session_id=None,
                project_id=None if project is None else project.id,
                project_path=lost.project_path,
                path=lost.path,
                branch=lost.branch,
                base_commit=lost.base_commit,
                made_for=lost.made_for or id_,
            )
        )
        self.say(f"{lost.path} had no row any more; it is an orphan from now on.")
        return True

    def _tell_of_lost(self, row: Worktree) -> None:
        if not os.path.isdir(row.path):
            self.say(f"The worktree {row.path} is gone. It is made again with its session's next turn.")

    # What becomes of it

    async def _judge(self, worktree_id: str) -> Verdict | None:
        """None: it is none of our concern yet, or any more."""
        row = await self.parts.store.worktree_by_id(worktree_id)
        if row is None or row.session_id is not None or row.orphaned_at is None:
            return None
        orphan = Orphan(row.orphaned_at, row.condemned_at)
        if grace_left(orphan, self.parts.wall(), self.parts.grace_s) is not None:
            return None
        verdict = judge(orphan, await self._risks(row))
        match verdict:
            case Keep(why=why):
                await self.parts.store.note_worktree(row.id, condemned=False, kept_because=why)
                self.say(f"The worktree {row.path} of a deleted session is kept: {why}.")
            case Condemn():
                await self.parts.store.note_worktree(row.id, condemned=True, kept_because=None)
            case Reap():
                return await self._reap(row)
        return verdict

    async def _risks(self, row: WorktreeRow) -> Risks:
        try:
            return await self.worktrees.call(JudgeWorktree(row.made_for, row.id), OWNER_S)
        except (WorkspaceError, KernelError) as error:
            return Risks(trouble=str(error))

    async def _reap(self, row: WorktreeRow) -> Verdict:
        try:
            is_gone = await self.worktrees.call(ReapWorktree(row.made_for, row.id), OWNER_S)
        except (WorkspaceError, KernelError) as error:
            why = f"it could not be removed: {error}"
        else:
            if is_gone:
                self.reaped(f"{row.path}: a worktree without a session, in which nothing would be lost")
                return Reap()
            why = "somebody came to work in it"
        await self.parts.store.note_worktree(row.id, condemned=False, kept_because=why)
        return Keep(why)

    async def _drop_checkpoints(self) -> tuple[str, ...]:
        store = self.parts.store
        by_project: defaultdict[str, list[str]] = defaultdict(list)
        for ref, project in await store.orphaned_checkpoints(self.parts.wall() - self.parts.grace_s):
            by_project[project].append(ref)
        dropped = []
        for project, refs in by_project.items():
            try:
                await self.parts.checkpoints.drop(project, refs)
            except WorkspaceError as error:
                self.say(f"Checkpoints in {project} cannot be dropped: {error}")
                continue
            await store.forget_checkpoints(refs)
            dropped += refs
        return tuple(dropped)
