"""The fold of a message: what was streamed is what is stored."""

from hypothesis import given
from hypothesis import strategies as st

from boocode.contracts.frames import FrameBody, MessageDelta, ToolCallFrame, ToolUpdateFrame
from boocode.domain.events import (
    AgentEvent,
    Notice,
    Plan,
    PlanEntry,
    Reasoning,
    Text,
    ToolCall,
    ToolUpdate,
    Usage,
)
from boocode.domain.transcript import MAX_OUTPUT, Transcript, coalesce, shorten

EVENTS = st.lists(
    st.one_of(
        st.builds(Text, st.text(max_size=3)),
        st.builds(Reasoning, st.text(max_size=3)),
        st.builds(ToolCall, st.sampled_from("ab"), st.text(max_size=2)),
        st.builds(
            ToolUpdate,
            st.sampled_from("abc"),
            title=st.none() | st.just("t"),
            status=st.none() | st.sampled_from(["running", "completed", "failed"]),
            output=st.none() | st.text(max_size=3),
        ),
        st.builds(Plan, st.lists(st.builds(PlanEntry, st.just("step")), max_size=2).map(tuple)),
        st.builds(Usage, st.none() | st.integers(0, 9), st.none() | st.integers(0, 9)),
        st.builds(Notice, st.text(max_size=2)),
    ),
    max_size=25,
)


def told(events: list[AgentEvent]) -> tuple[Transcript, list[FrameBody]]:
    transcript = Transcript("m")
    return transcript, [frame for event in events for frame in transcript.take(event)]


def folded(frames: list[FrameBody] | tuple[FrameBody, ...]) -> Transcript:
    transcript = Transcript("m")
    for frame in frames:
        transcript.fold(frame)
    return transcript


@given(EVENTS)
def test_folding_the_frames_gives_the_same_message(events: list[AgentEvent]):
    live, frames = told(events)
    again = folded(frames)
    assert again.parts == live.parts
    assert again.usage == live.usage


@given(EVENTS)
def test_coalesced_frames_fold_to_the_same_message(events: list[AgentEvent]):
    live, frames = told(events)
    fewer = coalesce(frames)
    assert len(fewer) <= len(frames)
    assert folded(fewer).parts == live.parts


@given(EVENTS)
def test_deltas_concatenate_to_the_stored_text(events: list[AgentEvent]):
    live, frames = told(events)
    for kind in ("text", "reasoning"):
        streamed = "".join(f.text for f in frames if isinstance(f, MessageDelta) and f.kind == kind)
        assert streamed == "".join(p.text or "" for p in live.parts if p.type == kind)
    assert live.text == "".join(p.text or "" for p in live.parts if p.type == "text")


def test_an_update_of_an_unknown_tool_creates_it():
    live, frames = told([ToolUpdate("x", title="Write a.txt", status="completed")])
    assert isinstance(frames[0], ToolCallFrame)
    assert live.parts[0].status == "completed"
    assert live.parts[0].title == "Write a.txt"


def test_an_update_that_changes_nothing_makes_no_frame():
    _, frames = told([ToolCall("x", "t"), ToolUpdate("x", status="pending")])
    assert len(frames) == 1


def test_tools_that_still_ran_at_the_end_have_failed():
    live, _ = told([ToolCall("x", "t", status="running"), ToolCall("y", "t", status="completed")])
    frames = live.close_tools()
    assert [f.part.tool_call_id for f in frames if isinstance(f, ToolUpdateFrame)] == ["x"]
    assert [p.status for p in live.parts] == ["failed", "completed"]


def test_only_the_last_state_of_a_tool_is_sent_in_one_burst():
    _, frames = told([ToolCall("x", "t"), *[ToolUpdate("x", output=str(n)) for n in range(100)]])
    assert [f.part.output for f in coalesce(frames) if isinstance(f, ToolCallFrame)] == ["99"]
    assert len(coalesce(frames)) == 1


def test_a_huge_output_keeps_its_beginning_and_end():
    short = shorten("a" * MAX_OUTPUT + "b" * MAX_OUTPUT)
    assert len(short) < MAX_OUTPUT + 100
    assert short.startswith("aaa")
    assert short.endswith("bbb")
    assert str(MAX_OUTPUT) in short


def test_an_answer_to_a_question_stays_on_its_tool_whatever_comes_later():
    transcript, frames = told([ToolCall("a", "ls"), Text("hm")])
    frames += transcript.note_permission("a", "Timed out.")
    frames += transcript.take(ToolUpdate("a", status="completed", output="x"))
    frames += transcript.note_permission("unknown", "Answered by a person.")
    assert [(part.type, part.permission or part.text) for part in transcript.parts] == [
        ("tool", "Timed out."),
        ("text", "hm"),
        ("notice", "Answered by a person."),
    ]
    assert transcript.parts[0].status == "completed"
    assert folded(frames).parts == folded(coalesce(frames)).parts == transcript.parts
