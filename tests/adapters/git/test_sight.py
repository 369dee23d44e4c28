"""Whether anything changed since a capture, told without git: every change is seen, and nothing else is."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from attrs import field, frozen

from boocode.adapters.git import GitCheckpoints, GitWorkspaces
from boocode.adapters.git import sight as sight_module
from boocode.ports.checkpoints import Sight
from boocode.ports.worktrees import WorktreePlace
from tests.kit.repositories import Repo, make_repository, settle_git_environment

FILES = {
    "app.py": "one\n",
    "src/deep/er/leaf.txt": "leaf\n",
    "run.sh": "echo\n",
    ".gitignore": "*.log\nbuild/\n",
    "build/kept.txt": "tracked all the same\n",
}


@frozen
class Scene:
    place: WorktreePlace
    project: Repo
    person: Path
    git: GitCheckpoints = field(factory=GitCheckpoints)

    @property
    def tree(self) -> Repo:
        return Repo(Path(self.place.path))

    async def first(self) -> Sight:
        await self.git.capture(self.place, "refs/boocode/test", "A checkpoint")
        seen = await self.git.look(self.place)
        assert seen is not None
        return seen


@pytest.fixture
async def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Scene:
    settle_git_environment(monkeypatch, tmp_path / "person")
    project = make_repository(tmp_path / "project", {})
    for path, text in FILES.items():
        project.write(path, text)
    project.git("add", "-f", ".")
    project.git("commit", "-q", "-m", "all")
    place = WorktreePlace("ses_1", str(project.root), str(tmp_path / "worktrees" / "p-1"), "boocode/1")
    await GitWorkspaces().open_worktree(place)
    scene = Scene(place, project, tmp_path / "person")
    scene.tree.write("node_modules/a/b.js", "x\n")
    scene.tree.write("logs/only.log", "x\n")
    scene.tree.write("node_modules/.gitignore", "*\n")
    scene.tree.write(".git-ignored-by-person", "x\n")
    return scene


def rewrite_same_size_and_mtime(scene: Scene) -> None:
    path = scene.tree.root / "app.py"
    before = path.stat()
    path.write_text("two\n")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def replace_by_link(scene: Scene) -> None:
    path = scene.tree.root / "app.py"
    path.unlink()
    path.symlink_to("run.sh")


CHANGES: dict[str, Callable[[Scene], object]] = {
    "edited": lambda scene: scene.tree.write("app.py", "other\n"),
    "edited under its old time": rewrite_same_size_and_mtime,
    "created deep down": lambda scene: scene.tree.write("src/deep/er/new.txt", "x"),
    "created beside what is ignored": lambda scene: scene.tree.write("logs/deep/new.txt", "x"),
    "created in a new directory": lambda scene: scene.tree.write("a/b/c.txt", "x"),
    "deleted": lambda scene: (scene.tree.root / "app.py").unlink(),
    "renamed": lambda scene: (scene.tree.root / "app.py").rename(scene.tree.root / "b.py"),
    "replaced by a link": replace_by_link,
    "made executable": lambda scene: (scene.tree.root / "run.sh").chmod(0o755),
    "tracked in an ignored directory": lambda scene: scene.tree.write("build/kept.txt", "y\n"),
    "committed": lambda scene: scene.tree.git("commit", "-q", "--allow-empty", "-m", "x"),
    "added though ignored": lambda scene: scene.tree.git("add", "-f", "logs/only.log"),
    "other rules": lambda scene: scene.tree.write(".gitignore", "*.py\n"),
    "other rules of the repository": lambda scene: scene.project.write(".git/info/exclude", "*.sh\n"),
    "other rules of the person": lambda scene: (scene.person / ".gitconfig").write_text(
        "[core]\n\texcludesFile = ~/mine\n"
    ),
}


@pytest.mark.parametrize("change", CHANGES)
async def test_it_is_seen_when_something_was(scene: Scene, change: str) -> None:
    first = await scene.first()
    assert await scene.git.look(scene.place, first) == first
    CHANGES[change](scene)
    assert await scene.git.look(scene.place, first) != first


async def test_what_git_ignores_as_a_whole_is_passed_over(scene: Scene) -> None:
    (scene.tree.root / "vendor" / "deep").mkdir(parents=True)
    scene.tree.write(".gitignore", "*.log\nbuild/\nvendor/\n")
    scene.tree.write("vendor/deep/a.txt", "x")
    first = await scene.first()
    assert b"vendor" in first.passed_over
    assert b"build" not in first.passed_over, "git tracks something in it"
    assert b"logs" not in first.passed_over, "only what is in it matches a rule"
    scene.tree.write("vendor/deep/a.txt", "y")
    scene.tree.write("vendor/deep/b.txt", "y")
    assert await scene.git.look(scene.place, first) == first


async def test_reading_and_capturing_again_change_nothing(scene: Scene) -> None:
    first = await scene.first()
    scene.tree.read("app.py")
    assert await scene.first() == first


async def test_what_was_written_just_now_is_not_settled(scene: Scene) -> None:
    since = await scene.git.now_ns(scene.place)
    seen = await scene.first()
    assert not seen.is_settled(since), "the scene was made a moment ago"
    assert seen.is_settled(seen.newest_ns + 31_000_000) is (seen.newest_ns % 1_000_000_000 != 0)
    assert not Sight(b"", 5_000_000_000, ()).is_settled(7_000_000_000), "a clock that counts in seconds"
    assert Sight(b"", 5_000_000_000, ()).is_settled(9_000_000_000)


async def test_time_is_told_by_the_file_system(scene: Scene) -> None:
    before = await scene.git.now_ns(scene.place)
    scene.tree.write("new.txt", "x")
    written = (scene.tree.root / "new.txt").stat().st_ctime_ns
    assert before <= written <= await scene.git.now_ns(scene.place)


async def test_a_large_worktree_is_left_to_git(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    first = await scene.first()
    monkeypatch.setattr(sight_module, "MAX_ENTRIES", 5)
    assert await scene.git.look(scene.place, first) is None
