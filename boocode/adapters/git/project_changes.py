"""The port ProjectGit on real git: rows in, plans out; the work itself is in apply.py and planning.py."""

from collections.abc import Mapping, Sequence

from attrs import evolve

from boocode.adapters.git import repository
from boocode.adapters.git.apply import Applies
from boocode.adapters.git.blobs import read_blobs
from boocode.adapters.git.change_rows import (
    base_moves,
    entry_of,
    move_of,
    new_entry,
    old_entry,
    paths_of,
    step_of,
    wish_to_apply,
    wish_to_rewind,
)
from boocode.adapters.git.hashing import portions
from boocode.adapters.git.history import NewCommit, write_commit
from boocode.adapters.git.kept_bytes import KeptBytes
from boocode.adapters.git.planning import Planning, blob_id
from boocode.adapters.git.program import GitProgram
from boocode.adapters.git.project_files import look_at
from boocode.adapters.git.repository import BASE_REFS
from boocode.adapters.git.threads import Threads
from boocode.contracts.resources import PendingChange
from boocode.domain.applying import judge_all
from boocode.domain.changes import MAX_DIFF_BYTES, Entry
from boocode.domain.hunks import Run, ShownDiff, counts, part, read_diff, selected
from boocode.domain.ids import new_id
from boocode.domain.pathnames import read_path, show_path
from boocode.ports.changes import FileMove, Parts, Plan, Progress, Standing, Unwanted, Wanted
from boocode.ports.crash_points import Reached
from boocode.ports.safety_store import Decided
from boocode.ports.store import ChangeRow
from boocode.ports.worktrees import WorkspaceError

_LARGEST_SHOWN = 64 * MAX_DIFF_BYTES
"""Of a file whose whole diff is shown."""


class ProjectChanges:
    """Implements `boocode.ports.changes.ProjectGit`."""

    def __init__(self, program: GitProgram, threads: Threads, reached: Reached) -> None:
        self._program = program
        self._threads = threads
        self._applies = Applies(program, threads, reached)
        self._kept = KeptBytes(program, threads)

    async def plan_apply(self, project_path: str, wanted: Sequence[Wanted]) -> Plan:
        rows, contents = list[ChangeRow](), dict[str, bytes]()
        for each in wanted:
            parts = None
            if each.hunks is not None:
                parts = await self.part(project_path, each.row, each.hunks, chosen_first=True)
            rows.append(each.row if parts is None else parts.lower)
            contents.update({} if parts is None else parts.contents)
        wishes = [wish_to_apply(row, _runs(row)) for row in rows]
        planning = await self._applies.plan(project_path, wishes, contents)
        base: dict[bytes, Entry | None] = {}
        for wish in wishes:
            base |= {step.path: step.after for step in wish.steps}
        return _plan_of(planning, base, contents)

    async def plan_rewind(self, project_path: str, unwanted: Sequence[Unwanted], base: str) -> Plan:
        last_first = unwanted[::-1]
        wishes = [wish_to_rewind(each.row, each.decided) for each in last_first]
        planning = await self._applies.plan(project_path, wishes, {}, in_turn=True)
        paths = [paths_of(each.row)[0] for each in last_first]
        entries = await self._entries(project_path, base, paths)
        moved: dict[bytes, Entry | None] = {}
        for each in last_first:
            path, old_path = paths_of(each.row)
            if entries.get(path) != new_entry(each.row):
                continue  # what was applied on top of it stands on it: the base goes on holding both
            for place, entry in ((path, None), (old_path, old_entry(each.row))):
                moved[place] = entries[place] = entry
        return _plan_of(planning, moved, {})

    async def keep_plan(self, project_path: str, session_id: str, plan: Plan) -> None:
        located = await self._threads.run(repository.locate, project_path)
        steps = [step_of(move) for move in plan.files]
        await self._kept.keep_states(located, session_id, steps, plan.contents)
        kept = {step.after.blob for step in steps if step.after is not None}
        # Of a part of a change, where today's file became something else by it: the base will have it.
        states = {read_path(move.path): entry_of(move.after) for move in plan.base}
        between = {
            path: entry
            for path, entry in states.items()
            if entry is not None and entry.blob in plan.contents and entry.blob not in kept
        }
        if between:
            await self._kept.keep_part(located, session_id, between, plan.contents)

    async def exchange(self, project_path: str, files: Sequence[FileMove]) -> None:
        await self._applies.exchange(project_path, [step_of(move) for move in files])

    async def progress(self, project_path: str, files: Sequence[FileMove]) -> Progress:
        located = await self._threads.run(repository.locate, project_path)
        steps = [step_of(move) for move in files]
        try:
            look = await self._threads.run(look_at, located.root, steps)
        except OSError as error:
            raise WorkspaceError("apply_failed", f"{located.root} could not be read: {error}.") from error
        verdict = judge_all(steps, look.found)
        before = {step.path for step in verdict.writes}
        other = {path for path, _ in verdict.conflicts}
        after = {step.path for step in steps} - before - other
        return Progress(*(tuple(sorted(map(show_path, paths))) for paths in (before, after, other)))

    async def put_back(self, project_path: str, files: Sequence[FileMove]) -> tuple[str, ...]:
        left = await self._applies.put_back(project_path, [step_of(move) for move in files])
        return tuple(show_path(path) for path in left)

    async def advance_base(
        self, project_path: str, session_id: str, base: str, moves: Sequence[FileMove]
    ) -> str:
        if not moves:
            return base
        located = await self._threads.run(repository.locate, project_path)
        entries = {read_path(move.path): entry_of(move.after) for move in moves}
        commit = NewCommit(base, entries, f"Applied from {session_id}")
        return await write_commit(self._program, located.common_dir, BASE_REFS + session_id, commit)

    async def part(
        self, project_path: str, row: ChangeRow, hunks: Sequence[int], *, chosen_first: bool
    ) -> Parts | None:
        shown = _shown(row, hunks)
        numbers = set(range(len(shown.hunks)))
        if numbers == set(hunks):
            return None
        in_lower = set(hunks) if chosen_first else numbers - set(hunks)
        located = await self._threads.run(repository.locate, project_path)
        old_blob, new_blob = str(row.old_blob), str(row.new_blob)
        texts = await read_blobs(self._program, located.common_dir, [old_blob, new_blob], _LARGEST_SHOWN)
        between = await self._threads.run(selected, texts[old_blob], texts[new_blob], shown.hunks, in_lower)
        blob = blob_id(between)
        return _parts(row, shown, in_lower, blob, {blob: between})

    async def keep_parts(self, project_path: str, session_id: str, parts: Parts) -> None:
        located = await self._threads.run(repository.locate, project_path)
        path, _ = paths_of(parts.lower)
        entry = new_entry(parts.lower)
        assert entry is not None, "only a file has hunks"
        await self._kept.keep_part(located, session_id, {path: entry}, parts.contents)

    async def standing(self, project_path: str, rows: Sequence[ChangeRow]) -> Mapping[str, Standing]:
        wishes = {row.change.id: (wish_to_apply(row, _runs(row)), row.change.diff) for row in rows}
        return await self._applies.standing(project_path, wishes)

    async def _entries(
        self, project_path: str, commit: str, paths: Sequence[bytes]
    ) -> dict[bytes, Entry | None]:
        """What a commit has at these paths."""
        located = await self._threads.run(repository.locate, project_path)
        env = {"GIT_DIR": located.common_dir, "GIT_LITERAL_PATHSPECS": "1"}
        entries = dict[bytes, Entry | None]()
        for names in portions(paths):
            asked = ("ls-tree", "-z", "--full-tree", commit, "--")
            output = await self._program.run(*asked, *names, cwd=located.common_dir, env=env)
            for record in output.split(b"\0")[:-1]:
                words, _, path = record.partition(b"\t")
                mode, kind, blob = words.decode().split()
                if kind != "tree":
                    entries[path] = Entry(int(mode, 8), blob)
        return entries


def _plan_of(planning: Planning, base: Mapping[bytes, Entry | None], contents: Mapping[str, bytes]) -> Plan:
    files = tuple(move_of(path, *sides) for path, sides in planning.moves.items() if sides[0] != sides[1])
    written = {move.after.blob for move in files if move.after is not None}
    new = {blob: data for blob, data in planning.contents.items() if blob in written}
    decided = tuple(
        Decided(
            outcome.wish.id,
            outcome.tier,
            outcome.score,
            before_blob=None if outcome.before is None else outcome.before.blob,
            before_mode=None if outcome.before is None else outcome.before.mode,
            after_blob=None if outcome.after is None else outcome.after.blob,
            after_mode=None if outcome.after is None else outcome.after.mode,
        )
        for outcome in planning.outcomes
    )
    return Plan(files, decided, base_moves(base), {**new, **contents})


def _runs(row: ChangeRow) -> tuple[Run, ...] | None:
    """Which lines differ, as far as the diff shows it whole."""
    shown = read_diff(row.change.diff)
    return shown.runs if shown is not None and shown.hunks else None


def _shown(row: ChangeRow, hunks: Sequence[int]) -> ShownDiff:
    """Raises WorkspaceError `no_such_hunk`."""
    change = row.change
    shown = read_diff(change.diff)
    if change.binary or shown is None or not shown.hunks:
        why = "its diff is not shown whole" if shown is None else "no lines of it changed"
        raise WorkspaceError(
            "no_such_hunk", f"{change.path} cannot be decided on hunk by hunk: {why}. Decide on all of it."
        )
    wrong = [number for number in hunks if not 0 <= number < len(shown.hunks)]
    if wrong or not hunks:
        asked = ", ".join(map(str, wrong)) if wrong else "none at all"
        raise WorkspaceError(
            "no_such_hunk",
            f"Asked for hunk {asked} of {change.path}, which has {len(shown.hunks)}; they count from 0.",
        )
    return shown


def _parts(
    row: ChangeRow, shown: ShownDiff, in_lower: set[int], blob: str, contents: Mapping[str, bytes]
) -> Parts:
    parted = part(shown, in_lower, (str(row.old_blob), blob, str(row.new_blob)))
    change = row.change
    lower = evolve(row, change=_with_diff(change, parted.lower), new_blob=blob)
    upper = evolve(
        row,
        change=evolve(_with_diff(change, parted.upper), id=new_id("chg"), old_path=None, op="edit"),
        old_blob=blob,
        old_mode=row.new_mode,
    )
    return Parts(lower, upper, contents)


def _with_diff(change: PendingChange, diff: ShownDiff) -> PendingChange:
    additions, deletions = counts(diff)
    return evolve(change, diff=diff.text(), additions=additions, deletions=deletions)
