"""Changes carried over to a file that is not the one they were made from: proved, or refused."""

import time
from collections import Counter
from difflib import SequenceMatcher

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boocode.domain.hunks import Run
from boocode.domain.merging import Merged, NotMerged, merge

COLOURS = ("red", "green", "blue", "white", "black", "brown", "pink", "grey")
BASE = "".join(f"{word} = {n}\n" for n, word in enumerate(COLOURS))
BASE += "".join(f"def {word}():\n    return {word!r}\n\n" for word in ("start", "stop", "pause", "resume"))
AGENT = BASE.replace("return 'stop'", "return 'halt'").replace("pink = 6\n", "pink = 6\norange = 9\n")


def runs_of(old: str, new: str) -> tuple[Run, ...]:
    matcher = SequenceMatcher(None, _lines(old), _lines(new), autojunk=False)
    return tuple(Run((a, b), (c, d)) for tag, a, b, c, d in matcher.get_opcodes() if tag != "equal")


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)


def carried(today: str | bytes, old: str = BASE, new: str = AGENT) -> Merged | NotMerged:
    data = today.encode() if isinstance(today, str) else today
    return merge(data, old.encode(), new.encode(), runs_of(old, new))


def test_lines_that_moved_are_found_where_they_stand_now() -> None:
    today = "# by hand\n\n" + BASE + "# the end\n"
    assert carried(today) == Merged(("# by hand\n\n" + AGENT + "# the end\n").encode(), "exact", 1.0)


def test_a_function_that_was_moved_is_changed_where_it_went() -> None:
    stop = "def stop():\n    return 'stop'\n\n"
    old = "import os\n\n" + stop + "".join(f"a{n} = {n}\n" for n in range(9))
    new = old.replace("'stop'", "'halt'")
    today = "import os\n\n" + "".join(f"a{n} = {n}\n" for n in range(9)) + stop
    merged = carried(today, old, new)
    # Its surroundings are elsewhere: nothing says for certain that this is the place.
    assert isinstance(merged, NotMerged) or merged.content == today.replace("'stop'", "'halt'").encode()


def test_line_endings_a_mark_and_a_missing_newline_stay() -> None:
    today = b"\xef\xbb\xbf" + BASE.replace("\n", "\r\n").encode()[:-2] + b"# more"
    merged = carried(today)
    assert isinstance(merged, Merged)
    assert merged.content == b"\xef\xbb\xbf" + AGENT.replace("\n", "\r\n").encode()[:-2] + b"# more"
    assert (merged.tier, merged.score) == ("trim", 1.0)


def test_lines_nearby_that_a_person_changed_stay() -> None:
    today = BASE.replace("def stop():", "def stop(force=False):")
    merged = carried(today)
    assert isinstance(merged, Merged)
    assert merged.content == AGENT.replace("def stop():", "def stop(force=False):").encode()
    assert merged.tier == "fuzzy"
    assert 0.66 <= merged.score < 1


@pytest.mark.parametrize(
    "line", ["    return 'stopped'\n", "    return 'stop!'\n", "    return [ 'stop' ]\n"]
)
def test_a_line_that_both_changed_is_refused_and_named(line: str) -> None:
    refused = carried(BASE.replace("    return 'stop'\n", line))
    assert isinstance(refused, NotMerged)
    assert (refused.code, "line 13" in refused.reason) == ("drift", True), refused


def test_more_than_one_place_is_refused_with_their_lines() -> None:
    refused = carried(BASE + BASE)
    assert isinstance(refused, NotMerged)
    assert refused.code == "ambiguous"
    assert refused.reason == "its lines now fit at more than one place (lines 5, 25)"


def test_what_is_there_already_is_not_done_again() -> None:
    assert carried(AGENT) == Merged(AGENT.encode(), "exact", 1.0)
    half = BASE.replace("pink = 6\n", "pink = 6\norange = 9\n")
    assert carried(half) == Merged(AGENT.encode(), "exact", 1.0)


def test_lines_added_at_the_end_are_added_once() -> None:
    new = BASE + "the end\n"
    assert carried("top\n" + BASE, BASE, new) == Merged(b"top\n" + new.encode(), "exact", 1.0)
    assert carried("top\n" + new, BASE, new) == Merged(b"top\n" + new.encode(), "exact", 1.0)


def test_a_file_of_the_same_lines_over_and_over_is_no_labyrinth() -> None:
    base = "the same\n" * 60_000
    runs = (Run((30_000, 30_001), (30_000, 30_001)),)
    new = "the same\n" * 30_000 + "another\n" + "the same\n" * 29_999
    began = time.perf_counter()
    refused = merge(b"mine\n" + base.encode(), base.encode(), new.encode(), runs)
    assert isinstance(refused, NotMerged)
    assert refused.code == "ambiguous"
    assert time.perf_counter() - began < 20  # with each of them compared it would be hours


def test_half_a_line_is_no_place() -> None:
    refused = carried("x1\n2\n", "1\n2\n", "1\n3\n")
    assert isinstance(refused, NotMerged)


@pytest.mark.parametrize(("today", "code"), [(b"a\0b", "binary"), (b"caf\xe9\n", "not_utf8")])
def test_what_is_no_text_is_left_alone(today: bytes, code: str) -> None:
    assert carried(today) == NotMerged(code)  # type: ignore[arg-type]


LINE = st.sampled_from(
    [*(f"line {n}" for n in range(9)), "", "  line 1", "\tline 2", "}", "line  3", "l\u2019ine"]
)
TEXT = st.lists(LINE, max_size=14)


@st.composite
def edited(draw: st.DrawFn, of: list[str], marks: str) -> list[str]:
    """A version with some lines of its own, which nobody else could have written."""
    lines = list(of)
    for number in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(lines)))
        drop = draw(st.integers(0, 2))
        own = [f"{marks} {number}{n} {draw(LINE)}" for n in range(draw(st.integers(0, 2)))]
        lines[at : at + drop] = own
    return lines


@st.composite
def three_versions(draw: st.DrawFn) -> tuple[str, str, str]:
    base = draw(TEXT)
    ending = draw(st.sampled_from(["\n", "\r\n"]))
    last = draw(st.booleans())

    def text(lines: list[str], end: str = "\n") -> str:
        joined = end.join(lines)
        return joined + (end if lines and last else "")

    return text(base), text(draw(edited(base, "agent"))), text(draw(edited(base, "person")), ending)


@given(three_versions())
def test_no_line_of_a_person_is_lost_and_every_one_of_the_agent_arrives(
    versions: tuple[str, str, str],
) -> None:
    base, agent, person = versions
    runs = runs_of(base, agent)
    merged = carried(person, base, agent)
    if isinstance(merged, NotMerged):
        return
    result = Counter(_bare(merged.content.decode()))
    removed = Counter(_bare("".join(line for run in runs for line in _lines(base)[slice(*run.old)])))
    added = Counter(_bare("".join(line for run in runs for line in _lines(agent)[slice(*run.new)])))
    before = Counter(_bare(person))
    own = {line: count for line, count in before.items() if line.startswith("person")}
    assert {line: result[line] for line in own} == own
    assert result <= before + added
    assert before - removed <= result
    assert all(result[line] >= 1 for line in added if line.startswith("agent"))


@given(three_versions())
def test_a_file_that_nobody_else_touched_becomes_what_the_agent_made(versions: tuple[str, str, str]) -> None:
    base, agent, _ = versions
    merged = carried(base, base, agent)
    assert isinstance(merged, NotMerged) or merged.content == agent.encode()


def _bare(text: str) -> list[str]:
    return [" ".join(line.split()).replace("\u2019", "'") for line in text.splitlines() if line.strip()]
