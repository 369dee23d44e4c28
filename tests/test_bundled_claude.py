"""Where Claude is looked for."""

from pathlib import Path

from attrs import evolve

from boocode.bundled_claude import bundled_claude, with_claude_found
from boocode.providers import BUILT_IN

CLAUDE = next(spec for spec in BUILT_IN if spec.id == "claude")


def on_path(folder: Path) -> dict[str, str]:
    program = folder / "claude"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    return {"PATH": str(folder)}


def test_one_on_path_wins(tmp_path: Path):
    assert with_claude_found(CLAUDE, on_path(tmp_path)).command == ("claude",)


def test_without_one_it_is_the_bundled_one_with_the_same_words(tmp_path: Path):
    spec = evolve(CLAUDE, command=("claude", "--betas", "x"))
    found = with_claude_found(spec, {"PATH": str(tmp_path)})
    assert found.command == (bundled_claude() or "claude", "--betas", "x")


def test_a_command_of_ones_own_is_left_alone(tmp_path: Path):
    spec = evolve(CLAUDE, command=("/opt/claude",))
    assert with_claude_found(spec, {"PATH": str(tmp_path)}) is spec
