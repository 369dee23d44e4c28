"""The place of one program: a small repository of a person, BooCode's folder of worktrees, and what is outside."""

import os
import shutil
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

import pygit2
from attrs import define, field
from pygit2.enums import ConfigLevel

from boocode.contracts.resources import Session
from boocode.ports.store import WorktreeRow
from boocode.ports.worktrees import OpenWorktree
from tests.kit.repositories import IDENTITY
from tests.programs.desk import Desk
from tests.programs.oracle import Loss, Picture, staged
from tests.programs.pictures import NO_TREE, Reachable, ground_of, tree_at
from tests.programs.worker import LIMIT

_STAGES = ("boocode-apply-", "scratch-")
_IN_WORKTREE = ("capture", "checkpoint", "restore", "way_back", "stash")

TIDY_S = 10.0

_LINES = b"".join(b"line %d of the beginning\n" % n for n in range(14))
_FILES: Mapping[str, bytes] = {
    "app.py": _LINES.replace(b"beginning", b"app"),
    "lib.py": _LINES.replace(b"beginning", b"lib"),
    "src/main.c": _LINES.replace(b"beginning", b"main"),
    "src/deep/leaf.txt": b"leaf\n",
    "notes.txt": _LINES.replace(b"beginning", b"notes").replace(b"\n", b"\r\n"),
    "run.sh": b"#!/bin/sh\necho hi\n",
    "data.bin": b"\0\x01\x02\xff\r\n",
}
_EXTRAS: tuple[Mapping[str, bytes], ...] = (
    {},
    {".gitignore": b"*.log\nbuild/\nnode_modules/\n"},
    {".gitattributes": b"* text=auto\n*.c ident\n"},
    {".gitattributes": b"*.txt eol=crlf\n*.py filter=missing\n", ".gitignore": b"*.log\nsecret.env\n"},
)


def settle_environment(home: Path) -> None:
    """Git and libgit2 of this process and its children see no configuration of this machine."""
    home.mkdir(parents=True, exist_ok=True)
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        del os.environ[name]
    os.environ.update(
        {**IDENTITY, "HOME": str(home), "XDG_CONFIG_HOME": str(home / ".config"), "GIT_CONFIG_NOSYSTEM": "1"}
    )
    for level in (ConfigLevel.GLOBAL, ConfigLevel.XDG, ConfigLevel.SYSTEM):
        pygit2.settings.search_path[level] = str(home)


def git(root: str, *arguments: str, check: bool = False) -> bytes:
    """As a person or an agent at a shell; what git refuses them is theirs to bear."""
    done = subprocess.run(["git", *arguments], cwd=root, capture_output=True, check=False)
    if check and done.returncode:
        raise AssertionError(f"git {' '.join(arguments)}: {done.stderr.decode()}")
    return done.stdout


def make_templates(folder: Path) -> None:
    """The repositories that programs begin with, one for each of `_EXTRAS`."""
    for number, extra in enumerate(_EXTRAS):
        root = folder / f"template-{number}"
        for name, data in {**_FILES, **extra}.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_bytes(data)
        (root / "run.sh").chmod(0o755)
        git(str(root), "init", "-q", "-b", "main", "--template=", check=True)
        git(str(root), "add", "-A", check=True)
        git(str(root), "commit", "-q", "-m", "The beginning", check=True)


@define
class Workplace:
    folder: Path
    desk: Desk
    project: str = field(init=False)
    outside: str = field(init=False)
    session: Session = field(init=False)
    row: WorktreeRow = field(init=False)
    reachable: Reachable = field(init=False)

    def open(self, templates: Path, seed: int) -> None:
        self.folder.mkdir()
        self.project, self.outside = str(self.folder / "project"), str(self.folder / "outside")
        shutil.copytree(templates / f"template-{seed % len(_EXTRAS)}", self.project, symlinks=True)
        git(self.project, "update-index", "-q", "--refresh")
        os.mkdir(self.outside)
        (self.folder / "outside" / "precious.txt").write_text("nobody may change this\n")
        self.reachable = Reachable(self.git_dir)
        project = self.desk.look("add_project", self.project, "project")
        self.session = self.desk.look("create_session", project.id, f"Program {seed}")
        self.row = self.desk.ask(OpenWorktree(self.session.id))

    @property
    def git_dir(self) -> str:
        return os.path.join(self.project, ".git")

    @property
    def worktree(self) -> str:
        return self.row.path

    @property
    def registration(self) -> str | None:
        """Git's directory of the worktree; None when it is removed. A program has one worktree."""
        registered = os.path.join(self.git_dir, "worktrees")
        names = os.listdir(registered) if os.path.isdir(registered) else ()
        return next((os.path.join(registered, name) for name in names), None)

    def picture(self) -> Picture:
        registration = self.registration
        there = registration is not None and os.path.isdir(self.worktree)
        return Picture(
            project=tree_at(self.project),
            worktree=tree_at(self.worktree) if there else NO_TREE,
            ground=ground_of(self.git_dir),
            outside=tree_at(self.outside),
            project_staged=staged(self.git_dir),
            worktree_staged=staged(registration),
            worktree_head=self._head(registration),
        )

    def _head(self, registration: str | None) -> bytes:
        if registration is None:
            return b""
        with open(os.path.join(registration, "HEAD"), "rb") as file:
            head = file.read().strip()
        if not head.startswith(b"ref: "):
            return head
        return head + b" " + git(self.project, "rev-parse", "-q", "--verify", head[5:].decode()).strip()

    def ignored(self) -> frozenset[bytes]:
        """Files in the worktree that git ignores by its rules now and does not track."""
        listed = git(self.worktree, "ls-files", "--others", "--ignored", "--exclude-standard", "-z")
        return frozenset(listed.split(b"\0")) - {b""}

    def left_out(self) -> frozenset[bytes]:
        """What a checkpoint of the worktree cannot hold: files of nested repositories, and over the limit."""
        found: set[bytes] = set()
        top = os.fsencode(self.worktree)
        for base, _, names in os.walk(top):
            inside = os.path.relpath(base, top)
            if inside != b"." and os.path.lexists(os.path.join(base, b".git")):
                found.add(inside)
            for name in names:
                full = os.path.join(base, name)
                path = name if inside == b"." else inside + b"/" + name
                is_inner = any(path.startswith(each + b"/") for each in found)
                is_large = not os.path.islink(full) and os.path.getsize(full) > LIMIT
                if is_inner or is_large:
                    found.add(path)
        return frozenset(found)

    def wait_until_tidy(self, of: str) -> None:
        """Raises Loss. The next turn's checkpoint is prepared in the background: it may be at work for a moment."""
        until = time.monotonic() + TIDY_S
        while left := self._leftovers(of):
            if time.monotonic() > until:
                raise Loss(f"left behind: {left}")
            time.sleep(0.01)

    def _leftovers(self, of: str) -> list[str]:
        """What an operation that is over has no use for: stages, scratch directories, lock files of git."""
        state = os.path.join(os.path.dirname(self.worktree), ".state")
        found = []
        for base, directories, names in os.walk(state if of in _IN_WORKTREE else self.git_dir):
            found += [
                os.path.join(base, name) for name in names if name.endswith(".lock") and name != "apply.lock"
            ]
            found += [os.path.join(base, name) for name in directories if name.startswith(_STAGES)]
        return found

    def forget(self) -> None:
        """So that the next program's BooCode, on the same database, does not look for what is gone."""
        self.desk.look("remove_project", self.session.project_id)
        self.desk.look("worktree_removed", self.row.id, None)

    def close(self) -> None:
        for base, directories, _ in os.walk(self.folder):
            for name in directories:
                full = os.path.join(base, name)
                if not os.path.islink(full):
                    os.chmod(full, 0o755)
        shutil.rmtree(self.folder)
