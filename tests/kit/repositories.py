"""Small real git repositories, made in a few milliseconds, deaf to this machine's own git configuration.

`settle_git_environment` is to be used by every test that touches git: identity, no global and no system file.
"""

import os
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pygit2
import pytest
from attrs import frozen
from pygit2.enums import ConfigLevel

from tests.kit.scratch import in_memory

IDENTITY = {
    "GIT_AUTHOR_NAME": "A Person",
    "GIT_AUTHOR_EMAIL": "person@example.org",
    "GIT_COMMITTER_NAME": "A Person",
    "GIT_COMMITTER_EMAIL": "person@example.org",
}


def settle_git_environment(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    """Git and libgit2 see the (perhaps empty) global configuration `home/.gitconfig` and no other."""
    home.mkdir(exist_ok=True)
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / ".config"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    for level, path in (
        (ConfigLevel.GLOBAL, home),
        (ConfigLevel.XDG, home / ".config" / "git"),
        (ConfigLevel.SYSTEM, home / "no-system"),
    ):
        pygit2.settings.search_path[level] = str(path)


@frozen
class Repo:
    """A repository, or a worktree of one, as a person at a shell works in it."""

    root: Path

    def git(self, *arguments: str, data: bytes = b"", check: bool = True) -> bytes:
        """Runs git here and returns what it printed."""
        done = subprocess.run(
            ["git", *arguments],
            cwd=self.root,
            input=data,
            env={**os.environ, **IDENTITY},
            capture_output=True,
            check=False,
        )
        if check and done.returncode:
            raise AssertionError(f"git {' '.join(arguments)}: {done.stderr.decode()}")
        return done.stdout

    def path(self, name: str | bytes) -> bytes:
        return os.path.join(os.fsencode(self.root), os.fsencode(name))

    def write(self, name: str | bytes, content: str | bytes, *, executable: bool = False) -> None:
        path = self.path(name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
        if executable:
            os.chmod(path, 0o755)

    def read(self, name: str | bytes) -> bytes:
        with open(self.path(name), "rb") as file:
            return file.read()

    def exists(self, name: str | bytes) -> bool:
        return os.path.lexists(self.path(name))

    def commit(self, message: str = "A commit") -> str:
        """Commits everything and returns the commit's id."""
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", message)
        return self.head()

    def head(self) -> str:
        return self.git("rev-parse", "HEAD").decode().strip()


def make_repository(root: Path, files: Mapping[str, str | bytes] | None = None) -> Repo:
    """A repository with one commit; with no commit at all for `files=None`."""
    root.mkdir(parents=True)
    repo = Repo(root)
    repo.git("init", "-q", "-b", "main")
    if files is not None:
        for name, content in files.items():
            repo.write(name, content)
        repo.commit("First commit")
    return repo


@contextmanager
def scratch_in_memory() -> Iterator[Path]:
    """A directory for thousands of files, gone afterwards; on some disks they take a minute to be removed."""
    with tempfile.TemporaryDirectory(dir=in_memory()) as path:
        yield Path(path)


def untouched(repo: Repo) -> tuple[bytes, ...]:
    """What BooCode must leave alone in a project: HEAD, branches of a person, index, stash, files."""
    return (
        repo.git("rev-parse", "--symbolic-full-name", "HEAD", check=False),
        repo.git(
            "for-each-ref", "--exclude=refs/boocode", "refs/tags", "refs/stash", "refs/remotes", check=False
        ),
        repo.git("ls-files", "--stage", "-z"),
        repo.git("status", "--porcelain=v2", "-z", "--untracked-files=all"),
        repo.git("stash", "list"),
    )
