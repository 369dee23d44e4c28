"""Files for agents: inside the worktree, regular, of a sane size, and nothing else."""

import os
from pathlib import Path

import pytest
import trio

from boocode.adapters.acp.files import MAX_FILE_BYTES, WorktreeFiles
from boocode.ports.agent_wire import FileMissing, FileRefused


@pytest.fixture
def root(tmp_path: Path) -> Path:
    place = tmp_path / "worktree"
    place.mkdir()
    (tmp_path / "secret.txt").write_text("secret")
    return place


@pytest.fixture
def files(root: Path) -> WorktreeFiles:
    return WorktreeFiles(str(root), trio.CapacityLimiter(2))


async def test_a_file_is_written_with_its_folders_and_read_back(root: Path, files: WorktreeFiles) -> None:
    await files.write_text(str(root / "a/b/c.txt"), "one\ntwö\n")
    assert (root / "a/b/c.txt").read_text() == "one\ntwö\n"
    assert await files.read_text(str(root / "a/b/c.txt"), None, None) == "one\ntwö\n"
    await files.write_text("a/b/c.txt", "x")
    assert (root / "a/b/c.txt").read_text() == "x"


@pytest.mark.parametrize(
    ("line", "limit", "text"),
    [(2, None, "2\n3"), (2, 1, "2\n"), (None, 2, "1\n2\n"), (9, None, ""), (0, 1, "1\n"), (1, 0, "")],
)
async def test_lines_are_served_from_a_line_on(
    root: Path, files: WorktreeFiles, line: int | None, limit: int | None, text: str
) -> None:
    (root / "f").write_text("1\n2\n3")
    assert await files.read_text("f", line, limit) == text


@pytest.mark.parametrize(
    "path", ["../secret.txt", "/etc/passwd", "link.txt", "folder/secret.txt", "", ".", ".git", ".git/hooks/x"]
)
async def test_nothing_outside_the_worktree_is_read_or_written(
    root: Path, files: WorktreeFiles, path: str
) -> None:
    (root / "link.txt").symlink_to(root.parent / "secret.txt")
    (root / "folder").symlink_to(root.parent)
    (root / ".git").write_text("gitdir: elsewhere")
    with pytest.raises(FileRefused):
        await files.read_text(path, None, None)
    with pytest.raises(FileRefused):
        await files.write_text(path, "overwritten")
    assert (root.parent / "secret.txt").read_text() == "secret"
    assert (root / ".git").read_text() == "gitdir: elsewhere"


async def test_a_link_inside_the_worktree_is_followed(root: Path, files: WorktreeFiles) -> None:
    (root / "real.txt").write_text("real")
    (root / "link.txt").symlink_to("real.txt")
    assert await files.read_text("link.txt", None, None) == "real"


async def test_what_is_no_regular_file_is_refused_at_once(root: Path, files: WorktreeFiles) -> None:
    os.mkfifo(root / "pipe")
    (root / "dir").mkdir()
    for path in ("pipe", "dir", "missing"):
        with trio.fail_after(5), pytest.raises(FileRefused):
            await files.read_text(path, None, None)
    with trio.fail_after(5), pytest.raises(FileRefused):
        await files.write_text("pipe", "x")


async def test_a_huge_file_is_neither_served_nor_taken(root: Path, files: WorktreeFiles) -> None:
    (root / "huge").touch()
    os.truncate(root / "huge", MAX_FILE_BYTES + 1)
    with pytest.raises(FileRefused, match="at most"):
        await files.read_text("huge", None, None)
    with pytest.raises(FileRefused, match="at most"):
        await files.write_text("new", "x" * (MAX_FILE_BYTES + 1))
    assert not (root / "new").exists()


async def test_a_folder_is_the_worktree_or_lies_in_it(root: Path, files: WorktreeFiles) -> None:
    (root / "sub").mkdir()
    (root / "file").write_text("x")
    (root / "out").symlink_to(root.parent)
    assert await files.folder(None) == str(root)
    assert await files.folder(str(root)) == str(root)
    assert await files.folder("sub") == str(root / "sub")
    for path in ("file", "missing", "..", "/", "out", "sub/../.."):
        with pytest.raises(FileRefused):
            await files.folder(path)


async def test_a_file_that_is_not_there_is_told_from_one_that_may_not_be_read(
    root: Path, files: WorktreeFiles
) -> None:
    with pytest.raises(FileMissing):
        await files.read_text(str(root / "not/here.txt"), None, None)
    with pytest.raises(FileRefused) as refused:
        await files.read_text("../not-here.txt", None, None)
    assert not isinstance(refused.value, FileMissing)
