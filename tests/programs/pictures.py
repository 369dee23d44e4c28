"""What is on the disk and in git at one time, read with plain calls and without touching it."""

import hashlib
import os
import stat
from collections.abc import Iterator, Mapping

import pygit2
from attrs import field, frozen
from pygit2.enums import FileMode


def blob_id(data: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


@frozen
class Seen:
    """One path. `kind`: `file`, `program` (executable), `link`, `other`; `blob`: the id of its bytes, or target."""

    kind: str
    blob: str


@frozen
class Tree:
    """A directory with all below it but `.git`; nested repositories' files are in it like any others."""

    files: Mapping[bytes, Seen]
    directories: frozenset[bytes]
    permissions: Mapping[bytes, int]

    @property
    def blobs(self) -> dict[str, bytes]:
        """Content → a path that has it."""
        return {seen.blob: path for path, seen in self.files.items()}


NO_TREE = Tree({}, frozenset(), {})


def tree_at(root: str) -> Tree:
    """NO_TREE when there is no such directory."""
    files: dict[bytes, Seen] = {}
    permissions: dict[bytes, int] = {}
    directories: set[bytes] = set()
    top = os.fsencode(root)
    for path, entry in _walk(top, b""):
        status = entry.stat(follow_symlinks=False)
        if stat.S_ISDIR(status.st_mode):
            directories.add(path)
            continue
        permissions[path] = stat.S_IMODE(status.st_mode)
        files[path] = _seen(entry.path, status.st_mode)
    return Tree(files, frozenset(directories), permissions)


def _walk(directory: bytes, inside: bytes) -> Iterator[tuple[bytes, "os.DirEntry[bytes]"]]:
    try:
        entries = list(os.scandir(directory))
    except (FileNotFoundError, NotADirectoryError):
        return
    for entry in entries:
        if entry.name == b".git":
            continue
        path = inside + entry.name
        yield path, entry
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(entry.path, path + b"/")


def _seen(path: bytes, mode: int) -> Seen:
    if stat.S_ISLNK(mode):
        return Seen("link", blob_id(os.readlink(path)))
    if not stat.S_ISREG(mode):
        return Seen("other", "")
    with open(path, "rb") as file:
        data = file.read()
    return Seen("program" if mode & stat.S_IXUSR else "file", blob_id(data))


_KINDS = {FileMode.BLOB: "file", FileMode.BLOB_EXECUTABLE: "program", FileMode.LINK: "link"}


def committed(repository: pygit2.Repository, commit: str) -> dict[bytes, Seen]:
    """The files of a commit (nested repositories left out)."""
    found: dict[bytes, Seen] = {}

    def walk(tree: pygit2.Tree, inside: bytes) -> None:
        for entry in tree:
            name = inside + entry.raw_name
            if isinstance(entry, pygit2.Tree):
                walk(entry, name + b"/")
            elif entry.filemode in _KINDS:
                found[name] = Seen(_KINDS[FileMode(entry.filemode)], str(entry.id))

    walk(repository[commit].peel(pygit2.Tree), b"")
    return found


@frozen
class Ground:
    """What BooCode must leave alone in a project's repository."""

    head: bytes
    index: bytes
    config: bytes
    stash_log: bytes
    refs: Mapping[str, str]
    """A person's: all but those below `refs/boocode/` and the branches of worktrees."""


def ground_of(git_dir: str) -> Ground:
    refs = all_refs(git_dir)
    return Ground(
        head=_read(git_dir, "HEAD"),
        index=_read(git_dir, "index"),
        config=_read(git_dir, "config"),
        stash_log=_read(git_dir, "logs/refs/stash"),
        refs={name: target for name, target in refs.items() if not _is_ours(name)},
    )


def _is_ours(ref: str) -> bool:
    return ref.startswith(("refs/boocode/", "refs/heads/boocode/"))


def _read(git_dir: str, name: str) -> bytes:
    try:
        with open(os.path.join(git_dir, name), "rb") as file:
            return file.read()
    except FileNotFoundError:
        return b""


def all_refs(git_dir: str) -> dict[str, str]:
    repository = pygit2.Repository(git_dir)
    try:
        return {name: str(repository.references[name].raw_target) for name in repository.references}
    finally:
        repository.free()


@frozen
class Reachable:
    """Blob ids that some ref of the repository keeps. Remembers what was walked: objects never change."""

    git_dir: str
    _of_tree: dict[str, frozenset[str]] = field(factory=dict)
    _of_commit: dict[str, tuple[frozenset[str], tuple[str, ...]]] = field(factory=dict)

    def blobs(self, *more: str) -> set[str]:
        """By all refs, HEADs of worktrees, the stash's log, and the commits `more`."""
        repository = pygit2.Repository(self.git_dir)
        try:
            return self._blobs(repository, [*self._roots(repository), *more])
        finally:
            repository.free()

    def _roots(self, repository: pygit2.Repository) -> Iterator[str]:
        for name in repository.references:
            yield str(repository.references[name].resolve().target)
        registered = os.path.join(self.git_dir, "worktrees")
        for name in ["", *(f"worktrees/{each}" for each in _listed(registered))]:
            head = _read(self.git_dir, f"{name}/HEAD".lstrip("/")).decode().strip()
            if not head.startswith("ref:") and head:
                yield head
        for line in _read(self.git_dir, "logs/refs/stash").splitlines():
            yield line.split()[1].decode()

    def _blobs(self, repository: pygit2.Repository, roots: list[str]) -> set[str]:
        found: set[str] = set()
        done: set[str] = set()
        while roots:
            commit = roots.pop()
            if commit in done:
                continue
            done.add(commit)
            if commit not in self._of_commit:
                self._of_commit[commit] = self._look(repository, commit)
            blobs, parents = self._of_commit[commit]
            found |= blobs
            roots.extend(parents)
        return found

    def _look(self, repository: pygit2.Repository, commit: str) -> tuple[frozenset[str], tuple[str, ...]]:
        found = repository[commit]
        if isinstance(found, pygit2.Tag):
            return frozenset(), (str(found.target),)
        if isinstance(found, pygit2.Tree):
            return self._tree(found), ()
        if isinstance(found, pygit2.Blob):
            return frozenset((str(found.id),)), ()
        assert isinstance(found, pygit2.Commit)
        return self._tree(found.tree), tuple(map(str, found.parent_ids))

    def _tree(self, tree: pygit2.Tree) -> frozenset[str]:
        key = str(tree.id)
        if key not in self._of_tree:
            blobs: set[str] = set()
            for entry in tree:
                if isinstance(entry, pygit2.Tree):
                    blobs |= self._tree(entry)
                elif entry.filemode != FileMode.COMMIT:
                    blobs.add(str(entry.id))
            self._of_tree[key] = frozenset(blobs)
        return self._of_tree[key]


def _listed(directory: str) -> list[str]:
    try:
        return os.listdir(directory)
    except FileNotFoundError:
        return []


def staged_blobs(git_dir: str) -> dict[str, bytes]:
    """What an index holds (blob → path): content may be there and nowhere else."""
    path = os.path.join(git_dir, "index")
    if not os.path.exists(path):
        return {}
    index = pygit2.Index(path)
    return {str(entry.id): os.fsencode(entry.path) for entry in index if entry.mode != FileMode.COMMIT}
