"""Where paths lead: relative to the worktree, through symlinks, to files that are not there yet."""

import os.path
from pathlib import Path

from boocode.adapters.worktree_places import WorktreePlaces


async def test_paths_are_followed_to_where_they_lead(tmp_path: Path):
    root = tmp_path / "tree"
    (root / "sub").mkdir(parents=True)
    (tmp_path / "secret").mkdir()
    (root / "out").symlink_to(tmp_path / "secret")
    (root / "in").symlink_to(root / "sub")
    (tmp_path / "door").symlink_to(root)
    named = ["sub/new.txt", "out/x", "in/x", "sub/../../secret", str(tmp_path / "door" / "a"), "/etc"]
    places = await WorktreePlaces().find(str(tmp_path / "door"), named)
    assert places is not None
    real, beside = os.path.realpath(root), os.path.realpath(tmp_path / "secret")  # noqa: ASYNC240
    assert places.root == real
    assert places.named == (
        f"{real}/sub/new.txt",
        f"{beside}/x",
        f"{real}/sub/x",
        beside,
        f"{real}/a",
        "/etc",
    )


async def test_what_cannot_be_followed_is_not_judged(tmp_path: Path):
    assert await WorktreePlaces().find(str(tmp_path), ["a\0b"]) is None
