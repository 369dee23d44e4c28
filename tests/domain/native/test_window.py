"""A conversation is kept within the model's window by a stated rule."""

from hypothesis import given
from hypothesis import strategies as st

from boocode.domain.native.conversation import AssistantSaid, CallAsked, Entry, Told, ToolSaid, UserSaid
from boocode.domain.native.window import (
    BYTES_PER_TOKEN,
    Cut,
    Fitted,
    Room,
    TooLong,
    fit,
    measured,
    shortened,
)


def step(number: int, output: int, reasoning: int = 0) -> tuple[Entry, ...]:
    call = CallAsked(f"c{number}", "read_file", "{}")
    return (AssistantSaid("", "r" * reasoning, (call,)), ToolSaid(call.id, "read_file", "o" * output))


def turn(number: int, *outputs: int) -> list[Entry]:
    steps = [entry for at, output in enumerate(outputs) for entry in step(number * 100 + at, output)]
    return [UserSaid(f"prompt {number}"), *steps, AssistantSaid(f"answer {number}")]


def room(size: int, window: int = 10**9) -> Room:
    """So many bytes for the entries."""
    whole = Room(window, 0, 1.0)
    return Room(window, whole.bytes - size, 1.0)


def fitted(entries: list[Entry], size: int, cut: Cut | None = None) -> Fitted:
    result = fit(entries, room(size), cut)
    assert isinstance(result, Fitted), result
    assert result.size <= size
    return result


def outputs(result: Fitted) -> list[int]:
    return [len(entry.text) for entry in result.entries if isinstance(entry, ToolSaid)]


def test_what_fits_is_sent_as_it_is() -> None:
    entries = turn(1, 1_000)

    result = fitted(entries, 10_000)

    assert result.entries == tuple(entries)
    assert result.note is None


def test_the_oldest_results_are_shortened_first() -> None:
    entries = [*turn(1, 3_000, 3_000), UserSaid("now"), *step(900, 1_000)]

    result = fitted(entries, 7_500)

    first, *others = outputs(result)
    assert first <= 400
    assert others == [3_000, 1_000]
    assert result.note is not None
    assert "shortened" in result.note


def test_more_is_freed_than_must_be_so_that_the_next_request_begins_alike() -> None:
    entries = [*turn(1, 3_000, 3_000, 3_000), UserSaid("now")]
    first = fitted(entries, 9_000)

    more = [*entries, *step(900, 1_000)]
    second = fitted(more, 9_000, first.cut)

    assert second.cut == first.cut
    assert second.note is None
    assert second.entries[: len(first.entries)] == first.entries


def test_then_the_oldest_is_left_out_and_the_request_says_so_and_how_it_began() -> None:
    entries = [entry for number in range(1, 30) for entry in turn(number)]

    result = fitted([*entries, UserSaid("now")], 2_000)

    told = result.entries[0]
    assert isinstance(told, Told)
    assert "left out" in told.text
    assert "prompt 1" in told.text
    assert result.entries[-1] == UserSaid("now")
    assert result.note is not None


def test_the_running_turns_prompt_stays_when_its_own_first_steps_are_left_out() -> None:
    entries: list[Entry] = [UserSaid("the task"), *(each for n in range(40) for each in step(n, 300))]

    result = fitted(entries, 4_000)

    assert UserSaid("the task") in result.entries
    assert result.entries[-1] == entries[-1]


def test_a_result_is_never_without_its_call() -> None:
    entries: list[Entry] = [UserSaid("t"), *(each for n in range(40) for each in step(n, 300))]

    result = fitted(entries, 4_000)

    asked = {call.id for each in result.entries if isinstance(each, AssistantSaid) for call in each.calls}
    said = {each.call_id for each in result.entries if isinstance(each, ToolSaid)}
    assert said == asked


def test_results_that_the_model_has_not_seen_share_what_room_there_is() -> None:
    calls = tuple(CallAsked(f"c{n}", "read_file", "{}") for n in range(3))
    said = [
        ToolSaid("c0", "read_file", "s" * 50),
        *(ToolSaid(f"c{n}", "read_file", "x" * 9_000) for n in (1, 2)),
    ]

    result = fitted([UserSaid("now"), AssistantSaid("", "", calls), *said], 6_000)

    small, one, other = outputs(result)
    assert small == 50
    assert one == other
    assert one > 2_000


def test_reasoning_of_the_running_turn_goes_before_its_results_do() -> None:
    entries = [UserSaid("now"), *step(1, 1_000, reasoning=5_000)]

    result = fitted(entries, 3_000)

    assert outputs(result) == [1_000]


def test_reasoning_of_turns_that_are_over_takes_no_room() -> None:
    entries = [
        UserSaid("a"),
        *step(1, 100, reasoning=50_000),
        AssistantSaid("done", "r" * 50_000),
        UserSaid("b"),
    ]

    assert fitted(entries, 2_000).note is None


def test_a_prompt_that_cannot_fit_is_refused_in_words_with_figures() -> None:
    result = fit([UserSaid("x" * 100_000)], Room(4_096, 2_000))

    assert isinstance(result, TooLong)
    assert "31250 tokens" in result.message
    assert "4096" in result.message
    assert "context_tokens" in result.message


def test_the_answer_has_room_of_its_own_never_more_than_a_quarter() -> None:
    assert Room(4_000, 0, 1.0).bytes == 3_000
    assert Room(100_000, 0, 1.0).bytes == 100_000 - 8_192
    assert Room(100_000, 0, 1.0, answer_tokens=1_000).bytes == 99_000


def test_the_estimate_follows_what_the_endpoint_counts_within_reason() -> None:
    assert measured(4_000, 1_000) == 4.0
    assert measured(4_000, None) == BYTES_PER_TOKEN
    assert measured(4_000, 0) == BYTES_PER_TOKEN
    assert measured(4_000, 1) == 6.0
    assert measured(4_000, 10**9) == 1.5


@given(st.text(max_size=3_000), st.integers(0, 1_500))
def test_a_shortened_text_keeps_its_ends_and_the_limit(text: str, limit: int) -> None:
    short = shortened(text, limit)

    assert len(short) <= max(limit, 100)
    assert short == text or "left out" in short


@given(
    st.lists(st.lists(st.integers(0, 3_000), max_size=5), min_size=1, max_size=8), st.integers(500, 20_000)
)
def test_whatever_was_said_fits_or_is_refused_and_the_prompt_is_there(
    turns: list[list[int]], size: int
) -> None:
    entries = [entry for number, sizes in enumerate(turns) for entry in turn(number, *sizes)]
    entries = [*entries, UserSaid("now"), *step(900, 700)]

    result = fit(entries, room(size))

    if isinstance(result, Fitted):
        assert result.size <= size
        assert UserSaid("now") in result.entries
        again = fit(entries, room(size), result.cut)
        assert isinstance(again, Fitted)
        assert again.entries == result.entries
    else:
        assert size < 2_000


def test_a_call_that_leaves_no_room_is_not_called_a_long_prompt() -> None:
    call = CallAsked("c", "create_file", "x" * 100_000)
    result = fit(
        (UserSaid("hi"), AssistantSaid("", "", (call,)), ToolSaid("c", "create_file", "ok")), Room(4_096, 0)
    )

    assert isinstance(result, TooLong)
    assert "although the prompt is not" in result.message
