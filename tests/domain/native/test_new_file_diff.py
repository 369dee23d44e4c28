"""A new file as a unified diff; `git apply` takes it as it is written."""

import subprocess
from pathlib import Path

import pytest

from boocode.domain.native.new_file_diff import new_file_diff


@pytest.mark.parametrize("text", ["one\n", "one\ntwo\n", "one\ntwo", "\n", " \n\n", "tab\there\n"])
def test_git_makes_the_file_of_it(tmp_path: Path, text: str) -> None:
    diff = new_file_diff("a.txt", text).replace("new file\n", "new file mode 100644\n")
    subprocess.run(["git", "apply", "-"], cwd=tmp_path, input=diff.encode(), check=True)
    assert (tmp_path / "a.txt").read_text() == text


def test_an_empty_file_has_a_head_alone() -> None:
    assert new_file_diff("a", "") == "diff --git a/a b/a\nnew file\n"
