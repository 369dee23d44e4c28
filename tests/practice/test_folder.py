"""File operations of the practice agent: what they do, and that they stay inside."""

from pathlib import Path

import pytest

from boocode.practice.folder import MAX_SHOWN, Folder, Refused


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    root = tmp_path / "root"
    root.mkdir()
    (tmp_path / "outside.txt").write_text("secret\n")
    return Folder(str(root))


def root(folder: Folder) -> Path:
    return Path(folder.root)


def test_create_makes_folders_and_gives_the_text_before(folder: Folder) -> None:
    assert folder.create("a/b.txt", "one\n") == (str(root(folder) / "a/b.txt"), None)
    assert folder.create("a/b.txt", "two\n")[1] == "one\n"
    assert (root(folder) / "a/b.txt").read_text() == "two\n"


def test_replace_and_append_give_both_texts(folder: Folder) -> None:
    folder.create("a.txt", "x y x")
    assert folder.replace("a.txt", "x", "z")[1:] == ("x y x", "z y z")
    assert folder.append("a.txt", "end\n")[1:] == ("z y z", "z y z\nend\n")
    assert folder.append("new.txt", "first\n")[1:] == (None, "first\n")


def test_line_endings_are_kept(folder: Folder) -> None:
    (root(folder) / "a.txt").write_bytes(b"x\r\ny\r\n")
    folder.replace("a.txt", "y", "z")
    assert (root(folder) / "a.txt").read_bytes() == b"x\r\nz\r\n"


def test_rename_and_delete(folder: Folder) -> None:
    folder.create("a.txt", "x")
    folder.rename("a.txt", "sub/b.txt")
    assert folder.list(".")[1] == ["sub/"]
    folder.delete("sub/b.txt")
    assert folder.list("sub")[1] == []


def test_a_link_is_deleted_and_not_what_it_points_to(folder: Folder, tmp_path: Path) -> None:
    (root(folder) / "link").symlink_to(tmp_path / "outside.txt")
    folder.delete("link")
    assert (tmp_path / "outside.txt").exists()


def test_a_long_file_is_shown_in_part(folder: Folder) -> None:
    folder.create("a.txt", "x" * (MAX_SHOWN + 1))
    assert folder.read("a.txt")[1].endswith("… cut here")


@pytest.mark.parametrize(
    "name", ["../outside.txt", "/etc/hostname", "link", "linked/outside.txt", "a/../../b"]
)
def test_nothing_outside_is_reached(folder: Folder, tmp_path: Path, name: str) -> None:
    (root(folder) / "link").symlink_to(tmp_path / "outside.txt")
    (root(folder) / "linked").symlink_to(tmp_path)
    for act in (
        lambda: folder.create(name, "mine"),
        lambda: folder.append(name, "mine"),
        lambda: folder.replace(name, "secret", "mine"),
        lambda: folder.read(name),
    ):
        with pytest.raises(Refused, match="outside of this working folder"):
            act()
    assert (tmp_path / "outside.txt").read_text() == "secret\n"


@pytest.mark.parametrize("name", ["../outside.txt", "linked/outside.txt"])
def test_nothing_outside_is_renamed_or_deleted(folder: Folder, tmp_path: Path, name: str) -> None:
    (root(folder) / "linked").symlink_to(tmp_path)
    folder.create("mine.txt", "x")
    for act in (
        lambda: folder.delete(name),
        lambda: folder.rename(name, "taken.txt"),
        lambda: folder.rename("mine.txt", name + ".new"),
    ):
        with pytest.raises(Refused, match="outside of this working folder"):
            act()
    assert (tmp_path / "outside.txt").exists()


@pytest.mark.parametrize("name", [".git", ".git/config", "sub/.git/hooks/x"])
def test_what_belongs_to_git_is_left_alone(folder: Folder, name: str) -> None:
    with pytest.raises(Refused, match="belongs to git"):
        folder.create(name, "x")


def test_refusals_say_why(folder: Folder) -> None:
    (root(folder) / "sub").mkdir()
    (root(folder) / "bytes").write_bytes(b"\xff\xfe")
    folder.create("a.txt", "x")
    for act, why in (
        (lambda: folder.read("none.txt"), "none.txt: No such file"),
        (lambda: folder.read("bytes"), "bytes is not text"),
        (lambda: folder.replace("a.txt", "q", "r"), "there is no “q” in a.txt"),
        (lambda: folder.delete("sub"), "sub is a folder"),
        (lambda: folder.rename("none", "b"), "there is no none"),
        (lambda: folder.rename("a.txt", "bytes"), "bytes is there already"),
        (lambda: folder.create("sub", "x"), "sub: Is a directory"),
        (lambda: folder.read("a\0b"), "zero byte"),
    ):
        with pytest.raises(Refused, match=why):
            act()
