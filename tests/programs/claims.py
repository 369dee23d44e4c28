"""What each operation promises beyond losing nothing, checked on two pictures and the rows."""

from collections.abc import Mapping, Sequence

import pygit2
from attrs import frozen

from boocode.contracts.resources import Checkpoint, RestorePreview
from boocode.domain.pathnames import read_path
from boocode.ports.safety_store import Decided
from boocode.ports.store import ChangeRow
from tests.programs.desk import Desk
from tests.programs.oracle import Loss, Picture, same_tree
from tests.programs.pictures import Seen, Tree, all_refs, committed
from tests.programs.workplace import Workplace

STATES = ("pending", "applied", "rejected", "superseded", "failed", "rewound")


@frozen
class Expected:
    """What a checkpoint of this moment holds."""

    files: Mapping[bytes, Seen]
    ignored: frozenset[bytes]
    left_out: frozenset[bytes]

    @property
    def kept(self) -> dict[bytes, Seen]:
        return {
            path: seen
            for path, seen in self.files.items()
            if path not in self.ignored and path not in self.left_out and seen.kind != "other"
        }


def _commit(git_dir: str, commit: str) -> dict[bytes, Seen]:
    repository = pygit2.Repository(git_dir)
    try:
        return committed(repository, commit)
    finally:
        repository.free()


def checkpoint_holds(git_dir: str, commit: str, expected: Expected) -> None:
    """Every file that git does not ignore, byte for byte, and nothing else. Raises Loss."""
    _equal("the checkpoint", _commit(git_dir, commit), expected.kept)


def refs_stand(git_dir: str, checkpoints: Sequence[Checkpoint]) -> None:
    """Every checkpoint that is offered can be restored: its ref keeps its commit. Raises Loss."""
    refs = all_refs(git_dir)
    for each in checkpoints:
        if refs.get(each.ref) != each.commit:
            raise Loss(f"the checkpoint {each.id} is offered, but {each.ref} is {refs.get(each.ref)}")


def restored_or_not(
    place: Workplace,
    target: Checkpoint,
    then: Expected,
    before: Picture,
    after: Picture,
    told: RestorePreview | None,
    foretold: Sequence[str],
) -> None:
    """The worktree is wholly as before or wholly as the checkpoint, but for what is kept aside. `foretold`: ignored
    files that the preview said would be kept. Raises Loss."""
    wanted = _commit(place.git_dir, target.commit)
    aside = {*then.left_out, *then.ignored, *(read_path(each.path) for each in target.left_out)}
    aside.update(read_path(path) for path in foretold)
    if told is None:
        if _differences(after.worktree.files, before.worktree.files):
            _as_wanted(wanted, aside, before.worktree, after.worktree)
        return
    if set(foretold) != set(told.kept_ignored):
        raise Loss(f"the preview would keep {foretold}, the restore kept {told.kept_ignored}")
    _as_wanted(wanted, aside, before.worktree, after.worktree)
    written = {read_path(path) for path in told.written}
    deleted = {read_path(path) for path in told.deleted}
    changed = _differences(after.worktree.files, before.worktree.files)
    gone = {path for path in changed if path not in after.worktree.files}
    if changed - gone != written or gone != deleted:
        raise Loss(
            f"the restore told of {sorted(written)} written and {sorted(deleted)} deleted, "
            f"but {sorted(changed - gone)} changed and {sorted(gone)} went"
        )
    if told.safety is not None:
        _way_back_holds(place, told.safety, then, before.worktree, changed)


def _way_back_holds(
    place: Workplace, safety: Checkpoint, then: Expected, before: Tree, changed: set[bytes]
) -> None:
    held = _commit(place.git_dir, safety.commit)
    for path in {*then.kept, *(path for path in changed if path in before.files)}:
        if held.get(path) != before.files[path]:
            raise Loss(f"the way back has {held.get(path)} for {path!r}, it was {before.files[path]}")


def _as_wanted(wanted: Mapping[bytes, Seen], aside: set[bytes], before: Tree, after: Tree) -> None:
    for path, seen in wanted.items():
        if after.files.get(path) != seen and not _is_aside(path, aside):
            raise Loss(f"restored {path!r} is {after.files.get(path)}, the checkpoint has {seen}")
    for path, seen in after.files.items():
        if path in wanted:
            continue
        if before.files.get(path) != seen:
            raise Loss(f"{path!r} is neither of the checkpoint nor as before")
        if not _is_aside(path, aside) and seen.kind != "other":
            raise Loss(f"{path!r} is not in the checkpoint and is still there")


def _is_aside(path: bytes, aside: set[bytes]) -> bool:
    return path in aside or any(path.startswith(each.rstrip(b"/") + b"/") for each in aside)


def _differences(one: Mapping[bytes, Seen], other: Mapping[bytes, Seen]) -> set[bytes]:
    return {path for path in {*one, *other} if one.get(path) != other.get(path)}


def _equal(what: str, found: Mapping[bytes, Seen], expected: Mapping[bytes, Seen]) -> None:
    differing = _differences(found, expected)
    if differing:
        words = "; ".join(
            f"{path!r} is {found.get(path)}, not {expected.get(path)}" for path in sorted(differing)[:5]
        )
        raise Loss(f"{what} is not what was there: {words}")


# pending changes


@frozen
class Rows:
    """A session's changes with their states, blobs, and what undoes them."""

    states: Mapping[str, str]
    rows: Mapping[str, ChangeRow]
    decided: Mapping[str, Decided]


def states_of(desk: Desk, session_id: str) -> Rows:
    changes = desk.look("list_pending", session_id, STATES)
    rows = desk.look("get_changes", [each.id for each in changes]) if changes else ()
    done = [each.id for each in changes if each.state in ("applied", "rewound")]
    decided = desk.look("get_decided", done) if done else ()
    return Rows(
        {each.id: each.state for each in changes},
        {row.change.id: row for row in rows},
        {each.change_id: each for each in decided},
    )


def applied_or_not(place: Workplace, desk: Desk, rows: Rows, before: Picture, after: Picture) -> None:
    """Rows and files agree: those that became `applied` are in the project, and nothing else changed. Raises Loss."""
    now = states_of(desk, place.session.id)
    newly = [
        id_ for id_, state in now.states.items() if state == "applied" and rows.states.get(id_) != "applied"
    ]
    if not newly:
        same_tree(f"the project ({_moved(rows, now)})", before.project, after.project)
        return
    touched: set[bytes] = set()
    for id_ in newly:
        row, decided = now.rows[id_], now.decided[id_]
        path = read_path(row.change.path)
        paths = _paths(row)
        touched |= paths
        same = [now.rows[each].old_blob for each in newly if _paths(now.rows[each]) & paths]
        if len(same) == 1:
            _is_at(after.project, path, decided.after_blob, f"applied {path!r}")
        found = before.project.files.get(path)
        if len(same) == 1 and row.change.op in ("edit", "create") and _blob(found) == row.old_blob:
            _is_at(after.project, path, row.new_blob, f"applied {path!r} onto what it was made from,")
        _keeps_lines(place, paths, same, before.project, after.project)
    _only(touched, before.project, after.project)


def rewound_or_not(place: Workplace, desk: Desk, rows: Rows, before: Picture, after: Picture) -> None:
    """Like `applied_or_not`, for rows that became `rewound`."""
    now = states_of(desk, place.session.id)
    newly = [
        id_ for id_, state in now.states.items() if state == "rewound" and rows.states.get(id_) != "rewound"
    ]
    if not newly:
        same_tree("the project", before.project, after.project)
        return
    touched: set[bytes] = set()
    for id_ in newly:
        row, decided = now.rows[id_], rows.decided[id_]
        path = read_path(row.change.path)
        paths = _paths(row)
        touched |= paths
        found = before.project.files.get(path)
        same = [rows.decided[each].after_blob for each in newly if _paths(now.rows[each]) & paths]
        alone = len(same) == 1  # of several in one file each is undone on what the others leave
        if alone and row.change.op != "rename" and _blob(found) == decided.after_blob:
            _is_at(after.project, path, decided.before_blob, f"rewound {path!r}")
        _keeps_lines(place, paths, same, before.project, after.project)
    _only(touched, before.project, after.project)


def _moved(then: Rows, now: Rows) -> str:
    """Which rows are in another state, for people."""
    moved = [
        f"{now.rows[id_].change.op} {now.rows[id_].change.path}: {then.states.get(id_)} → {state}"
        for id_, state in now.states.items()
        if then.states.get(id_) != state
    ]
    return ", ".join(moved) or "no row moved"


def _blob(seen: Seen | None) -> str | None:
    return None if seen is None else seen.blob


def _is_at(tree: Tree, path: bytes, blob: str | None, what: str) -> None:
    if _blob(tree.files.get(path)) != blob:
        raise Loss(f"{what} should be {blob}, is {tree.files.get(path)}")


def _only(touched: set[bytes], before: Tree, after: Tree) -> None:
    for path in _differences(before.files, after.files) - touched:
        raise Loss(
            f"{path!r} is in none of the changes, and changed: {before.files.get(path)} → {after.files.get(path)}"
        )


def _paths(row: ChangeRow) -> set[bytes]:
    old = row.change.old_path
    return {read_path(row.change.path)} | ({read_path(old)} if old else set())


def _keeps_lines(
    place: Workplace, paths: set[bytes], same: Sequence[str | None], before: Tree, after: Tree
) -> None:
    """Lines that only the person has written are there afterwards, in the file or under the name that it has now.
    `same`: what the changes to this file, several perhaps, know of it."""
    there = [before.files[path] for path in paths if path in before.files]
    known = [blob for blob in same if blob is not None]
    if not known or not there or any(seen.kind == "link" or seen.blob in known for seen in there):
        return
    repository = pygit2.Repository(place.git_dir)
    try:
        mine = set().union(*(_lines(repository, seen.blob) for seen in there))
        mine = mine.difference(*(_lines(repository, blob) for blob in known))
        is_ = (after.files[path].blob for path in paths if path in after.files)
        left = mine.difference(*(_lines(repository, blob) for blob in is_))
    finally:
        repository.free()
    if left:
        raise Loss(f"lines of a person are gone from {sorted(paths)}: {sorted(left)[:3]}")


def _lines(repository: pygit2.Repository, blob: str) -> set[bytes]:
    """Without their endings. A blob that is nowhere in git has no lines here: the oracle speaks of it."""
    if blob not in repository:
        return set()
    return {line.strip() for line in repository[blob].data.split(b"\n")}
