"""`boocode doctor` on what a person wrote for BooCode's own agent: profiles and skills."""

from pathlib import Path

import pytest

from boocode.cli.doctor import Finding, examine


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("BOOCODE_HOME", str(tmp_path))
    return tmp_path


def found() -> list[Finding]:
    return [finding for finding in examine() if finding.about in ("profiles", "skills")]


def test_without_files_nothing_is_said(home: Path):
    assert found() == []


def test_what_can_be_used_and_what_cannot_is_named(home: Path):
    (home / "AGENTS.md").write_text("# reviewer\nYou review.\n# broken\n```toml\ntols = []\n```\n")
    for name, text in (("release", "Tag it."), ("bad", "---\nname: x")):
        (home / "skills" / name).mkdir(parents=True)
        (home / "skills" / name / "SKILL.md").write_text(text)
    good_profile, bad_profile, good_skill, bad_skill = found()
    assert (good_profile.grade, good_profile.found) == ("ok", "reviewer")
    assert (bad_profile.grade, "“broken” is left out" in bad_profile.found) == ("note", True)
    assert (good_skill.grade, good_skill.found) == ("ok", "release")
    assert (bad_skill.grade, "skills/bad is left out" in bad_skill.found) == ("note", True)
