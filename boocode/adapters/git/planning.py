"""What a set of wishes would do to a project's files: everything decided, nothing written.

    the project has what a change was made from       its new bytes are written as they are      exact
    the project has its new bytes already             nothing to do                              exact
    a text that both sides share has other bytes      the changed lines, found on today's ones   any tier
    anything else                                     a conflict, and then there is no plan

Wishes are decided one after the other, each on what those before would leave: taking out two changes of one file is
one plan.
"""

import hashlib
import os
from collections.abc import Mapping, Sequence

from attrs import define, field, frozen

from boocode.adapters.git.blobs import read_blobs
from boocode.adapters.git.directories import Obstacle, parent_of, root_of
from boocode.adapters.git.line_diffs import line_diff
from boocode.adapters.git.program import GitProgram
from boocode.adapters.git.repository import Located
from boocode.adapters.git.threads import Threads
from boocode.domain.applying import Found, Reason, Step, entry_after, found_after, judge, wanted_executable
from boocode.domain.changes import EXECUTABLE, FILE, Entry
from boocode.domain.merging import MAX_BYTES, Merged, NotMerged, merge
from boocode.domain.patching.edit import Tier
from boocode.domain.wishes import Wish


@frozen
class Outcome:
    """What becomes of one wish: `before` at its old path, `after` at its path, as raw bytes of the project."""

    wish: Wish
    tier: Tier
    score: float
    before: Entry | None
    after: Entry | None
    today: bytes | None = None
    """What the file holds, where lines were carried over to it."""


@frozen
class Refusal:
    path: bytes
    reason: str


@define
class Planning:
    """Of one project; `found` at every path of the wishes, and goes on with what each outcome leaves there."""

    program: GitProgram
    threads: Threads
    located: Located
    found: dict[bytes, Found]
    deleted: frozenset[bytes]
    contents: dict[str, bytes]
    """Bytes that git may not have, by object id; what is made is put here."""
    outcomes: list[Outcome] = field(factory=list)
    refusals: list[Refusal] = field(factory=list)
    moves: dict[bytes, tuple[Entry | None, Entry | None]] = field(factory=dict)
    """Path → what is there and what is to be there."""

    async def decide(self, wish: Wish) -> None:
        steps = wish.steps
        conflicts, is_done = list[tuple[bytes, Reason]](), True
        for step in steps:
            verdict = judge(step, self.found[step.path], self.deleted)
            if verdict != "write" and verdict != "done":
                conflicts.append((step.path, verdict))
            is_done = is_done and verdict == "done"
        if not conflicts:
            await self._decide_unhindered(wish, is_done)
        elif wish.stays_out_of_the_way(conflicts) and self.found[wish.old_path].kind == "file":
            merged = await self._merged(wish)
            if isinstance(merged, NotMerged):
                self._refuse(wish.old_path, f"changed: {merged.reason}" if merged.reason else "changed")
            else:
                self._carry_over(wish, merged)
        else:
            for path, reason in conflicts:
                self._refuse(path, reason)

    async def _decide_unhindered(self, wish: Wish, is_done: bool) -> None:
        there = self.found[wish.old_path]
        if is_done:
            after = self.found[wish.path].entry
            # Nothing is written; only a rename can be taken back all the same.
            before = after if wish.old_path == wish.path else wish.old
            self.outcomes.append(Outcome(wish, "exact", 1.0, before, after))
            return
        if wish.is_of_files and wish.old is not None and there.blob != wish.old.blob:
            # The same to git and not to the eye (line endings, for example): those bytes stay where that is possible.
            merged = await self._merged(wish) if there.holds(wish.old) else None
            if isinstance(merged, Merged):
                self._carry_over(wish, merged)
                return
        afters = [(step.path, entry_after(step, self.found[step.path])) for step in wish.steps]
        self.outcomes.append(Outcome(wish, "exact", 1.0, there.entry, afters[-1][1]))
        for path, after in afters:
            self._move(path, after)

    def _carry_over(self, wish: Wish, merged: Merged) -> None:
        there = self.found[wish.old_path]
        blob = blob_id(merged.content)
        self.contents[blob] = merged.content
        step = Step(wish.path, wish.old, wish.new)
        after = Entry(EXECUTABLE if wanted_executable(step, there) else FILE, blob)
        today = None if there.blob is None else self.contents.get(there.blob)
        self.outcomes.append(Outcome(wish, merged.tier, merged.score, there.entry, after, today))
        if wish.old_path != wish.path:
            self._move(wish.old_path, None)
        self._move(wish.path, after)

    def _move(self, path: bytes, after: Entry | None) -> None:
        before = self.moves[path][0] if path in self.moves else self.found[path].entry
        self.moves[path] = (before, after)
        self.found[path] = found_after(after)

    def _refuse(self, path: bytes, reason: str) -> None:
        self.refusals.append(Refusal(path, reason))

    # Lines

    async def _merged(self, wish: Wish) -> Merged | NotMerged:
        assert wish.old is not None
        assert wish.new is not None
        today = await self._today(wish.old_path)
        if today is None:
            return NotMerged("not_found")
        if wish.old.blob == wish.new.blob:
            return Merged(today, "exact", 1.0)
        texts = await self._texts(wish.old.blob, wish.new.blob)
        if texts is None:
            return NotMerged("not_found")
        runs = wish.runs
        if runs is None:
            runs = (await line_diff(self.program, self.threads, *texts)).runs
        return await self.threads.run(merge, today, *texts, runs)

    async def _today(self, path: bytes) -> bytes | None:
        """None when it is too large, or not what was looked at a moment ago."""
        blob = self.found[path].blob
        assert blob is not None
        if blob not in self.contents:
            data = await self.threads.run(read_file, self.located.root, path)
            if data is None or blob_id(data) != blob:
                return None
            self.contents[blob] = data
        return self.contents[blob]

    async def _texts(self, old: str, new: str) -> tuple[bytes, bytes] | None:
        """The bytes of both; None when one is too large to be searched."""
        lacking = sorted({old, new} - self.contents.keys())
        read = await read_blobs(self.program, self.located.common_dir, lacking, MAX_BYTES)
        known = {**read, **{blob: self.contents[blob] for blob in (old, new) if blob in self.contents}}
        return (known[old], known[new]) if old in known and new in known else None


async def plan(
    program: GitProgram,
    threads: Threads,
    located: Located,
    wishes: Sequence[Wish],
    found: Mapping[bytes, Found],
    contents: Mapping[str, bytes],
) -> Planning:
    deleted = frozenset(step.path for wish in wishes for step in wish.steps if step.after is None)
    planning = Planning(program, threads, located, dict(found), deleted, dict(contents))
    for wish in wishes:
        await planning.decide(wish)
    return planning


def blob_id(data: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def read_file(root: str, path: bytes) -> bytes | None:
    """None where no file is, and of one that is too large for its lines to be searched. For a thread."""
    try:
        with root_of(root) as opened, parent_of(opened, path) as (parent, name):
            file = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=parent)
            with os.fdopen(file, "rb") as reader:
                data = reader.read(MAX_BYTES + 1)
    except (OSError, Obstacle):
        return None
    return data if len(data) <= MAX_BYTES else None
