"""The tool that builds the web UI."""

from pathlib import Path

from tools.ui import BUILT, FOLDER, build


def test_what_was_built_from_these_sources_is_not_built_again(tmp_path: Path):
    assert build(tmp_path / "dist") is True
    index = (tmp_path / "dist" / "index.html").stat()
    assert build(tmp_path / "dist") is False
    assert (tmp_path / "dist" / "index.html").stat() == index


def test_a_build_of_other_sources_is_made_anew(tmp_path: Path):
    build(tmp_path / "dist")
    (tmp_path / "dist" / BUILT).write_text("of something else")
    (tmp_path / "dist" / "index.html").write_text("old")
    assert build(tmp_path / "dist") is True
    assert (tmp_path / "dist" / "index.html").read_text() != "old"


def test_what_is_built_or_installed_is_kept_out_of_the_repository():
    ignored = (FOLDER.parent.parent / ".gitignore").read_text().splitlines()
    assert {"dist/", "node_modules/"} <= set(ignored)
