"""Profiles as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boocode.domain.native.profile_file import read_profiles
from boocode.domain.native.profiles import BUILT_IN, Profile
from boocode.domain.native.sampling import Sampling

FULL = """\
What stands above the first heading is a note.

# reviewer
```toml
description = "Reads and reports"
tools = ["read_file", "mcp__git__*"]
model = "qwen3-coder"
mode = "plan"
max_steps = 20
[sampling]
temperature = 0
top_k = 40
dry_sequence_breakers = ["\\n", ":"]
```

You review code.

## What to look at
Names.

# Chat only
```toml
tools = []
```

# poet
Answer in verse.
"""


def one(text: str) -> tuple[Profile, ...]:
    profiles, warnings = read_profiles(text)
    assert warnings == ()
    return profiles


def refused(toml: str, name: str = "mine") -> str:
    """The one warning about a profile with this block; the one behind it is there nevertheless."""
    profiles, warnings = read_profiles(f"# {name}\n```toml\n{toml}\n```\nHello.\n# other\nHi.")
    assert [profile.name for profile in profiles] == ["boocode", "other"]
    assert len(warnings) == 1
    return warnings[0]


def test_a_section_is_a_profile():
    built_in, reviewer, chat, poet = one(FULL)
    assert built_in == BUILT_IN
    assert reviewer == Profile(
        "reviewer",
        "You review code.\n\n## What to look at\nNames.",
        "Reads and reports",
        ("read_file", "mcp__git__*"),
        "qwen3-coder",
        "plan",
        Sampling(temperature=0, top_k=40, dry_sequence_breakers=("\n", ":")),
        20,
    )
    assert chat == Profile("Chat only", tools=())
    assert poet == Profile("poet", "Answer in verse.")


def test_nothing_at_all_is_the_built_in_profile():
    assert one("") == (BUILT_IN,)
    assert one("Only a note.\n## No heading of the first level\n") == (BUILT_IN,)


def test_headings_inside_of_code_begin_nothing():
    _, mine = one("# mine\nRun this:\n```sh\n# not a heading\n```\n~~~~\n# nor this\n```\n~~~~\nEnd.")
    assert mine.prompt.count("#") == 2
    assert mine.prompt.endswith("End.")


def test_a_toml_block_that_is_not_first_is_part_of_the_prompt():
    _, mine = one("# mine\nHello.\n```toml\nmodel = 'x'\n```")
    assert mine.model is None
    assert "model = 'x'" in mine.prompt


def test_the_section_boocode_changes_the_built_in_profile():
    (built_in,) = one("# BooCode\n```toml\nmodel = 'small'\n[sampling]\nmin_p = 0.05\n```")
    assert built_in == Profile(
        "boocode", description=BUILT_IN.description, model="small", sampling=Sampling(min_p=0.05)
    )


def test_the_section_boocode_twice_changes_it_once_more_and_keeps_the_rest():
    (built_in,) = one("# boocode\nShort answers.\n# boocode\n```toml\nmax_steps = 3\n```")
    assert (built_in.prompt, built_in.max_steps) == ("Short answers.", 3)


def test_the_mode_of_the_built_in_profile_stands_elsewhere():
    profiles, warnings = read_profiles("# boocode\n```toml\nmode = 'auto'\n```")
    assert profiles == (BUILT_IN,)
    assert "`mode` under [native] of config.toml" in warnings[0]


@pytest.mark.parametrize(
    ("toml", "words"),
    [
        ("tols = []", "unknown key “tols”; known are description, tools"),
        ("model = 3", "model is 3; it must be a text"),
        ("model = ' '", "model is ' '; it must be a text"),
        ("tools = 'read_file'", "it must be a list of names"),
        ("tools = [1]", "tools holds 1"),
        ("tools = ['mcp__*__x']", "'*' may stand at an end only"),
        ("mode = 'yolo'", "it must be one of ask, edit, auto, plan"),
        ("mode = ['ask']", "it must be one of ask, edit, auto, plan"),
        ("max_steps = 0", "a number from 1"),
        ("max_steps = true", "a number from 1"),
        ("sampling = 1", "it must be a table"),
        ("[sampling]\ntemprature = 1", "unknown key “sampling.temprature”; known are temperature, top_p"),
        ("[sampling]\ntop_k = 1.5", "sampling.top_k is 1.5; it must be a whole number"),
        ("[sampling]\ntemperature = 'hot'", "it must be a number"),
        ("[sampling]\ntemperature = nan", "it must be a number"),
        ("[sampling]\nmin_p = false", "it must be a number"),
        ("[sampling]\nreasoning_effort = 3", "it must be a text"),
        ("[sampling]\ndry_sequence_breakers = ':'", "it must be a list of texts"),
        ("model = ", "its toml block cannot be read: "),
        ("model = 'a'\nmodel = 'b'", "its toml block cannot be read: "),
    ],
)
def test_a_section_with_a_mistake_is_left_out_and_named(toml: str, words: str):
    warning = refused(toml)
    assert "“mine”" in warning
    assert words in warning


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Plan", "plan is a mode of BooCode's own"),
        ("Ünicode", "1 to 40 letters"),
        ("a/b", "1 to 40 letters"),
        ("x" * 41, "1 to 40 letters"),
    ],
)
def test_a_name_that_cannot_be_a_mode_is_refused(name: str, words: str):
    assert words in refused("model = 'x'", name)


def test_of_two_with_one_name_the_first_counts():
    profiles, warnings = read_profiles("# mine\nFirst.\n# Mine\nSecond.")
    assert [profile.prompt for profile in profiles] == ["", "First."]
    assert "there is one of this name above" in warnings[0]


def test_a_toml_block_without_an_end_is_named():
    profiles, warnings = read_profiles("# mine\n```toml\nmodel = 'x'\n")
    assert profiles == (BUILT_IN,)
    assert "has no end" in warnings[0]


@pytest.mark.parametrize(
    ("line", "name"), [("# a #", "a"), ("#\ta", "a"), ("# c#", "c#"), ("#  b  ##  ", "b"), ("# a b", "a b")]
)
def test_headings_as_markdown_has_them(line: str, name: str):
    profiles, warnings = read_profiles(line)
    assert (profiles[1].name if len(profiles) > 1 else None, warnings) == (
        name,
        (),
    ) or f"“{name}”" in warnings[0]


def test_odd_lines_take_no_time():
    for line in (f"# a{' ' * 200_000}b", f"# {'#' * 200_000}", "`" * 200_000, "# a\n" * 20_000):
        read_profiles(line)


def test_warnings_name_the_file():
    assert read_profiles("# a/b", "/home/x/AGENTS.md")[1][0].startswith(
        "/home/x/AGENTS.md: the profile “a/b”"
    )


def test_what_may_be_called():
    assert Profile("a").allows("anything")
    assert not Profile("a", tools=()).allows("read_file")
    some = Profile("a", tools=("read_file", "mcp__git__*"))
    assert some.allows("read_file")
    assert some.allows("mcp__git__log")
    assert not some.allows("read_files")
    assert not some.allows("mcp__other__x")
    assert Profile("a", tools=("*",)).allows("anything")


@given(st.text(alphabet="#` \n~tomlab=[]\"'*\\\t", max_size=200))
def test_any_text_is_read_without_an_error(text: str):
    profiles, _ = read_profiles(text)
    assert profiles[0].name == "boocode"
    names = [profile.name.casefold() for profile in profiles]
    assert len(set(names)) == len(names)
