"""What holds for every file and every edit."""

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from boocode.domain.patching import (
    Applied,
    Edit,
    Refused,
    apply_edit,
    apply_edits,
    rewind_edit,
    rewind_edits,
    undoing,
)
from boocode.domain.patching.text import split_lines

MARK = "\ufeff"
ENDINGS = ("\r\n", "\n", "\r")

texts = st.sampled_from(
    [
        "",
        "  ",
        "a",
        "b",
        "  a",
        "\ta",
        "x = 1",
        "x = 1  ",
        "    x = 1",
        "“quoted” text",
        '"quoted" text',
        "def function(one, two):",
        "    return compute(one, two)",
        "\treturn compute(one, two)",
        "    return compute(one, three)",
        "print('hello, wide world')",
        "print('hello, wild world')",
        "}",
        "cafe\u0301",
        "caf\u00e9",
        "a\x0cb\u2028c",
    ]
)
blocks = st.lists(texts, max_size=7)


@st.composite
def files(draw: st.DrawFn, endings: tuple[str, ...] = ENDINGS) -> str:
    lines = draw(st.lists(st.tuples(texts, st.sampled_from(endings)), max_size=12))
    text = "".join(line + ending for line, ending in lines)
    return text if draw(st.booleans()) else text.rstrip("\r\n")


@st.composite
def drifted(draw: st.DrawFn, lines: list[str]) -> list[str]:
    """Like these lines, some of them lost, added or written otherwise."""
    result: list[str] = []
    for line in lines:
        what = draw(st.sampled_from("kkkkkkkkdatsq"))
        if what == "a":
            result.append(draw(texts))
        if what != "d":
            result.append({"t": line.replace("    ", "\t"), "s": line + " ", "q": line + "q"}.get(what, line))
    return result


@st.composite
def edits_of(draw: st.DrawFn, text: str) -> Edit:
    """An edit as an agent makes it: of lines that it has seen, more or less as they are."""
    seen = split_lines(text).texts
    begin = draw(st.integers(0, max(0, len(seen) - 1)))
    end = draw(st.integers(begin + 1, begin + 1 + len(seen)))
    old = draw(st.just(seen[begin:end]) | drifted(seen[begin:end]))
    new = draw(drifted(old) | blocks)
    tail = draw(st.sampled_from(["", "\n"]))
    return Edit("\n".join(old) + tail, "\n".join(new) + tail, draw(st.booleans()))


@st.composite
def programs(draw: st.DrawFn) -> tuple[str, Edit]:
    text = draw(files())
    return text, draw(edits_of(text))


def encoded(text: str, *, has_mark: bool = False) -> bytes:
    return ((MARK if has_mark else "") + text).encode()


def pieces(text: str) -> list[str]:
    lines = split_lines(text)
    return [line + ending for line, ending in zip(lines.texts, lines.endings, strict=True)]


@settings(max_examples=200, suppress_health_check=[HealthCheck.filter_too_much])
@given(files(endings=("\n",)), st.data())
def test_an_exact_edit_is_str_replace(text: str, data: st.DataObject) -> None:
    assume(text)
    begin = data.draw(st.integers(0, len(text) - 1))
    old = text[begin : data.draw(st.integers(begin + 1, len(text)))]
    new = data.draw(st.text("abc x()\n", max_size=10))
    assume(old != new and new not in text)
    places = [at for at in range(len(text)) if text.startswith(old, at)]
    if old[0] in " \t" and old.strip():
        places = [at for at in places if at == 0 or text[at - 1] not in " \t"]
    outcome = apply_edit(text.encode(), old, new)
    if len(places) == 1:
        assert isinstance(outcome, Applied)
        assert outcome.tier == "exact"
        assert outcome.content.decode() == text[: places[0]] + new + text[places[0] + len(old) :]
    elif places:
        assert isinstance(outcome, Refused)
        assert outcome.code == "ambiguous"
    else:
        assert isinstance(outcome, Refused) or outcome.tier != "exact"


@settings(max_examples=80, suppress_health_check=[HealthCheck.filter_too_much])
@given(files(endings=("\n",)), st.data())
def test_an_exact_edit_of_all_is_str_replace(text: str, data: st.DataObject) -> None:
    assume(text)
    begin = data.draw(st.integers(0, len(text) - 1))
    old = text[begin : data.draw(st.integers(begin + 1, len(text)))]
    new = data.draw(st.text("abc x()\n", max_size=10))
    assume(old != new and old[0] not in " \t")
    outcome = apply_edit(text.encode(), old, new, replace_all=True)
    assert isinstance(outcome, Applied)
    assert outcome.content.decode() == text.replace(old, new)


@settings(max_examples=200, suppress_health_check=[HealthCheck.filter_too_much])
@given(programs(), st.booleans())
def test_mark_last_newline_and_endings_survive(program: tuple[str, Edit], has_mark: bool) -> None:
    text, edit = program
    outcome = apply_edit(encoded(text, has_mark=has_mark), edit.old, edit.new, replace_all=edit.replace_all)
    if isinstance(outcome, Refused):
        assert outcome.hint
        assert not hasattr(outcome, "content")
        return
    result = outcome.content.decode()
    assert has_mark == result.startswith(MARK)
    result = result.removeprefix(MARK)
    if "\r" in text.replace("\r\n", "") and "\n" in text:
        return  # what stood between a CR and an LF may go, and they become one ending
    used = {ending for ending in split_lines(text).endings if ending}
    assert {ending for ending in split_lines(result).endings if ending} <= (used or {"\n"})
    if outcome.tier != "exact" and edit.new.strip() and split_lines(edit.new).texts[-1]:
        assert text.endswith(("\r", "\n")) == result.endswith(("\r", "\n")) or not edit.old.endswith("\n")
    first, last = outcome.lines
    assert 1 <= first <= last <= max(1, len(split_lines(result).texts) + 1)


@settings(max_examples=200, suppress_health_check=[HealthCheck.filter_too_much])
@given(programs())
def test_lines_outside_the_window_never_change(program: tuple[str, Edit]) -> None:
    text, edit = program
    outcome = apply_edit(text.encode(), edit.old, edit.new)
    assume(isinstance(outcome, Applied))
    assert isinstance(outcome, Applied)
    was, now = pieces(text), pieces(outcome.content.decode())
    first, last = outcome.lines
    above = max(0, first - 2)  # the line before a deletion at the end of the file is that of the deletion
    assert was[:above] == now[:above]
    behind = len(now) - last - 1  # nor is the line counted that goes on behind a new line's end
    if behind > 0:
        assert was[len(was) - behind :] == now[last + 1 :]


@settings(max_examples=200, suppress_health_check=[HealthCheck.filter_too_much])
@given(programs())
def test_no_line_is_dropped_that_old_does_not_mention(program: tuple[str, Edit]) -> None:
    text, edit = program
    assume(edit.old.strip())
    outcome = apply_edit(text.encode(), edit.old, edit.new)
    if isinstance(outcome, Applied) and outcome.tier == "fuzzy":
        result = outcome.content.decode()
        for by_hand in set(split_lines(text).texts):
            if by_hand.strip() and not any(
                by_hand.strip()[:1] == line.strip()[:1] for line in edit.old.split("\n")
            ):
                assert by_hand in result


@settings(max_examples=200, suppress_health_check=[HealthCheck.filter_too_much])
@given(programs())
def test_asked_twice_it_is_not_made_twice(program: tuple[str, Edit]) -> None:
    """For edits that add whole lines: those are what would be doubled."""
    text, edit = program
    assume(edit.old.strip())
    added = Edit(edit.old.rstrip("\n") + "\n", edit.old.rstrip("\n") + "\nadded_by_the_edit()\n")
    once = apply_edit(text.encode(), added.old, added.new)
    assume(isinstance(once, Applied) and once.tier != "fuzzy")  # there, a twin may be the likest afterwards
    assert isinstance(once, Applied)
    twice = apply_edit(once.content, added.old, added.new)
    assert isinstance(twice, Refused), twice
    assert twice.code == "already_applied"


@settings(max_examples=250, suppress_health_check=[HealthCheck.filter_too_much])
@given(programs(), st.booleans())
def test_undone_the_bytes_are_back(program: tuple[str, Edit], has_mark: bool) -> None:
    text, edit = program
    before = encoded(text, has_mark=has_mark)
    outcome = apply_edit(before, edit.old, edit.new, replace_all=edit.replace_all)
    assume(isinstance(outcome, Applied))
    assert isinstance(outcome, Applied)
    undo = undoing(before, outcome.content)
    if undo is None:
        assert outcome.content in (b"", MARK.encode())
        return
    back = rewind_edits(outcome.content, undo)
    if isinstance(back, Applied):
        assert back.content == before
        assert back.tier == "exact"
    else:
        assert len(undo) > 1


@settings(max_examples=200, suppress_health_check=[HealthCheck.filter_too_much])
@given(files(endings=("\n",)), st.data())
def test_swapped_it_gives_the_bytes_back_or_refuses(text: str, data: st.DataObject) -> None:
    assume(text)
    begin = data.draw(st.integers(0, len(text) - 1))
    old = text[begin : data.draw(st.integers(begin + 1, len(text)))]
    new = data.draw(st.text("abc x()\n\t", max_size=20))
    outcome = apply_edit(text.encode(), old, new)
    assume(isinstance(outcome, Applied) and outcome.tier == "exact")
    assert isinstance(outcome, Applied)
    back = rewind_edit(outcome.content, Edit(old, new))
    assert isinstance(back, Refused) or back.content == text.encode()


@settings(max_examples=200, suppress_health_check=[HealthCheck.filter_too_much])
@given(programs(), st.data())
def test_undoing_never_takes_a_line_made_by_hand(program: tuple[str, Edit], data: st.DataObject) -> None:
    text, edit = program
    before = text.encode()
    outcome = apply_edit(before, edit.old, edit.new, replace_all=edit.replace_all)
    assume(isinstance(outcome, Applied))
    assert isinstance(outcome, Applied)
    undo = undoing(before, outcome.content)
    assume(undo is not None)
    assert undo is not None
    now = pieces(outcome.content.decode())
    at = data.draw(st.integers(0, len(now)))
    by_hand = data.draw(st.sampled_from(["made_by_hand()", "    return compute(by_hand, two)"]))
    if data.draw(st.booleans()) and at < len(now):
        now[at] = now[at].rstrip("\r\n") + "  # made_by_hand" + now[at][len(now[at].rstrip("\r\n")) :]
        by_hand = "# made_by_hand"
    else:
        now.insert(at, by_hand + "\n")
        if at and not now[at - 1].endswith(("\r", "\n")):
            now[at - 1] += "\n"
    back = rewind_edits("".join(now).encode(), undo)
    assert isinstance(back, Refused) or by_hand in back.content.decode()


@settings(max_examples=200, suppress_health_check=[HealthCheck.filter_too_much])
@given(files(), st.data())
def test_a_batch_is_its_edits_one_after_the_other_or_nothing(text: str, data: st.DataObject) -> None:
    batch = data.draw(st.lists(edits_of(text), min_size=1, max_size=3))
    outcome = apply_edits(text.encode(), batch)
    content = text.encode()
    for edit in batch:
        step = apply_edit(content, edit.old, edit.new, replace_all=edit.replace_all)
        if isinstance(step, Refused):
            assert isinstance(outcome, Refused)
            assert outcome.code == step.code or (outcome.code == "overlap")
            return
        content = step.content
    if isinstance(outcome, Applied):
        assert outcome.content == content
    else:
        assert outcome.code == "overlap"


@settings(max_examples=150, suppress_health_check=[HealthCheck.filter_too_much])
@given(st.binary(max_size=60), st.text(max_size=20), st.text(max_size=20), st.booleans())
def test_nothing_is_raised_for_any_bytes(content: bytes, old: str, new: str, replace_all: bool) -> None:
    outcome = apply_edit(content, old, new, replace_all=replace_all)
    if isinstance(outcome, Applied):
        outcome.content.decode()


@settings(max_examples=120, suppress_health_check=[HealthCheck.filter_too_much])
@given(files(), files(), st.booleans())
def test_undoing_leads_from_any_text_to_any_other(before: str, after: str, has_mark: bool) -> None:
    one, other = encoded(before, has_mark=has_mark), encoded(after, has_mark=has_mark)
    undo = undoing(one, other)
    if undo is None:
        assert not after
    elif undo:
        back = rewind_edits(other, undo)
        assert isinstance(back, Refused) or back.content == one
    else:
        assert one == other
