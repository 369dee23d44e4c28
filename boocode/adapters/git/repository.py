"""What libgit2 answers quickly: where a repository is, its HEAD, its refs. Plain calls, to be made in a thread.

Nothing here reads a tree or a large object: libgit2 would hold the interpreter, and with it the event loop.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from attrs import frozen

from boocode.adapters.git.libgit2 import pygit2
from boocode.domain.changes import Entry
from boocode.ports.worktrees import WorkspaceError

BASE_REFS = "refs/boocode/base/"
"""The base commit of each session; keeps it when the project's branches are rewritten."""

PENDING_REFS = "refs/boocode/pending/"
"""The last capture of each session; keeps the bytes of what waits for a person."""


SEEN_REFS = "refs/boocode/seen/"
"""The files of each session's worktree as its last finished capture found them."""

APPLIED_REFS = "refs/boocode/applied/"
"""What each session's applies and rewinds found in the project and wrote there, as a chain of pairs of commits."""

PARTS_REFS = "refs/boocode/parts/"
"""Files as they are between two parts of a change that was decided on by hunks, as a chain of commits."""


@frozen
class Located:
    """A repository with a working tree; all paths are absolute and resolved."""

    root: str
    git_dir: str
    common_dir: str
    """`git_dir`, or for a linked worktree the repository that it is linked to."""


def locate(path: str) -> Located:
    """The repository that `path` is in. Raises WorkspaceError `not_a_repository`."""
    with opened(path) as repository:
        return _located(repository)


def require_commit(path: str) -> Located:
    """Like `locate`, for a repository that agents can work on: WorkspaceError `no_commits` without any commit."""
    with opened(path) as repository:
        located = _located(repository)
        if repository.head_is_unborn:
            raise WorkspaceError(
                "no_commits",
                f"Asked to work on {located.root}, found a repository without any commit. Make a first one, "
                "for example with: git commit --allow-empty -m 'First commit'",
            )
        return located


def head_commit(path: str) -> str:
    with opened(path) as repository:
        return str(repository.head.peel(pygit2.Commit).id)


def read_ref(path: str, name: str) -> str | None:
    """The commit that a ref names; None when there is no such ref."""
    with opened(path) as repository:
        reference = repository.references.get(name)
        return None if reference is None else str(reference.peel(pygit2.Commit).id)


def set_ref(path: str, name: str, commit: str) -> None:
    with opened(path) as repository:
        repository.references.create(name, pygit2.Oid(hex=commit), force=True)


def keep_alone(path: str, name: str, base: str) -> str:
    """Lets go of what the commit that a ref names keeps beside its own way back to `base`: of it, and of one between
    the two, only the first parent stays. Returns the commit that the ref names then."""
    with opened(path) as repository:
        tip = repository.references[name].peel(pygit2.Commit)
        first = tip.parent_ids[0]
        if str(first) != base:
            first = _with_first_parent(repository, repository[first].peel(pygit2.Commit))
        if tip.parent_ids == [first]:
            return str(tip.id)
        alone = _again(repository, tip, first)
        repository.references.create(name, alone, force=True)
        return str(alone)


def differing(path: str, ref: str, entries: Mapping[bytes, Entry | None]) -> frozenset[bytes]:
    """Of these paths, those that the commit of a ref has in another way; none without such a ref."""
    with opened(path) as repository:
        reference = repository.references.get(ref)
        if reference is None:
            return frozenset()
        tree = reference.peel(pygit2.Tree)
        return frozenset(name for name, entry in entries.items() if _entry(tree, name) != entry)


def _entry(tree: pygit2.Tree, path: bytes) -> Entry | None:
    try:
        found = tree[os.fsdecode(path)]
    except KeyError:
        return None
    mode = int(found.filemode)
    return None if mode == pygit2.GIT_FILEMODE_TREE else Entry(mode, str(found.id))


def _with_first_parent(repository: pygit2.Repository, commit: pygit2.Commit) -> pygit2.Oid:
    if len(commit.parent_ids) == 1:
        return commit.id
    return _again(repository, commit, commit.parent_ids[0])


def _again(repository: pygit2.Repository, commit: pygit2.Commit, parent: pygit2.Oid) -> pygit2.Oid:
    return repository.create_commit(
        None, commit.author, commit.committer, commit.message, commit.tree_id, [parent]
    )


def delete_ref(path: str, name: str) -> None:
    """Removes a ref; one that is gone already is fine."""
    with opened(path) as repository:
        if name in repository.references:
            repository.references.delete(name)


def local_branches(path: str) -> frozenset[str]:
    with opened(path) as repository:
        return frozenset(os.fsdecode(name) for name in repository.raw_listall_branches())


def settings(path: str, *names: str) -> dict[str, str]:
    """The configured values of these settings, those that are set anywhere."""
    with opened(path) as repository:
        config = repository.config.snapshot()
        return {name: config[name] or "" for name in names if name in config}


def write_blobs(path: str, contents: Mapping[bytes, bytes]) -> dict[bytes, str]:
    """Keeps small pieces of data, for example symlinks' targets, as blobs: name → content, name → object id."""
    if not contents:
        return {}
    with opened(path) as repository:
        return {name: str(repository.create_blob(data)) for name, data in contents.items()}


@contextmanager
def opened(path: str) -> Iterator[pygit2.Repository]:
    """Raises WorkspaceError `not_a_repository`; what libgit2 refuses inside becomes `git_failed`."""
    try:
        found = pygit2.discover_repository(path) if os.path.isdir(path) else None
        repository = None if found is None else pygit2.Repository(found)
    except (pygit2.GitError, KeyError) as error:
        raise WorkspaceError(
            "not_a_repository", f"Asked for the git repository at {path}; it cannot be opened: {error}."
        ) from error
    if repository is None:
        present = "a directory that is in no repository" if os.path.isdir(path) else "no such directory"
        raise WorkspaceError(
            "not_a_repository",
            f"Asked for the git repository at {path}, found {present}. Give the path of a repository on this "
            "machine, or make one there with: git init",
        )
    try:
        yield repository
    except pygit2.GitError as error:
        raise WorkspaceError("git_failed", f"Git cannot read the repository at {path}: {error}.") from error
    finally:
        repository.free()


def _located(repository: pygit2.Repository) -> Located:
    git_dir = os.path.realpath(repository.path)
    if repository.workdir is None:
        raise WorkspaceError(
            "not_a_repository",
            f"Asked for the repository at {git_dir}, found a bare one: it has no files to work on. "
            "Clone it, and give the path of the clone.",
        )
    return Located(os.path.realpath(repository.workdir), git_dir, _common_dir(git_dir))


def _common_dir(git_dir: str) -> str:
    try:
        with open(os.path.join(git_dir, "commondir"), encoding="utf-8", errors="surrogateescape") as file:
            return os.path.realpath(os.path.join(git_dir, file.read().strip()))
    except FileNotFoundError:
        return git_dir
