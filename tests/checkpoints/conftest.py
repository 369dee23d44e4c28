"""A session's worktree of a small project, and checkpoints of it."""

import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from attrs import field, frozen

from boocode.adapters.git import GitCheckpoints, GitWorkspaces
from boocode.ports.checkpoints import CHECKPOINT_REFS, Captured, RestorePlan
from boocode.ports.worktrees import WorktreePlace
from tests.actors.checkpoint_kit import talk  # noqa: F401
from tests.kit.postgres import asyncio_loop, database, database_url, log, postgres_server, store  # noqa: F401
from tests.kit.repositories import Repo, make_repository, scratch_in_memory, settle_git_environment

FILES = {
    "README.md": "# A project\n",
    "src/app.py": "def main():\n    return 1\n",
    "src/deep/er/leaf.txt": "leaf\n",
    "run.sh": "echo hi\n",
    ".gitignore": "*.log\nbuild/\n",
}

MAX_FILE_BYTES = 4096


@frozen
class Ground:
    """A worktree, what makes checkpoints of it, and a ref for each."""

    git: GitCheckpoints
    project: Repo
    place: WorktreePlace
    _refs: list[str] = field(factory=list)

    @property
    def worktree(self) -> Repo:
        return Repo(Path(self.place.path))

    async def capture(self, *, previous: str | None = None, also_like: str | None = None) -> Captured:
        self._refs.append(f"{CHECKPOINT_REFS}cht_1/{len(self._refs) + 1}")
        return await self.git.capture(
            self.place, self._refs[-1], "A checkpoint", previous=previous, also_like=also_like
        )

    @property
    def last_ref(self) -> str:
        return self._refs[-1]

    async def plan(self, target: str) -> RestorePlan:
        return await self.git.plan(self.place, (await self.capture(also_like=target)).commit, target)

    async def restore(self, target: str) -> RestorePlan:
        """As a session's owner does it: what is there now is captured first. The preview is what happens."""
        now = (await self.capture(also_like=target)).commit
        preview = await self.git.plan(self.place, now, target)
        done = await self.git.restore(self.place, now, target)
        assert done == preview
        return done

    def held(self, commit: str) -> set[bytes]:
        """The paths that a checkpoint holds."""
        return set(self.project.git("ls-tree", "-r", "-z", "--name-only", commit).split(b"\0")[:-1])

    def git_drop_all(self) -> None:
        """As if no checkpoint had ever been made."""
        for ref in self.refs():
            self.project.git("update-ref", "-d", ref)

    def refs(self) -> list[str]:
        return self.project.git("for-each-ref", "--format=%(refname)", CHECKPOINT_REFS).decode().split()


def files_of(root: Path) -> Mapping[bytes, tuple[str, bytes]]:
    """Every path below but `.git`: (kind with the executable bit, bytes); of directories only the empty ones."""
    top = os.fsencode(root)
    found: dict[bytes, tuple[str, bytes]] = {}
    for base, directories, names in os.walk(top):
        if base == top:
            directories[:] = [name for name in directories if name != b".git"]
            names = [name for name in names if name != b".git"]
        if not directories and not names and base != top:
            found[os.path.relpath(base, top)] = ("directory", b"")
        for name in (*names, *directories):
            path = os.path.join(base, name)
            status = os.lstat(path)
            relative = os.path.relpath(path, top)
            if stat.S_ISLNK(status.st_mode):
                found[relative] = ("symlink", os.readlink(path))
            elif stat.S_ISREG(status.st_mode):
                with open(path, "rb") as file:
                    found[relative] = ("executable" if status.st_mode & 0o100 else "file", file.read())
    return found


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    """In memory: hundreds of worktrees are made here, and some disks take milliseconds for a file."""
    with scratch_in_memory() as path:
        yield path


@pytest.fixture(autouse=True)
def git_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    home = tmp_path / "person"
    settle_git_environment(monkeypatch, home)
    return home


@pytest.fixture
def project(tmp_path: Path, git_environment: Path) -> Repo:
    return make_repository(tmp_path / "project", FILES)


@pytest.fixture
def place(tmp_path: Path, project: Repo) -> WorktreePlace:
    path = tmp_path / "home" / "worktrees" / "project-1"
    return WorktreePlace("ses_1", str(project.root), str(path), "boocode/1")


@pytest.fixture
async def ground(project: Repo, place: WorktreePlace) -> Ground:
    await GitWorkspaces().open_worktree(place)
    return Ground(GitCheckpoints(max_file_bytes=MAX_FILE_BYTES), project, place)
