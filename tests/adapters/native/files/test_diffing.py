"""diff_files: what the worktree has beyond what it was made from, and nothing of it is run."""

import os
from pathlib import Path

import pytest

from boocode.adapters.git import GitWorkspaces
from boocode.adapters.native.files.diffing import MAX_CHARS
from boocode.adapters.processes.owner import LocalProcesses
from boocode.ports.native_tools import CallShown, ToolRefused
from boocode.ports.worktrees import OpenedWorktree, WorktreePlace
from tests.adapters.native.files.places import Place
from tests.kit.repositories import Repo, make_repository, settle_git_environment

FILES = {
    "README.md": "# A project\n",
    "src/app.py": "one\ntwo\nthree\n",
    "old.txt": "old\n",
    ".gitignore": "*.log\n",
}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repo:
    settle_git_environment(monkeypatch, tmp_path / "person")
    return make_repository(tmp_path / "project", FILES)


@pytest.fixture
async def opened(tmp_path: Path, project: Repo) -> tuple[Place, OpenedWorktree, GitWorkspaces]:
    """A session's worktree, made as sessions have theirs made."""
    git = GitWorkspaces()
    where = tmp_path / "worktrees" / "one"
    worktree = await git.open_worktree(WorktreePlace("ses_1", str(project.root), str(where), "boocode/one"))
    return Place(Repo(where), LocalProcesses()), worktree, git


@pytest.fixture
async def place(opened: tuple[Place, OpenedWorktree, GitWorkspaces]) -> Place:
    return opened[0]


async def test_nothing_has_changed_in_a_fresh_worktree(place: Place) -> None:
    assert await place.look("diff_files") == CallShown("Diff .", (str(place.repo.root),))
    assert await place.call("diff_files") == "Nothing has changed in . since the worktree was made."


async def test_edits_new_files_and_deletions_are_shown(place: Place) -> None:
    place.repo.write("src/app.py", "one\nTWO\nthree\n")
    place.repo.write("new/file.txt", "first\nsecond")
    place.repo.write("noise.log", "ignored\n")
    os.unlink(place.repo.path("old.txt"))
    text = await place.call("diff_files")
    assert "--- a/src/app.py\n+++ b/src/app.py\n" in text
    assert "\n-two\n+TWO\n" in text
    assert "deleted file mode 100644" in text
    assert "\n-old\n" in text
    assert text.endswith(
        "diff --git a/new/file.txt b/new/file.txt\nnew file\n--- /dev/null\n+++ b/new/file.txt\n"
        "@@ -0,0 +1,2 @@\n+first\n+second\n\\ No newline at end of file"
    )
    assert "noise.log" not in text


async def test_what_the_agent_committed_counts_too(place: Place) -> None:
    place.repo.write("src/app.py", "one\nTWO\nthree\n")
    place.repo.write("made.txt", "made\n")
    place.repo.commit("The agent's own")
    text = await place.call("diff_files")
    assert "\n-two\n+TWO\n" in text
    assert "\n+made" in text


async def test_one_file_or_folder_can_be_chosen(place: Place) -> None:
    place.repo.write("src/app.py", "one\nTWO\nthree\n")
    place.repo.write("src/new.py", "new\n")
    place.repo.write("README.md", "# Another\n")
    os.unlink(place.repo.path("old.txt"))
    assert "README" not in await place.call("diff_files", path="src")
    assert "+new" in await place.call("diff_files", path="src")
    assert "+# Another" in await place.call("diff_files", path="README.md")
    assert "-old" in await place.call("diff_files", path="old.txt")
    assert await place.call("diff_files", path=".gitignore") == (
        "Nothing has changed in .gitignore since the worktree was made."
    )


async def test_after_a_capture_it_shows_the_same(
    place: Place, opened: tuple[Place, OpenedWorktree, GitWorkspaces], project: Repo
) -> None:
    _, worktree, git = opened
    place.repo.write("src/app.py", "one\nTWO\nthree\n")
    place.repo.write("new.txt", "new\n")
    before = await place.call("diff_files")
    where = WorktreePlace("ses_1", str(project.root), str(place.repo.root), "boocode/one")
    assert len(await git.changes(where, worktree.base_commit)) == 2
    assert await place.call("diff_files") == before


async def test_a_new_line_ending_alone_is_no_change(place: Place) -> None:
    place.repo.write("src/app.py", "one\r\ntwo\r\nthree\r\n")
    assert (await place.call("diff_files")).startswith("Nothing has changed")


async def test_binary_large_and_odd_new_files_are_named(place: Place, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    place.repo.write("image.png", b"\x89PNG\0")
    place.repo.write(b"caf\xe9", "x\n")
    place.repo.write("empty", "")
    (place.repo.root / "link").symlink_to(tmp_path / "secret.txt")
    text = await place.call("diff_files")
    assert "New file image.png (binary or large, 5 bytes)" in text
    assert '+++ b/"caf\\351"\n' in text
    assert "diff --git a/empty b/empty\nnew file" in text
    assert "New file link (no regular file)" in text
    assert "+secret" not in text


async def test_a_long_diff_is_cut_and_said_to_be(place: Place) -> None:
    place.repo.write("src/app.py", "line\n" * 20_000)
    for number in range(80):
        place.repo.write(f"many/{number}.txt", "new\n")
    text = await place.call("diff_files")
    assert len(text) < MAX_CHARS + 200
    assert text.endswith("(the diff goes on; name a file or a folder to see the rest)")
    many = await place.call("diff_files", path="many")
    assert many.count("+new\n") == 50
    assert many.count("\nNew file many/") == 30


async def test_nothing_that_was_configured_is_run(place: Place, project: Repo, tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    script = tmp_path / "evil.sh"
    script.write_text(f"#!/bin/sh\ntouch {ran}\ncat\n")
    script.chmod(0o755)
    for name in (
        "filter.evil.clean",
        "filter.evil.smudge",
        "diff.evil.textconv",
        "diff.evil.command",
        "diff.external",
    ):
        project.git("config", name, str(script))
    project.git("config", "core.fsmonitor", str(script))
    project.git("config", "filter.evil.required", "true")
    place.repo.write(".gitattributes", "* filter=evil diff=evil\n")
    place.repo.write("src/app.py", "one\nTWO\nthree\n")
    text = await place.call("diff_files")
    assert "\n-two\n+TWO\n" in text
    assert not ran.exists()


async def test_it_takes_no_lock_and_leaves_the_index_alone(place: Place) -> None:
    index = Path(os.fsdecode(place.repo.git("rev-parse", "--git-path", "index").strip()))
    before = index.read_bytes()  # noqa: ASYNC240 - a test
    place.repo.write("src/app.py", "one\nTWO\nthree\n")
    index.with_name("index.lock").touch()
    assert "+TWO" in await place.call("diff_files")
    assert index.read_bytes() == before  # noqa: ASYNC240


async def test_a_repository_that_is_no_worktree_is_compared_with_its_head(project: Repo) -> None:
    project.write("src/app.py", "one\nTWO\nthree\n")
    assert "+TWO" in await Place(project, LocalProcesses()).call("diff_files")


async def test_what_cannot_be_compared_is_refused_in_words(place: Place, tmp_path: Path) -> None:
    for path, words in (("..", "lies outside"), (".git", "belongs to git")):
        with pytest.raises(ToolRefused, match=words):
            await place.call("diff_files", path=path)
    plain = tmp_path / "plain"
    plain.mkdir()
    with pytest.raises(ToolRefused, match="is no git worktree any more"):
        await Place(Repo(plain), LocalProcesses()).call("diff_files")
