"""Git's registration of a worktree: `.git/worktrees/NAME`, which holds its HEAD and its index.

It and the file `.git` in the worktree point to each other. The one in the worktree is in the agent's
hands; so the registration is always found from the project's side. Plain calls, for a thread.
"""

import os
import shutil
from collections.abc import Callable
from typing import Any

from boocode.adapters.git.repository import Located
from boocode.ports.worktrees import WorkspaceError


def find_registration(located: Located, worktree: str) -> str | None:
    """The directory in which git keeps the worktree's HEAD and index, whatever the worktree's `.git` says."""
    registered = os.path.join(located.common_dir, "worktrees")
    wanted = os.path.join(worktree, ".git")
    try:
        entries = sorted(os.scandir(registered), key=lambda entry: entry.name)
    except FileNotFoundError:
        return None
    return next((entry.path for entry in entries if _points_to(entry.path, wanted)), None)


def require_registration(located: Located, worktree: str) -> str:
    """Like `find_registration`, for a worktree that must be there. Raises WorkspaceError `no_worktree`."""
    registration = find_registration(located, worktree)
    if registration is None or not os.path.isdir(worktree):
        raise WorkspaceError(
            "no_worktree", f"Asked for the worktree at {worktree}, found none. It is made with the next turn."
        )
    return registration


def _points_to(registration: str, wanted: str) -> bool:
    try:
        with open(os.path.join(registration, "gitdir"), encoding="utf-8", errors="surrogateescape") as file:
            target = file.read().strip()
    except (FileNotFoundError, NotADirectoryError):
        return False
    return target == wanted or os.path.realpath(os.path.dirname(target)) == os.path.realpath(
        os.path.dirname(wanted)
    )


def forget_registration(registration: str | None) -> None:
    """Drops the registration of a worktree whose files are gone."""
    if registration is not None:
        remove_tree(registration)


def restore_link(worktree: str, registration: str) -> None:
    """Puts back the worktree's `.git` file when somebody deleted it."""
    link = os.path.join(worktree, ".git")
    if not os.path.lexists(link):
        _write(link, f"gitdir: {registration}")


def move_registration(located: Located, empty: str, worktree: str) -> None:
    """Points the registration of an empty worktree at another one's files, and removes the empty one."""
    registration = find_registration(located, empty)
    assert registration is not None, f"git did not register {empty}"
    _write(os.path.join(worktree, ".git"), f"gitdir: {registration}")
    _write(os.path.join(registration, "gitdir"), os.path.join(worktree, ".git"))
    remove_tree(empty)


def remove_tree(path: str) -> None:
    """Removes a directory and all in it; one that is gone already is fine, a symlink is left alone."""
    if os.path.isdir(path) and not os.path.islink(path):
        shutil.rmtree(path, onerror=_open_up)


def _open_up(remove: Callable[..., object], path: str, error: Any) -> None:
    """An agent may have made directories that even their owner cannot write to or look into."""
    if isinstance(error[1], FileNotFoundError):
        return  # somebody else removes it as well
    if not isinstance(error[1], PermissionError):
        raise error[1]
    os.chmod(os.path.dirname(path), 0o700)
    if os.path.isdir(path) and not os.path.islink(path):
        os.chmod(path, 0o700)
        shutil.rmtree(path, onerror=_open_up)
    else:
        remove(path)


def _write(path: str, line: str) -> None:
    with open(path, "w", encoding="utf-8", errors="surrogateescape") as file:
        file.write(line + "\n")
