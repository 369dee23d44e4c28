"""Checkpoints as commits: what one says about itself, and how it is written. Plain calls, for a thread.

A checkpoint's tree has the files, its first parent is the HEAD of that time, and the last line of its message
says what the tree cannot: what is left out, and where even ignored files were looked for. So all that a restore
has to know comes from the commit alone.
"""

from __future__ import annotations

import json

from attrs import field, frozen

from boocode.adapters.git.libgit2 import pygit2
from boocode.adapters.git.repository import opened
from boocode.domain.pathnames import read_path
from boocode.domain.restoring import Outside
from boocode.ports.checkpoints import LeftOut
from boocode.ports.worktrees import WorkspaceError

_ABOUT = "Checkpoint: "
"""Before a JSON object: `left_out`, path → reason; `like`, a commit or null."""

_SIGNATURE = ("BooCode", "boocode@localhost")


@frozen
class State:
    """A worktree as it was captured."""

    tree: str
    head: str | None
    left_out: tuple[LeftOut, ...]
    like: str | None = None
    """A commit of which some paths were not there, not even as ignored files."""
    outside: Outside = field(init=False, eq=False)

    @outside.default
    def _outside(self) -> Outside:
        nested = [read_path(item.path) for item in self.left_out if item.reason == "nested repository"]
        single = [read_path(item.path) for item in self.left_out if item.reason != "nested repository"]
        return Outside(frozenset(single), frozenset(nested))


def write_state(common_dir: str, state: State, message: str) -> str:
    """Writes the commit, kept by nothing yet. Raises WorkspaceError `git_failed`."""
    left_out = {item.path: item.reason for item in state.left_out}
    about = json.dumps({"left_out": left_out, "like": state.like}, ensure_ascii=False)
    # A NUL would end the message there.
    text = f"{message.replace(chr(0), '')}\n\n{_ABOUT}{about}\n"
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
        left_out, like = _about(found.message)
        return State(str(found.tree_id), head, left_out, like)


def _about(message: str) -> tuple[tuple[LeftOut, ...], str | None]:
    last = message.rstrip("\n").rpartition("\n")[2]
    if not last.startswith(_ABOUT):
        return (), None
    about = json.loads(last.removeprefix(_ABOUT))
    return tuple(LeftOut(path, reason) for path, reason in about["left_out"].items()), about["like"]


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
