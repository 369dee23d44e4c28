"""Changes between the words of git (paths in bytes, entries) and those of the store and of people."""

from collections.abc import Collection, Mapping

from boocode.contracts.resources import PendingChange
from boocode.domain.applying import Step
from boocode.domain.changes import Entry, FileChange
from boocode.domain.hunks import Run
from boocode.domain.ids import new_id
from boocode.domain.pathnames import read_path, show_path
from boocode.domain.wishes import Wish
from boocode.ports.changes import FileMove, FileState
from boocode.ports.safety_store import Decided
from boocode.ports.store import ChangeRow


def row_of(session_id: str, change: FileChange, touched: Collection[bytes] = ()) -> ChangeRow:
    """A pending change with a fresh id. `touched`: paths of files that changed since the capture before."""
    pending = PendingChange(
        id=new_id("chg"),
        session_id=session_id,
        path=show_path(change.path),
        old_path=None if change.old_path is None else show_path(change.old_path),
        op=change.op,
        agent=None,
        state="pending",
        diff=change.diff,
        binary=change.binary,
        additions=change.additions,
        deletions=change.deletions,
    )
    return ChangeRow(
        change=pending,
        old_blob=None if change.old is None else change.old.blob,
        new_blob=None if change.new is None else change.new.blob,
        old_mode=None if change.old is None else change.old.mode,
        new_mode=None if change.new is None else change.new.mode,
        is_touched=change.path in touched,
    )


def wish_to_apply(row: ChangeRow, runs: tuple[Run, ...] | None) -> Wish:
    path, old_path = paths_of(row)
    return Wish(row.change.id, old_path, path, old_entry(row), new_entry(row), runs)


def wish_to_rewind(row: ChangeRow, decided: Decided) -> Wish:
    """From what was written back to what was there: the paths change places as well."""
    path, old_path = paths_of(row)
    return Wish(
        row.change.id,
        old_path=path,
        path=old_path,
        old=_entry(decided.after_mode, decided.after_blob),
        new=_entry(decided.before_mode, decided.before_blob),
    )


def paths_of(row: ChangeRow) -> tuple[bytes, bytes]:
    """Its path, and the one it had before (the same unless it is renamed)."""
    change = row.change
    path = read_path(change.path)
    return path, path if change.old_path is None else read_path(change.old_path)


def old_entry(row: ChangeRow) -> Entry | None:
    return _entry(row.old_mode, row.old_blob)


def new_entry(row: ChangeRow) -> Entry | None:
    return _entry(row.new_mode, row.new_blob)


def base_moves(entries: Mapping[bytes, Entry | None]) -> tuple[FileMove, ...]:
    return tuple(FileMove(show_path(path), None, _state(entry)) for path, entry in entries.items())


def move_of(path: bytes, before: Entry | None, after: Entry | None) -> FileMove:
    return FileMove(show_path(path), _state(before), _state(after))


def step_of(move: FileMove) -> Step:
    return Step(read_path(move.path), entry_of(move.before), entry_of(move.after))


def entry_of(state: FileState | None) -> Entry | None:
    return None if state is None else Entry(state.mode, state.blob)


def _state(entry: Entry | None) -> FileState | None:
    return None if entry is None else FileState(entry.mode, entry.blob)


def _entry(mode: int | None, blob: str | None) -> Entry | None:
    return None if mode is None or blob is None else Entry(mode, blob)
