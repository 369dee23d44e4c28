"""Files of a project exchanged for new ones: all of them, or after any failure none.

    1. every new file is written whole beside the project's files, and synced: a full disk shows here
    2. deletions, and directories that they emptied; then creations and replacements, each by one rename
    3. directories synced

Each step of 2 keeps what undoes it: of a file that goes, a second link, so that the same bytes, mode and
owner come back. A file that was written since it was looked at stops the exchange, and one that was written since
it was exchanged is not put back but left to whoever wrote it. Plain calls, for a thread.
"""

import contextlib
import os
import shutil
import stat
import tempfile
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from attrs import define, field

from boocode.adapters.git.blobs import Piece
from boocode.adapters.git.directories import (
    make_parents,
    parent_of,
    remove_empty_parents,
    remove_empty_tree,
    root_of,
    sync_parents,
)
from boocode.adapters.git.project_files import Look, Stamp
from boocode.adapters.git.undoing import (
    NO_LINKS,
    make_directory_again,
    put_back_deleted,
    put_back_replaced,
    put_mode_back,
    remove_created,
    remove_made_directory,
    stamp_after,
)
from boocode.domain.applying import Found, Step, wanted_executable
from boocode.domain.changes import SYMLINK
from boocode.ports.crash_points import Reached, pass_by

STAGE_PREFIX = "boocode-apply-"


class Stale(Exception):
    """A file is not what was looked at a moment ago; everything is as it was before."""

    def __init__(self, path: bytes) -> None:
        super().__init__(path)
        self.path = path


class Unrecovered(OSError):
    """An exchange failed, and not all could be put back: what was there is kept in `stage`. str() names each path
    that somebody wrote meanwhile."""

    def __init__(self, stage: str, failures: Sequence[OSError]) -> None:
        super().__init__("; ".join(str(failure) for failure in failures))
        self.stage = stage


def make_stage(root: str, git_dir: str) -> str:
    """A directory on the project's own file system, out of sight where that is possible."""
    os.makedirs(os.path.join(git_dir, "boocode"), exist_ok=True)
    inside = os.path.join(git_dir, "boocode")
    same = os.stat(inside).st_dev == os.stat(root).st_dev
    return tempfile.mkdtemp(prefix=STAGE_PREFIX, dir=inside if same else root)


def remove_old_stages(git_dir: str) -> None:
    """Removes what a killed exchange left. Both states of its files are in git; call with the project's lock held."""
    inside = os.path.join(git_dir, "boocode")
    for name in os.listdir(inside) if os.path.isdir(inside) else ():
        if name.startswith(STAGE_PREFIX):
            shutil.rmtree(os.path.join(inside, name), ignore_errors=True)


def swap(
    root: str,
    stage: str,
    writes: Sequence[Step],
    look: Look,
    contents: Mapping[str, Piece],
    reached: Reached = pass_by,
) -> None:
    """Performs the steps. `contents`: object id → its bytes; `reached`: see crash_points.py.

    Raises Stale or OSError, both with everything put back; Unrecovered when that failed.
    """
    with root_of(root) as opened:
        exchange = _Exchange(opened, stage, look, contents, reached)
        exchange.stage_all(writes)
        try:
            exchange.perform_all(writes)
        except (OSError, Stale):
            exchange.undo_all()
            raise


@define
class _Exchange:
    root: int
    stage: str
    look: Look
    contents: Mapping[str, Piece]
    reached: Reached
    _undo: list[Callable[[], None]] = field(factory=list)
    _staged: dict[bytes, str] = field(factory=dict)
    _kept: int = 0

    def stage_all(self, writes: Sequence[Step]) -> None:
        for number, step in enumerate(writes):
            found = self.look.found[step.path]
            if step.after is None or found.holds(step.after):
                continue
            staged = os.path.join(self.stage, f"new-{number}")
            source = self.contents[step.after.blob]
            if step.after.mode == SYMLINK:
                os.symlink(source.read(), os.fsencode(staged))
            else:
                self._stage_file(step, found, source, staged)
            self._staged[step.path] = staged

    def _stage_file(self, step: Step, found: Found, source: Piece, staged: str) -> None:
        executable = wanted_executable(step, found)
        # The mode goes through the umask, as for any file that a person makes.
        opened = os.open(staged, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o777 if executable else 0o666)
        with os.fdopen(opened, "wb") as new:
            source.copy_to(new)
            if found.kind == "file":
                with parent_of(self.root, step.path) as (parent, name):
                    present = os.stat(name, dir_fd=parent, follow_symlinks=False)
                os.fchmod(new.fileno(), _with_executable(stat.S_IMODE(present.st_mode), executable))
                _keep_owner(new.fileno(), present)
            new.flush()
            os.fsync(new.fileno())

    def perform_all(self, writes: Sequence[Step]) -> None:
        self.reached("swap.staged")
        for step in writes:
            if step.after is None:
                self._delete(step.path)
                self.reached("swap.deleted")
        for step in writes:
            if self.look.found[step.path].kind == "directory":
                self._removed(remove_empty_tree(self.root, step.path))
        for step in writes:
            if step.after is not None:
                self._write(step)
                self.reached("swap.written")
        for step in writes:
            if step.after is None:
                self._removed(remove_empty_parents(self.root, step.path))
        sync_parents(self.root, (step.path for step in writes))

    def _delete(self, path: bytes) -> None:
        with parent_of(self.root, path) as (parent, name):
            self._check(parent, name, path)
            kept = self._keep(parent, name)
            os.unlink(name, dir_fd=parent)
            self._undo.append(partial(put_back_deleted, self.root, kept, path))

    def _removed(self, directories: Sequence[tuple[bytes, int]]) -> None:
        self._undo.extend(
            partial(make_directory_again, self.root, path, permissions) for path, permissions in directories
        )

    def _write(self, step: Step) -> None:
        made = make_parents(self.root, step.path)
        self._undo.extend(partial(remove_made_directory, self.root, directory) for directory in made)
        with parent_of(self.root, step.path) as (parent, name):
            if step.path not in self._staged:
                self._change_mode(parent, name, step)
            elif self.look.found[step.path].kind in ("file", "symlink"):
                self._replace(parent, name, step.path)
            else:
                self._create(parent, name, step.path)

    def _replace(self, parent: int, name: bytes, path: bytes) -> None:
        self._check(parent, name, path)
        kept = self._keep(parent, name)
        written = self._stamp_of_staged(path)
        os.replace(self._staged[path], name, dst_dir_fd=parent)
        left = stamp_after(parent, name, written)
        self._undo.append(partial(put_back_replaced, self.root, kept, path, left))

    def _create(self, parent: int, name: bytes, path: bytes) -> None:
        """A link fails where a rename would overwrite what appeared here since it was looked at."""
        written = self._stamp_of_staged(path)
        try:
            os.link(self._staged[path], name, dst_dir_fd=parent, follow_symlinks=False)
        except FileExistsError:
            raise Stale(path) from None
        except OSError as error:
            if error.errno not in NO_LINKS:
                raise
            os.rename(self._staged[path], name, dst_dir_fd=parent)
        left = stamp_after(parent, name, written)
        self._undo.append(partial(remove_created, self.root, path, left))

    def _stamp_of_staged(self, path: bytes) -> Stamp:
        return Stamp.of(os.stat(self._staged[path], follow_symlinks=False))

    def _change_mode(self, parent: int, name: bytes, step: Step) -> None:
        self._check(parent, name, step.path)
        opened = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=parent)
        try:
            before = stat.S_IMODE(os.fstat(opened).st_mode)
            os.fchmod(opened, _with_executable(before, wanted_executable(step, self.look.found[step.path])))
        finally:
            os.close(opened)
        left = stamp_after(parent, name, self.look.stamps[step.path])
        self._undo.append(partial(put_mode_back, self.root, step.path, before, left))

    def _check(self, parent: int, name: bytes, path: bytes) -> None:
        try:
            found = os.stat(name, dir_fd=parent, follow_symlinks=False)
        except FileNotFoundError:
            raise Stale(path) from None
        if Stamp.of(found) != self.look.stamps[path]:
            raise Stale(path)

    def _keep(self, parent: int, name: bytes) -> str:
        kept = os.path.join(self.stage, f"old-{self._kept}")
        self._kept += 1
        try:
            os.link(name, kept, src_dir_fd=parent, follow_symlinks=False)
        except OSError as error:
            if error.errno not in NO_LINKS:
                raise
            shutil.copy2(f"/proc/self/fd/{parent}/{os.fsdecode(name)}", kept, follow_symlinks=False)
        return kept

    # Undoing: the last step first

    def undo_all(self) -> None:
        failures = []
        for undo in reversed(self._undo):
            try:
                undo()
            except OSError as error:
                failures.append(error)
        if failures:
            raise Unrecovered(self.stage, failures)


def _with_executable(permissions: int, executable: bool) -> int:
    """Executable for whoever may read, as git sets it; the other permissions stay."""
    if not executable:
        return permissions & ~0o111
    return permissions | (permissions & 0o444) >> 2


def _keep_owner(opened: int, present: os.stat_result) -> None:
    """A file that another user owns stays theirs, where we may do that."""
    if (present.st_uid, present.st_gid) == (os.geteuid(), os.getegid()):
        return
    with contextlib.suppress(PermissionError):
        os.fchown(opened, present.st_uid, present.st_gid)
