"""What a refusal tells: places, the first difference, what to do; and never more than fits a hint."""

from boocode.domain.patching import Refused, apply_edit

LONGEST_HINT = 1000


def refusal(content: bytes, old: str, new: str) -> Refused:
    outcome = apply_edit(content, old, new)
    assert isinstance(outcome, Refused)
    return outcome


def test_every_place_of_an_ambiguous_edit_is_a_candidate_with_its_lines() -> None:
    refused = refusal(b"a\nb\nx\na\nb\n", "a\nb\n", "c\n")
    assert [each.lines for each in refused.candidates] == [(1, 2), (4, 5)]
    assert [each.score for each in refused.candidates] == [1.0, 1.0]


def test_the_nearest_place_is_named_with_its_first_difference() -> None:
    refused = refusal(b"one\ntwo\nresult = compute(alpha, beta)\n", "result = compile(delta, beta)", "x")
    assert refused.code == "not_found"
    assert refused.candidates[0].lines == (3, 3)
    assert 0.5 < refused.candidates[0].score < 0.85
    assert "compile(delta" in refused.candidates[0].difference
    assert "compute(alpha" in refused.hint
    assert "line 3" in refused.hint


def test_fuzzy_twins_are_both_named() -> None:
    twins = b"def left(a):\n    log(a)\n    return a + 1\n\ndef right(a):\n    log(a)\n    return a + 1\n"
    refused = refusal(twins, "def both(a):\n    log(a)\n    return a + 1\n", "x\n")
    assert refused.code == "ambiguous"
    assert {(1, 3), (5, 7)} == {each.lines for each in refused.candidates}


def test_there_are_only_so_many_candidates_and_the_hint_says_so() -> None:
    refused = refusal(b"a\n" * 1000, "a", "b")
    assert len(refused.candidates) == 20
    assert "and more" in refused.hint


def test_long_lines_are_cut_around_the_difference() -> None:
    line = "word " * 2000
    refused = refusal(f"{line}is there\n{line}too\n".encode(), f"{line}is wanted", "x")
    assert refused.code == "ambiguous"
    assert "is wanted" in refused.hint
    assert len(refused.hint) < LONGEST_HINT
    assert all(len(each.difference) < LONGEST_HINT for each in refused.candidates)


def test_drift_names_the_line_and_what_it_is_now() -> None:
    before = b"open_valve(left)\nraise Panic\nwait_for(steady)\nclose_valve(left)\nreport(level)\n"
    old = before.decode().replace("raise Panic", "set_level(40)")
    refused = refusal(before, old, old.replace("set_level(40)", "set_level(60)"))
    assert refused.code == "drift"
    assert "set_level(40)" in refused.hint
    assert [each.lines for each in refused.candidates] == [(1, 5)]
