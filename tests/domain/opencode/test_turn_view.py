"""One turn as opencode tells it, on what the real one said."""

import pytest

from boocode.domain.acp.incoming import Mapped
from boocode.domain.acp.turn_fold import TurnFold
from boocode.domain.events import (
    Completed,
    Failed,
    ModeChanged,
    ModelChanged,
    Notice,
    Plan,
    PlanEntry,
    Reasoning,
    Text,
    ToolCall,
    ToolUpdate,
    Usage,
)
from boocode.domain.opencode.outcomes import is_poisoned
from boocode.domain.opencode.turn_view import TurnView
from boocode.domain.opencode.vendor import (
    Info,
    MessageUpdated,
    Part,
    PartDelta,
    PartUpdated,
    SessionErrored,
    SessionIdle,
    SessionStatus,
    StatusValue,
    Time,
    VendorError,
    VendorEvent,
    WholeMessage,
)
from tests.domain.opencode.samples import NAMES, Sample, sample

DONE = "done\nuser turns: 1"
TEXTS = {
    "text": "good morning\n" + " ".join(map(str, range(1, 21))) + " user turns: 1",
    "tools": DONE,
    "failed_tool": "so\nuser turns: 1",
    "allowed": DONE,
    "rejected": "",
    "retried": "after all\nuser turns: 1",
    "http_400": "",
    "unknown_model": "",
    "plan": "planned\nuser turns: 1",
}


def replay(view: TurnView, events: list[VendorEvent]) -> list[Mapped]:
    return [item for event in events for item in view.take(event)]


def text_of(items: list[Mapped], kind: type[Text] | type[Reasoning] = Text) -> str:
    return "".join(item.text for item in items if isinstance(item, kind))


def whole(name: str) -> tuple[TurnView, list[Mapped], Sample]:
    told = sample(name)
    view = TurnView(told.message_id)
    return view, replay(view, told.events), told


def tools_of(items: list[Mapped]) -> dict[str, ToolCall]:
    fold = TurnFold()
    calls: dict[str, ToolCall] = {}
    for event in fold.take(items):
        if isinstance(event, ToolCall):
            calls[event.tool_call_id] = event
        elif isinstance(event, ToolUpdate):
            was = calls[event.tool_call_id]
            calls[event.tool_call_id] = ToolCall(
                was.tool_call_id,
                event.title or was.title,
                event.kind or was.kind,
                event.status or was.status,
                event.input or was.input,
                event.output or was.output,
                event.locations or was.locations,
                event.diff or was.diff,
            )
    return calls


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_the_answer_is_shown_once_and_the_prompt_never(name: str):
    _, items, _ = whole(name)
    assert text_of(items) == TEXTS[name]


def test_every_sample_has_an_expectation():
    assert set(NAMES) == {*TEXTS, "aborted"}
    assert {sample(name).head["version"] for name in NAMES} == {"1.18.33"}


def test_reasoning_is_told_from_text_by_the_type_of_its_part():
    _, items, _ = whole("text")
    assert text_of(items, Reasoning) == "let me think"


def test_model_and_mode_are_those_of_the_assistants_message():
    _, items, _ = whole("text")
    assert ModelChanged("scripted/scripted-1") in items
    assert ModeChanged("build") in items


def test_usage_is_the_sum_of_the_model_calls():
    _, items, _ = whole("tools")
    usages = [item for item in items if isinstance(item, Usage)]
    assert [usage.input_tokens for usage in usages] == [100, 200, 300, 400]
    assert usages[-1] == Usage(400, 40, pytest.approx(0.00048))


def test_tools_go_from_pending_to_their_end_with_output_and_diff():
    _, items, _ = whole("tools")
    write, edit, shell = tools_of(items).values()
    assert (write.kind, write.status, write.locations) == ("edit", "completed", ("/somewhere/project/a.txt",))
    assert write.diff is not None
    assert write.diff.new_text == "one\n"
    assert edit.diff is not None
    assert (edit.diff.old_text, edit.diff.new_text) == ("one", "two")
    assert (shell.kind, shell.status, shell.output) == ("execute", "completed", "out\n")
    assert shell.title == "bash: echo out; exit 3"


def test_a_failed_tool_says_why():
    _, items, _ = whole("failed_tool")
    (read,) = tools_of(items).values()
    assert (read.status, read.output) == ("failed", "File not found: /somewhere/project/missing.txt")


def test_a_refused_tool_ends_the_turn():
    view, items, _ = whole("rejected")
    (write,) = tools_of(items).values()
    assert write.status == "failed"
    assert view.verdict == Completed("end_turn")


def test_todos_are_the_plan():
    _, items, _ = whole("plan")
    (plan,) = [item for item in items if isinstance(item, Plan)]
    assert plan.entries == (PlanEntry("look", "completed", "high"), PlanEntry("leap", "in_progress", "low"))


@pytest.mark.parametrize("name", ["text", "tools", "failed_tool", "allowed", "retried", "plan"])
def test_a_turn_is_over_at_idle_and_not_before(name: str):
    told = sample(name)
    view = TurnView(told.message_id)
    for event in told.events:
        assert view.verdict is None
        view.take(event)
        if isinstance(event, SessionIdle):
            break
    assert view.verdict == Completed("end_turn")


def test_a_refused_request_fails_the_turn_in_the_servers_words():
    view, _, _ = whole("http_400")
    assert view.verdict == Failed("agent_error", "scripted failure 400 (HTTP 400)")


def test_a_retry_is_a_notice():
    _, items, _ = whole("retried")
    assert [item for item in items if isinstance(item, Notice)] == [
        Notice("opencode tries the model again (try 1 failed): scripted failure 500")
    ]


def test_an_unknown_model_fails_the_turn_although_no_assistant_answers():
    view, _, _ = whole("unknown_model")
    assert view.verdict == Failed("agent_error", "Model not found: scripted/nowhere.")


@pytest.mark.parametrize("name", ["aborted", "http_400"])
def test_the_second_idle_of_an_old_turn_does_not_end_the_next_one(name: str):
    events = sample(name).events
    assert sum(isinstance(event, SessionIdle) for event in events) == 2
    following = TurnView("msg_ffffffffffffaaaaaaaaaaaaaa")
    last = max(index for index, event in enumerate(events) if isinstance(event, SessionIdle))
    assert replay(following, events[last:]) == []
    assert following.verdict is None


def test_an_abort_that_we_did_not_ask_for_is_no_completed_turn():
    view, _, _ = whole("aborted")
    assert isinstance(view.verdict, Failed)


def test_an_abort_before_there_was_an_answer_is_not_yet_the_end():
    view = TurnView("msg_2")
    view.take(SessionErrored("s", VendorError("MessageAbortedError")))
    view.take(SessionIdle("s"))
    assert view.verdict is None


def test_a_poisoned_directory_is_recognised():
    view = TurnView("msg_2")
    message = "All fibers interrupted without error"
    view.take(SessionErrored("s", VendorError("UnknownError", {"message": message})))
    view.take(SessionIdle("s"))
    assert is_poisoned(view.verdict)
    assert not is_poisoned(Failed("agent_error", "something else"))


def test_a_status_of_work_is_seen():
    view = TurnView("msg_2")
    view.take(SessionStatus("s", StatusValue("busy")))
    assert view.is_busy


# After a gap in the stream


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_wherever_the_stream_breaks_the_messages_tell_what_is_missing_once(name: str):
    told = sample(name)
    _, unbroken, _ = whole(name)
    for cut in range(len(told.events) + 1):
        view = TurnView(told.message_id)
        items = replay(view, told.events[:cut])
        view.stream_broke()
        items += view.reconcile(told.messages, is_idle=True)
        assert text_of(items) == text_of(unbroken)
        assert text_of(items, Reasoning) == text_of(unbroken, Reasoning)
        assert {id_: tool.status for id_, tool in tools_of(items).items()} == {
            id_: tool.status for id_, tool in tools_of(unbroken).items()
        }
        assert [i for i in items if isinstance(i, Usage)][-1:] == [
            i for i in unbroken if isinstance(i, Usage)
        ][-1:]
        if told.messages[-1].info.role == "assistant":
            assert view.verdict is not None


@pytest.mark.parametrize("name", ["text", "tools"])
def test_a_gap_anywhere_and_the_stream_going_on_afterwards_lose_and_double_nothing(name: str):
    told = sample(name)
    _, unbroken, _ = whole(name)
    for cut in range(0, len(told.events), 3):
        for gap in (1, 5, 17):
            view = TurnView(told.message_id)
            items = replay(view, told.events[:cut])
            view.stream_broke()
            items += replay(view, told.events[cut + gap :])
            items += view.reconcile(told.messages, is_idle=True)
            assert text_of(items) == text_of(unbroken)
            assert view.verdict == Completed("end_turn")


def test_deltas_of_a_text_that_was_open_wait_for_its_whole():
    view = TurnView("msg_1")
    view.take(MessageUpdated(Info("msg_2", parent_id="msg_1")))
    view.take(PartUpdated(Part("p", "text", message_id="msg_2", text="")))
    assert view.take(PartDelta("s", "msg_2", "p", "one ")) == [Text("one ")]
    view.stream_broke()
    assert view.take(PartDelta("s", "msg_2", "p", "three")) == []
    assert view.take(PartUpdated(Part("p", "text", message_id="msg_2", text="one two three"))) == [
        Text("two three")
    ]


def test_a_part_that_overtakes_the_news_of_its_message_is_kept_for_it():
    view = TurnView("msg_1")
    view.stream_broke()
    assert view.take(PartUpdated(Part("p", "text", message_id="msg_2", text="here"))) == []
    message = WholeMessage(Info("msg_2", parent_id="msg_1"), [])
    assert text_of(view.reconcile([message], is_idle=False)) == "here"


def test_an_idle_session_without_an_answer_is_believed_at_the_second_look():
    view = TurnView("msg_1")
    view.reconcile([], is_idle=True)
    assert view.verdict is None
    view.reconcile([], is_idle=True)
    assert isinstance(view.verdict, Failed)


def test_an_idle_session_whose_last_step_is_not_over_is_believed_at_the_second_look():
    view = TurnView("msg_1")
    over = WholeMessage(Info("msg_2", parent_id="msg_1", time=Time(completed=1)), [])
    broken = WholeMessage(Info("msg_3", parent_id="msg_1"), [])
    view.reconcile([over, broken], is_idle=True)
    assert view.verdict is None
    view.reconcile([over, broken], is_idle=True)
    assert isinstance(view.verdict, Failed)


def test_an_idle_that_comes_before_the_messages_are_read_counts():
    """The news that the answer is complete was lost, and the session was still at work when its status was asked."""
    view = TurnView("msg_1")
    view.stream_broke()
    view.take(SessionIdle("s"))
    assert view.verdict is None
    view.reconcile(
        [WholeMessage(Info("msg_2", parent_id="msg_1", time=Time(completed=1)), [])], is_idle=False
    )
    assert view.verdict == Completed("end_turn")


def test_what_follows_a_compaction_belongs_to_the_turn():
    view = TurnView("msg_1")
    view.take(MessageUpdated(Info("msg_3", role="user")))
    view.take(MessageUpdated(Info("msg_4", parent_id="msg_3")))
    assert view.take(PartUpdated(Part("p", "text", message_id="msg_4", text="more"))) == [Text("more")]


def test_an_older_turns_messages_say_nothing():
    told = sample("tools")
    view = TurnView("msg_ffffffffffffaaaaaaaaaaaaaa")
    assert view.reconcile(told.messages, is_idle=False) == []
