"""Directories looked into without following what is in them."""

from pathlib import Path

import pytest

from boocode.adapters.git.directories import Obstacle, files_inside, parent_of, root_of


def test_files_inside_lists_symlinks_and_follows_none(tmp_path: Path) -> None:
    (tmp_path / "deep/empty").mkdir(parents=True)
    (tmp_path / "deep/file").write_text("x")
    (tmp_path / "to-directory").symlink_to("deep")
    (tmp_path / "to-itself").symlink_to("to-itself")
    (tmp_path / "to-nothing").symlink_to("nothing")
    with root_of(str(tmp_path)) as root:
        found = files_inside(root, b"d", 10)
    assert set(found) == {b"d/deep/file", b"d/to-directory", b"d/to-itself", b"d/to-nothing"}


def test_files_inside_stops_soon_after_its_limit(tmp_path: Path) -> None:
    for number in range(9):
        (tmp_path / f"d{number}").mkdir()
        (tmp_path / f"d{number}/file").write_text("x")
    with root_of(str(tmp_path)) as root:
        assert 3 <= len(files_inside(root, b"d", 3)) < 9


def test_a_symlinked_parent_is_an_obstacle_and_an_error_of_the_file_system(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    with (
        root_of(str(tmp_path)) as root,
        pytest.raises(OSError, match="link is a symbolic link") as caught,
        parent_of(root, b"link/file"),
    ):
        raise AssertionError("it was followed")
    assert isinstance(caught.value, Obstacle)
    assert (caught.value.path, caught.value.is_symlink) == (b"link", True)
