"""The small rules: ids, shown text, tools, permissions, offers, errors."""

from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boocode.domain.acp.tools import MAX_OUTPUT_CHARS
from boocode.domain.events import Command, Completed, Failed
from boocode.domain.opencode.message_ids import MessageIds
from boocode.domain.opencode.offers import (
    AgentEntry,
    ModelEntry,
    ProviderEntry,
    called_command,
    models_of,
    modes_of,
    split_model,
    variants_of,
)
from boocode.domain.opencode.outcomes import error_text, outcome_of
from boocode.domain.opencode.permissions import asked, reply_of
from boocode.domain.opencode.shown_text import ShownText
from boocode.domain.opencode.tools import ShownTool, tool_call
from boocode.domain.opencode.vendor import Part, PermissionRequested, ToolPlace, ToolState, VendorError
from tests.domain.opencode.samples import sample


def test_ids_ascend_whatever_the_clock_says():
    ids = MessageIds(Random(1))
    made = [ids.new(now) for now in (5_000, 5_000, 4_000, 6_000)]
    assert made == sorted(made)
    assert len(set(made)) == 4
    assert all(len(id_) == len("msg_1fc9cc850001AAAAAAAAAAAAAA") for id_ in made)


def test_an_id_comes_after_those_that_the_conversation_has():
    ids = MessageIds(Random(1))
    ids.note("msg_1fc9cc850001AAAAAAAAAAAAAA")
    ids.note("not an id")
    assert ids.new(0) > "msg_1fc9cc850001zzzzzzzzzzzzzz"


def test_our_ids_tell_the_time_as_opencodes_do():
    answer = sample("text").messages[1].info
    assert answer.time.created is not None
    made = MessageIds(Random(1)).new(int(answer.time.created))
    ours, theirs = (int(id_[4:13], 16) for id_ in (made, answer.id))
    assert abs(ours - theirs) <= 5


@given(st.text(), st.lists(st.integers(0, 40)), st.integers(0, 3))
def test_deltas_and_then_the_whole_show_the_text_once(text: str, cuts: list[int], lost: int):
    places = sorted({min(cut, len(text)) for cut in cuts} | {0, len(text)})
    pieces = [text[a:b] for a, b in pairwise(places)]
    shown = ShownText("text")
    told = "".join(shown.delta(piece) for piece in pieces[: len(pieces) - lost])
    shown.is_stale = True
    assert "".join(shown.delta(piece) for piece in pieces[len(pieces) - lost :]) == "" or lost == 0
    assert told + shown.whole(text) == text
    assert shown.whole(text) == ""


def test_a_text_whose_end_was_trimmed_shows_nothing_more():
    shown = ShownText("text")
    shown.delta("good  ")
    assert shown.whole("good") == ""


def test_a_text_that_was_rewritten_shows_nothing_more():
    shown = ShownText("text")
    shown.delta("good")
    assert shown.whole("evil and more") == ""


def test_a_tool_never_goes_back():
    done = tool_call(Part("p", "tool", tool="bash", state=ToolState("completed", {"command": "x"}, "out")))
    running = tool_call(Part("p", "tool", tool="bash", state=ToolState("running", {"command": "x"})))
    assert ShownTool.of(done).news(running) is None
    news = ShownTool.of(running).news(done)
    assert news is not None
    assert (news.status, news.output, news.title) == ("completed", "out", None)


def test_a_running_commands_output_is_in_its_metadata_and_bounded():
    state = ToolState("running", {"command": "x"}, metadata={"output": "y" * 1_000_000})
    shown = tool_call(Part("p", "tool", tool="bash", state=state))
    assert shown.output is not None
    assert len(shown.output) < MAX_OUTPUT_CHARS + 200


def test_a_question_names_its_tool_and_offers_three_answers():
    request = PermissionRequested(
        "s", "per_1", "bash", ["rm x"], {"command": "rm x"}, ["rm *"], ToolPlace("call_1")
    )
    question = asked(request)
    assert (question.request_key, question.title) == ("per_1", "bash: rm x")
    assert (question.tool.tool_call_id, question.tool.kind) == ("call_1", "execute")
    assert [option.kind for option in question.options] == ["allow_once", "allow_always", "reject_once"]
    assert question.options[1].label == "Always allow rm *"


def test_a_question_without_a_tool_stands_for_itself():
    question = asked(PermissionRequested("s", "per_1", "external_directory", ["/etc/*"]))
    assert question.tool.tool_call_id == "permission-per_1"
    assert question.title == "external_directory /etc/*"


@pytest.mark.parametrize(
    ("option", "reply"), [("once", "once"), ("always", "always"), (None, "reject"), ("x", "reject")]
)
def test_what_is_no_answer_is_a_refusal(option: str | None, reply: str):
    assert reply_of(option) == reply


def test_models_are_named_by_their_provider_and_modes_are_what_one_may_talk_to():
    providers = [ProviderEntry("local", {"a/b": ModelEntry("a/b", "A B"), "c": ModelEntry("c")})]
    assert models_of(providers) == (("local/a/b", "A B"), ("local/c", "c"))
    thinking = [
        ProviderEntry("x", {"y": ModelEntry("y", variants={"low": {}, "high": {}}), "z": ModelEntry("z")})
    ]
    assert variants_of(thinking) == {"x/y": ("low", "high")}
    assert split_model("local/a/b") == ("local", "a/b")
    agents = [
        AgentEntry("build", "primary"),
        AgentEntry("explore", "subagent"),
        AgentEntry("title", "primary", True),
    ]
    assert modes_of([*agents, AgentEntry("mine", "all")]) == ("build", "mine")


@pytest.mark.parametrize(
    ("prompt", "called"),
    [
        ("/init", ("init", "")),
        ("  /init all of it ", ("init", "all of it")),
        ("/init\nall of it", ("init", "all of it")),
        ("/unknown x", None),
        ("init", None),
        ("/etc/passwd has a line", None),
    ],
)
def test_a_command_is_called_by_its_name(prompt: str, called: tuple[str, str] | None):
    assert called_command(prompt, [Command("init")]) == called


def test_an_error_is_told_in_the_model_servers_own_words():
    data = {
        "message": "Bad Request",
        "statusCode": 400,
        "responseBody": '{"error":{"message":"no such model"}}',
    }
    assert error_text(VendorError("APIError", data)) == "Bad Request (HTTP 400): no such model"
    assert error_text(VendorError("UnknownError")) == "UnknownError"


def test_the_last_word_of_the_model_is_the_stop_reason():
    assert outcome_of(None, "stop") == Completed("end_turn")
    assert outcome_of(None, "length") == Completed("max_tokens")
    assert outcome_of(VendorError("MessageOutputLengthError"), None) == Completed("max_tokens")
    assert isinstance(outcome_of(VendorError("APIError", {"message": "x"}), "stop"), Failed)
