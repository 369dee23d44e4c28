"""The worktree of these tests."""

from pathlib import Path

import pytest

from tests.adapters.native.files.bench import SECRET, Bench


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    made = Bench(tmp_path)
    made.root.mkdir()
    (tmp_path / "secret.txt").write_text(SECRET)
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret.txt").write_text(SECRET)
    made.write(".git/config", SECRET)
    return made
