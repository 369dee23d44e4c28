"""The front matter of skills."""

import pytest

from boocode.domain.native.skills import MOST_DESCRIPTION, BadSkill, SkillText, read_skill


def test_a_skill_has_a_name_a_description_and_a_text():
    text = "---\nname: release\ndescription: How a release is made.\n---\n\n# Release\nTag it.\n"
    assert read_skill(text, "folder") == SkillText("release", "How a release is made.", "# Release\nTag it.")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("description: plain words: even with a colon", "plain words: even with a colon"),
        ('description: "quoted \\"twice\\""', 'quoted "twice"'),
        ("description: 'it''s'", "it's"),
        ("description: >-\n  folded over\n  two lines", "folded over two lines"),
        ("description: |\n  kept\n  lines", "kept lines"),
        ("description: goes on\n  in the next line", "goes on in the next line"),
        ("description: words # a comment", "words"),
        ("license: MIT\nmetadata:\n  author: me\n  version: 1\ndescription: last", "last"),
        ("# a comment\ndescription: x\nallowed-tools: [Read, Grep]", "x"),
    ],
)
def test_front_matter_as_skills_have_it(written: str, read: str):
    assert read_skill(f"---\nname: a\n{written}\n---\nText.", "folder").description == read


def test_without_front_matter_the_folder_is_its_name_and_the_first_line_its_description():
    assert read_skill("# Title\n\nDo it so.\nAnd so.", "tidy") == SkillText(
        "tidy", "Do it so.", "# Title\n\nDo it so.\nAnd so."
    )


def test_a_description_is_bounded():
    assert len(read_skill(f"---\ndescription: {'x' * 900}\n---\nText.", "a").description) == MOST_DESCRIPTION


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("---\nname: a b\ndescription: x\n---\n", "is not 1 to 64 letters"),
        ("---\nname: ../../x\ndescription: x\n---\n", "is not 1 to 64 letters"),
        ("---\nname: a\ndescription: x\n", "has no end"),
        ("", "neither a description nor a text"),
        ("---\nname: a\n---\n# Only a title\n", "neither a description nor a text"),
    ],
)
def test_what_is_no_skill_is_said(text: str, words: str):
    with pytest.raises(BadSkill, match=words):
        read_skill(text, "folder")


def test_odd_lines_take_no_time():
    for line in (f"description: a{' ' * 200_000}b", f"{'a' * 200_000}", f"a:{' ' * 200_000}"):
        read_skill(f"---\n{line}\n---\nText.", "a")
