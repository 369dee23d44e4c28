"""What stands before a conversation, from files in a home and in a project."""

import os
from pathlib import Path

import pytest

from boocode.adapters.native.briefing import Briefings, home_profiles, make_briefing
from boocode.adapters.native.small_texts import MOST_BYTES
from boocode.domain.native.profiles import BUILT_IN
from boocode.ports.native import NativeChoices, NativePlace


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "project").mkdir()
    return tmp_path / "project"


def instructions(home: Path, root: Path, context_tokens: int | None = None) -> tuple[str, tuple[str, ...]]:
    briefing = make_briefing(home, root, context_tokens)
    return briefing.instructions, briefing.warnings


async def test_a_brief_holds_what_there_is(home: Path, root: Path):
    (home / "AGENTS.md").write_text("# reviewer\nYou review.\n# a/b\n")
    (root / "AGENTS.md").write_text("Use tabs.\n")
    skill = home / "skills" / "release"
    skill.mkdir(parents=True)
    (skill / "SKILL.md").write_text("---\ndescription: How a release is made.\n---\nTag it.")
    place = NativePlace(ctx=None, chat_id="c", cwd=str(root), choices=NativeChoices())  # type: ignore[arg-type]
    briefing = await Briefings(home).brief(place)
    assert [profile.name for profile in briefing.profiles] == ["boocode", "reviewer"]
    assert briefing.instructions == "## AGENTS.md\n\nUse tabs."
    assert briefing.skills == (("release", "How a release is made."),)
    assert [warning.partition(":")[0] for warning in briefing.warnings] == [str(home / "AGENTS.md")]


def test_empty_folders_are_no_reason_for_warnings(home: Path, root: Path):
    briefing = make_briefing(home, root, None)
    assert (briefing.profiles, briefing.instructions, briefing.skills, briefing.warnings) == (
        (BUILT_IN,),
        "",
        (),
        (),
    )


def test_profiles_come_from_the_home_alone(home: Path, root: Path):
    (root / "AGENTS.md").write_text("# boocode\n```toml\nmode = 'auto'\n```\n")
    assert make_briefing(home, root, None).profiles == (BUILT_IN,)


def test_a_home_file_that_cannot_be_read_is_said(home: Path):
    (home / "AGENTS.md").mkdir()
    profiles, warnings = home_profiles(home)
    assert profiles == (BUILT_IN,)
    assert "is not read" in warnings[0]


def test_a_home_may_be_made_of_links(home: Path, tmp_path: Path):
    (tmp_path / "dotfiles.md").write_text("# mine\nHello.")
    (home / "AGENTS.md").symlink_to(tmp_path / "dotfiles.md")
    assert [profile.name for profile in home_profiles(home)[0]] == ["boocode", "mine"]


def test_a_link_out_of_the_project_is_not_read(home: Path, root: Path, tmp_path: Path):
    (tmp_path / "secret").write_text("the password")
    (root / "AGENTS.md").symlink_to(tmp_path / "secret")
    text, warnings = instructions(home, root)
    assert text == ""
    assert "AGENTS.md of the project is not read: it leads out of its folder" in warnings[0]


def test_gits_own_files_are_not_read(home: Path, root: Path):
    (root / ".git").mkdir()
    (root / ".git" / "config").write_text("url = https://me:password@example.org")
    (root / "CLAUDE.md").symlink_to(".git/config")
    assert instructions(home, root)[0] == ""


def test_a_link_inside_of_the_project_is_read_once(home: Path, root: Path):
    (root / "AGENTS.md").write_text("Use tabs.")
    (root / "CLAUDE.md").symlink_to("AGENTS.md")
    assert instructions(home, root) == ("## AGENTS.md\n\nUse tabs.", ())


def test_a_pipe_does_not_hold_a_turn_up(home: Path, root: Path):
    os.mkfifo(root / "AGENTS.md")
    text, warnings = instructions(home, root)
    assert text == ""
    assert "no regular file" in warnings[0]


def test_odd_bytes_are_text_nevertheless(home: Path, root: Path):
    (root / "AGENTS.md").write_bytes(b"\xef\xbb\xbfa\r\nb\x00c\xff")
    assert instructions(home, root)[0] == "## AGENTS.md\n\na\nb\ufffdc\ufffd"


def test_a_huge_file_is_cut(home: Path, root: Path):
    (root / "AGENTS.md").write_text("x" * (MOST_BYTES + 10))
    text, warnings = instructions(home, root, 4_000)
    assert len(text) < 4_100
    assert "the first 4000" in warnings[0]


def test_those_in_folders_are_named_but_not_of_others(home: Path, root: Path):
    for folder in ("web/ui", "api", "node_modules/x", ".hidden"):
        (root / folder).mkdir(parents=True)
        (root / folder / "AGENTS.md").write_text("x")
    (root / "linked").symlink_to(root / "api")
    text, _ = instructions(home, root)
    assert text.splitlines()[-2:] == ["- api/AGENTS.md", "- web/ui/AGENTS.md"]
