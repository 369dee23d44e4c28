"""Runs of tool calls, and what their labels cover."""

from hypothesis import given
from hypothesis import strategies as st

from boocode.contracts.resources import Part, ToolLabel
from boocode.domain.tool_runs import Labelled, grouped, runs_of


def tool(id: str | None) -> Part:
    return Part("tool", tool_call_id=id, title=id)


def said(text: str) -> Part:
    return Part("text", text=text)


THOUGHT = Part("reasoning", text="hm")
PLAN = Part("plan", entries=())


def ids(parts: tuple[Part, ...]) -> list[str | None]:
    return [part.tool_call_id for part in parts]


def test_a_run_is_what_was_done_between_two_things_that_were_said() -> None:
    parts = (
        tool("a"),
        THOUGHT,
        tool("b"),
        said("so"),
        tool("c"),
        said("and"),
        PLAN,
        tool("d"),
        tool("e"),
        tool("f"),
    )
    assert [ids(run) for run in runs_of(parts)] == [["a", "b"], ["d", "e", "f"]]


def test_a_notice_ends_a_run_and_an_empty_text_does_not() -> None:
    notice = Part("notice", text="careful")
    assert runs_of((tool("a"), notice, tool("b"))) == ()
    assert [ids(run) for run in runs_of((tool("a"), said(" \n"), tool("b")))] == [["a", "b"]]


def test_calls_that_cannot_be_named_are_not_in_a_run() -> None:
    assert [ids(run) for run in runs_of((tool("a"), tool(None), tool("b")))] == [["a", "b"]]


def test_a_label_covers_the_parts_from_its_first_to_its_last_call() -> None:
    parts = (THOUGHT, tool("a"), THOUGHT, tool("b"), said("done"))
    label = ToolLabel(("a", "b"), "Look around")
    assert grouped(parts, (label,)) == (THOUGHT, Labelled(label, parts[1:4]), parts[4])


def test_a_label_that_fits_nothing_is_passed_over() -> None:
    parts = (tool("a"), said("no"), tool("b"), tool("c"))
    labels = (
        ToolLabel(("a", "b"), "over a text"),
        ToolLabel(("b", "x"), "unknown"),
        ToolLabel((), "of nothing"),
    )
    assert grouped(parts, labels) == parts


def test_of_labels_that_overlap_the_first_one_counts() -> None:
    parts = (tool("a"), tool("b"), tool("c"))
    first, second = ToolLabel(("a", "b"), "first"), ToolLabel(("b", "c"), "second")
    assert grouped(parts, (first, second)) == (Labelled(first, parts[:2]), parts[2])


PARTS = st.lists(st.sampled_from(["tool", "said", "thought", "plan"]), max_size=12)


@given(PARTS)
def test_labels_of_all_runs_lose_and_move_nothing(kinds: list[str]) -> None:
    made = {"said": said("x"), "thought": THOUGHT, "plan": PLAN}
    parts = tuple(made.get(kind) or tool(f"t{n}") for n, kind in enumerate(kinds))
    labels = tuple(ToolLabel(tuple(part.tool_call_id or "" for part in run), "x") for run in runs_of(parts))
    shown = grouped(parts, labels)
    assert sum(isinstance(piece, Labelled) for piece in shown) == len(labels)
    flat = [part for piece in shown for part in (piece.parts if isinstance(piece, Labelled) else (piece,))]
    assert tuple(flat) == parts
