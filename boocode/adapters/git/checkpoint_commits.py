"""Checkpoints as commits: what one says about itself, and how it is written. Plain calls, for a thread.

A checkpoint's tree has the files, its first parent is the HEAD of that time, and the last line of its message
lists what the tree leaves out. So all that a restore has to know comes from the commit alone.
"""

import json

import pygit2
from attrs import field, frozen

from boocode.adapters.git.repository import opened
from boocode.domain.pathnames import read_path, show_path
from boocode.domain.restoring import Outside
from boocode.ports.checkpoints import LeftOut
from boocode.ports.worktrees import WorkspaceError

_LEFT_OUT = "Left-Out: "
"""Before a JSON object, path → reason."""

_SIGNATURE = ("BooCode", "boocode@localhost")


@frozen
class State:
    """A worktree as it was captured."""

    tree: str
    head: str | None
    left_out: tuple[LeftOut, ...]
    outside: Outside = field(init=False, eq=False)

    @outside.default
    def _outside(self) -> Outside:
        nested = [read_path(item.path) for item in self.left_out if item.reason == "nested repository"]
        single = [read_path(item.path) for item in self.left_out if item.reason != "nested repository"]
        return Outside(frozenset(single), frozenset(nested))


def left_out(path: bytes, reason: str) -> LeftOut:
    return LeftOut(show_path(path), reason)  # type: ignore[arg-type]


def write_state(common_dir: str, state: State, message: str) -> str:
    """Writes the commit, kept by nothing yet. Raises WorkspaceError `git_failed`."""
    listed = json.dumps({item.path: item.reason for item in state.left_out}, ensure_ascii=False)
    # A NUL would end the message there, and with it the list.
    text = f"{message.replace(chr(0), '')}\n\n{_LEFT_OUT}{listed}\n"
    with opened(common_dir) as repository:
        person = pygit2.Signature(*_SIGNATURE)
        parents = [] if state.head is None else [pygit2.Oid(hex=state.head)]
        tree = pygit2.Oid(hex=state.tree)
        return str(repository.create_commit(None, person, person, text, tree, parents))


def read_state(common_dir: str, commit: str) -> State:
    """Raises WorkspaceError `checkpoint_gone`."""
    with opened(common_dir) as repository:
        try:
            found = repository[commit].peel(pygit2.Commit)
            repository[found.tree_id]
        except (KeyError, ValueError) as error:
            raise WorkspaceError(
                "checkpoint_gone",
                f"Asked for the checkpoint {commit}; it is no longer in the repository at {common_dir}.",
            ) from error
        head = str(found.parent_ids[0]) if found.parent_ids else None
        return State(str(found.tree_id), head, _listed(found.message))


def _listed(message: str) -> tuple[LeftOut, ...]:
    last = message.rstrip("\n").rpartition("\n")[2]
    if not last.startswith(_LEFT_OUT):
        return ()
    return tuple(LeftOut(path, reason) for path, reason in json.loads(last.removeprefix(_LEFT_OUT)).items())


def head_of(registration: str) -> str | None:
    """The commit that a worktree is at, whatever it is in the middle of; None on a branch without any."""
    repository = pygit2.Repository(registration)
    try:
        return None if repository.head_is_unborn else str(repository.head.peel(pygit2.Commit).id)
    except pygit2.GitError as error:
        raise WorkspaceError("git_failed", f"Git cannot read the HEAD in {registration}: {error}.") from error
    finally:
        repository.free()


def trusts_modes(common_dir: str) -> bool:
    """Whether executable bits on this file system are what git set."""
    with opened(common_dir) as repository:
        config = repository.config.snapshot()
        return "core.filemode" not in config or config.get_bool("core.filemode")
