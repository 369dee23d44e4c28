"""The steps of a turn, and how a conversation is mended that was cut off."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boocode.domain.events import Completed
from boocode.domain.native.conversation import AssistantSaid, CallAsked, Entry, Told, ToolSaid, UserSaid
from boocode.domain.native.failures import Failure
from boocode.domain.native.loop import (
    Steps,
    batches,
    cause_of,
    completed,
    emptiness,
    next_step,
    unanswered,
    with_own_ids,
)
from boocode.domain.native.modes import Effect


def call(id_: str, name: str = "look") -> CallAsked:
    return CallAsked(id_, name, "{}")


@given(st.integers(1, 6), st.lists(st.tuples(st.booleans(), st.booleans()), min_size=20, max_size=20))
def test_whatever_a_model_does_a_turn_has_at_most_one_answer_more_than_its_limit(
    limit: int, answers: list[tuple[bool, bool]]
) -> None:
    steps, then, taken = Steps(limit), "again", 0
    for calls, unmade in answers:
        steps, then = next_step(steps, calls=calls, unmade=unmade)
        taken += 1
        if then == "over":
            break
    assert then == "over"
    assert taken <= limit + 1
    assert steps.taken == taken


def test_an_answer_without_calls_ends_the_turn() -> None:
    assert next_step(Steps(5), calls=False, unmade=False)[1] == "over"
    assert next_step(Steps(5), calls=True, unmade=False)[1] == "again"


def test_at_the_limit_there_is_one_last_answer() -> None:
    steps, then = next_step(Steps(2, taken=1), calls=True, unmade=False)
    assert (then, steps.is_last) == ("last", True)
    assert next_step(steps, calls=True, unmade=True)[1] == "over"


def test_how_calls_are_made_is_explained_once_in_a_row() -> None:
    steps, then = next_step(Steps(9), calls=False, unmade=True)
    assert then == "again"
    assert next_step(steps, calls=False, unmade=True)[1] == "over"
    steps, then = next_step(steps, calls=True, unmade=False)
    assert next_step(steps, calls=False, unmade=True)[1] == "again"


@pytest.mark.parametrize(
    ("reason", "is_last", "outcome"),
    [
        ("stop", False, "end_turn"),
        ("", False, "end_turn"),
        ("length", False, "max_tokens"),
        ("content_filter", False, "refusal"),
        ("stop", True, "max_turn_requests"),
    ],
)
def test_an_endpoints_word_becomes_ours(reason: str, is_last: bool, outcome: str) -> None:
    assert completed(reason, is_last=is_last) == Completed(outcome)


def test_a_stall_is_a_cause_of_its_own() -> None:
    assert cause_of(Failure("stall", "silent")) == "stalled"
    assert cause_of(Failure("server", "broken")) == "agent_error"


def test_an_empty_answer_has_words_for_people() -> None:
    assert emptiness(AssistantSaid("so")) is None
    assert emptiness(AssistantSaid(calls=(call("1"),))) is None
    assert emptiness(AssistantSaid(" \n")) != emptiness(AssistantSaid(reasoning="hm"))
    assert emptiness(AssistantSaid()) is not None


EFFECTS: dict[str, Effect] = {"r": "read", "e": "edit", "c": "command", "f": "foreign", "t": "task"}


@given(st.text(alphabet="reecft", max_size=12))
def test_only_neighbours_that_read_are_made_together_and_the_order_stays(names: str) -> None:
    calls = [call(str(n), name) for n, name in enumerate(names)]
    made = batches(calls, lambda name: EFFECTS[name])
    assert list(itertools.chain(*made)) == calls
    for batch in made:
        assert len(batch) == 1 or {each.name for each in batch} == {"r"}
    for one, next_ in itertools.pairwise(made):
        assert not (one[-1].name == next_[0].name == "r")


@given(st.lists(st.sampled_from(["", "a", "b", "c"]), max_size=8), st.sets(st.sampled_from(["a", "b"])))
def test_every_call_has_an_id_that_nobody_else_has(ids: list[str], taken: set[str]) -> None:
    fresh = (f"new{n}" for n in itertools.count())
    own = with_own_ids([call(id_) for id_ in ids], taken, lambda: next(fresh))
    got = [each.id for each in own]
    assert len(set(got)) == len(ids)
    assert not set(got) & (taken | {""})
    for before, after in zip(ids, got, strict=True):
        assert after == before or before in taken or before == "" or before in got


def test_the_calls_of_the_last_answer_that_have_no_result_get_one() -> None:
    asked = AssistantSaid(calls=(call("1"), call("2"), call("3")))
    entries: list[Entry] = [UserSaid("go"), asked, ToolSaid("2", "look", "seen")]
    assert [each.call_id for each in unanswered(entries, "cut")] == ["1", "3"]
    assert all(each.failed and each.text == "cut" for each in unanswered(entries, "cut"))


@pytest.mark.parametrize("last", [UserSaid("on"), Told("by the way"), AssistantSaid("so")])
def test_what_the_conversation_has_gone_past_is_not_answered_any_more(last: Entry) -> None:
    assert unanswered([AssistantSaid(calls=(call("1"),)), last]) == ()
    assert unanswered([]) == ()
