"""A turn's memory: what joins, what falls out, what is created and what is closed."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boocode.domain.acp.incoming import Mapped
from boocode.domain.acp.turn_fold import TurnFold
from boocode.domain.acp.usage import UsageNote
from boocode.domain.events import (
    AgentEvent,
    ModeChanged,
    ModelChanged,
    Notice,
    PermissionAsked,
    PermissionOption,
    PermissionWithdrawn,
    Reasoning,
    Text,
    ToolCall,
    ToolUpdate,
    Usage,
)

OPTIONS = (PermissionOption("yes", "Yes", "allow_once"), PermissionOption("no", "No", "reject_once"))


def asked(key: str = "1", tool: ToolCall | None = None) -> PermissionAsked:
    return PermissionAsked(key, "Run ls", tool or ToolCall("t1", "Run ls", kind="execute"), OPTIONS)


def test_adjacent_texts_join_and_kinds_stay_apart() -> None:
    items: list[Mapped] = [Text("a"), Text("b"), Reasoning("c"), Text("d")]
    assert TurnFold().take(items) == [Text("ab"), Reasoning("c"), Text("d")]


def test_control_tags_fall_out_across_batches_and_around_other_events() -> None:
    fold = TurnFold()
    assert fold.take([Text("x<dcp-id>m")]) == [Text("x")]
    assert fold.take([Notice("n"), Text("1</dcp-id>y")]) == [Notice("n"), Text("y")]


def test_text_that_only_looked_like_a_tag_comes_before_what_follows_it() -> None:
    fold = TurnFold()
    assert fold.take([Text("a <")]) == [Text("a ")]
    assert fold.take([Notice("n")]) == [Text("<"), Notice("n")]


def test_held_back_text_comes_out_at_the_end() -> None:
    fold = TurnFold()
    fold.take([Text("a <dcp-x>b")])
    assert fold.end(completed=True) == [Text("<dcp-x>b")]


def test_an_update_of_an_unknown_tool_creates_it() -> None:
    fold = TurnFold()
    news = ToolUpdate("t", kind="edit", status="running", output="o")
    assert fold.take([news, news]) == [
        ToolCall("t", "edit", kind="edit", status="running", output="o"),
        news,
    ]


@pytest.mark.parametrize(("completed", "status"), [(True, "completed"), (False, "failed")])
def test_tools_still_open_are_closed_at_the_end(completed: bool, status: str) -> None:
    fold = TurnFold()
    fold.take([ToolCall("a", "A"), ToolCall("b", "B", status="completed"), ToolCall("c", "C")])
    fold.take([ToolUpdate("c", status="failed")])
    assert fold.end(completed=completed) == [ToolUpdate("a", status=status)]  # type: ignore[arg-type]


def test_a_question_brings_its_tool_when_nobody_has_heard_of_it() -> None:
    fold = TurnFold()
    question = asked()
    assert fold.ask(question) == [question.tool, question]
    assert list(fold.questions) == ["1"]


def test_a_question_takes_title_and_kind_from_the_known_tool() -> None:
    fold = TurnFold()
    fold.take([ToolCall("t1", "Edit x.py", kind="edit", status="running")])
    events = fold.ask(asked(tool=ToolCall("t1", "Tool", input={"a": 1})))
    full = ToolCall("t1", "Edit x.py", kind="edit", status="running", input={"a": 1})
    assert [type(event) for event in events] == [ToolUpdate, PermissionAsked]
    assert isinstance(events[1], PermissionAsked)
    assert events[1].tool == full


@pytest.mark.parametrize(("answer", "status"), [("yes", "completed"), ("no", "failed"), (None, "failed")])
def test_a_refused_tool_that_nobody_mentions_again_ends_as_failed(answer: str | None, status: str) -> None:
    fold = TurnFold()
    fold.ask(asked())
    assert fold.answered("1", answer) is not None
    assert fold.answered("1", answer) is None
    assert fold.end(completed=True) == [ToolUpdate("t1", status=status)]  # type: ignore[arg-type]


def test_open_questions_are_withdrawn_at_the_end_oldest_first() -> None:
    fold = TurnFold()
    fold.ask(asked("1"))
    fold.ask(asked("2"))
    assert fold.end(completed=True)[:2] == [PermissionWithdrawn("1"), PermissionWithdrawn("2")]


def test_model_and_mode_are_news_only_when_they_change() -> None:
    fold = TurnFold(model="m1", mode="build")
    items: list[Mapped] = [ModelChanged("m1"), ModelChanged("m2"), ModelChanged("m2"), ModeChanged("build")]
    assert fold.take(items) == [ModelChanged("m2")]
    assert (fold.model, fold.mode) == ("m2", "build")


def test_usage_is_the_turns_sum_so_far() -> None:
    fold = TurnFold(cost_before=1.0)
    items = [UsageNote("call", 10, 1), UsageNote("call", 10, 1), UsageNote("session", cost=1.5)]
    assert fold.take(items) == [Usage(10, 1), Usage(20, 2), Usage(20, 2, 0.5)]
    assert fold.end(completed=True, usage=UsageNote("turn", 10, 1)) == []


words = st.one_of(
    st.sampled_from(["a", "<", "<dcp-x>", "m</dcp-x>", "b > c"]).map(Text),
    st.sampled_from(["t", "<dcp-y>z</dcp-y>"]).map(Reasoning),
    st.just(Notice("n")),
    st.sampled_from(["t1", "t2"]).map(lambda i: ToolUpdate(i, status="running")),
)


def joined(events: list[AgentEvent]) -> list[AgentEvent]:
    out: list[AgentEvent] = []
    for event in events:
        last = out[-1] if out else None
        if isinstance(event, Text) and isinstance(last, Text):
            out[-1] = Text(last.text + event.text)
        elif isinstance(event, Reasoning) and isinstance(last, Reasoning):
            out[-1] = Reasoning(last.text + event.text)
        else:
            out.append(event)
    return out


@given(st.lists(words, max_size=20), st.sets(st.integers(0, 20)))
def test_the_batches_in_which_items_come_do_not_matter(items: list[AgentEvent], cuts: set[int]) -> None:
    whole, cut = TurnFold(), TurnFold()
    edges = [0, *sorted(min(c, len(items)) for c in cuts), len(items)]
    out: list[AgentEvent] = []
    for a, b in itertools.pairwise(edges):
        out += cut.take(items[a:b])
    expected = whole.take(items) + whole.end(completed=True)
    assert joined(out + cut.end(completed=True)) == joined(expected)
