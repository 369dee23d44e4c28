"""Many files on few lines."""

from hypothesis import given
from hypothesis import strategies as st

from boocode.domain.native.file_tree import TreeShown, tree_lines

PATHS = ["a.txt", "src/b.py", "src/deep/c.py", "src/deep/d.py", "nested/"]


def test_what_fits_is_shown_whole() -> None:
    assert tree_lines(PATHS, 10) == TreeShown(tuple(sorted(PATHS)), 3, 0)


def test_what_does_not_fit_is_folded_as_little_as_possible() -> None:
    assert tree_lines(PATHS, 4) == TreeShown(("a.txt", "nested/", "src/b.py", "src/deep/ (2 files)"), 2, 0)
    assert tree_lines(PATHS, 3) == TreeShown(("a.txt", "nested/", "src/ (3 files)"), 1, 0)


def test_what_does_not_fit_even_so_is_counted() -> None:
    assert tree_lines(PATHS, 2) == TreeShown(("a.txt", "nested/"), 1, 1)


def test_levels_can_be_fewer_than_fit() -> None:
    assert tree_lines(PATHS, 10, 1).lines == ("a.txt", "nested/", "src/ (3 files)")
    assert tree_lines(["x/y"], 10, 1).lines == ("x/ (1 file)",)


def test_nothing_has_no_lines() -> None:
    assert tree_lines([], 10).lines == ()


NAMES = st.lists(
    st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=4).map("/".join), unique=True, max_size=30
)


@given(NAMES, st.integers(1, 40))
def test_no_file_is_lost_and_no_line_too_many(paths: list[str], most: int) -> None:
    shown = tree_lines(paths, most)
    assert len(shown.lines) <= most
    counted = 0
    for line in shown.lines:
        folder, _, count = line.partition(" (")
        counted += int(count.split()[0]) if count else 1
        assert any(path == folder or path.startswith(folder) for path in paths)
    assert counted <= len(paths)
    if not shown.left_out:
        assert counted == len(paths)
