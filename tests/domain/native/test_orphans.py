"""Only calls with their results go on the wire, and only results with their calls."""

from hypothesis import given
from hypothesis import strategies as st

from boocode.domain.native.conversation import AssistantSaid, CallAsked, Entry, Told, ToolSaid, UserSaid
from boocode.domain.native.orphans import without_orphans


def call(call_id: str) -> CallAsked:
    return CallAsked(call_id, "read_file", "{}")


def result(call_id: str, text: str = "ok") -> ToolSaid:
    return ToolSaid(call_id, "read_file", text)


WHOLE: tuple[Entry, ...] = (
    UserSaid("read both"),
    AssistantSaid("", "", (call("a"), call("b"))),
    result("b"),
    result("a"),
    AssistantSaid("done"),
)


def test_a_whole_conversation_stays_as_it_is() -> None:
    assert without_orphans(WHOLE) == WHOLE


def test_a_call_without_a_result_is_left_out_and_its_answers_text_stays() -> None:
    entries = (UserSaid("x"), AssistantSaid("I read.", "", (call("a"), call("b"))), result("a"))
    assert without_orphans(entries) == (
        UserSaid("x"),
        AssistantSaid("I read.", "", (call("a"),)),
        result("a"),
    )


def test_an_answer_of_nothing_but_an_orphan_call_is_left_out() -> None:
    entries = (UserSaid("x"), AssistantSaid("", "hm", (call("a"),)), UserSaid("y"))
    assert without_orphans(entries) == (UserSaid("x"), UserSaid("y"))


def test_a_result_without_a_call_is_left_out() -> None:
    assert without_orphans((UserSaid("x"), result("a"), AssistantSaid("y"))) == (
        UserSaid("x"),
        AssistantSaid("y"),
    )


def test_a_result_behind_something_else_is_no_answer_to_the_call() -> None:
    entries = (AssistantSaid("", "", (call("a"),)), Told("news"), result("a"))
    assert without_orphans(entries) == (Told("news"),)


def test_a_second_result_and_a_second_call_of_one_id_are_left_out() -> None:
    entries = (AssistantSaid("", "", (call("a"), call("a"))), result("a", "1"), result("a", "2"))
    assert without_orphans(entries) == (AssistantSaid("", "", (call("a"),)), result("a", "1"))


ids = st.sampled_from("abc")
entry = st.one_of(
    st.builds(UserSaid, st.just("u")),
    st.builds(Told, st.just("t")),
    st.builds(result, ids),
    st.builds(
        lambda text, calls: AssistantSaid(text, "", tuple(map(call, calls))),
        st.sampled_from(["", "said"]),
        st.lists(ids, max_size=3),
    ),
)


@given(st.lists(entry, max_size=12))
def test_what_is_left_is_paired_and_stays_so(entries: list[Entry]) -> None:
    left = without_orphans(entries)
    assert without_orphans(left) == left
    assert [e for e in left if isinstance(e, UserSaid | Told)] == [
        e for e in entries if isinstance(e, UserSaid | Told)
    ]
    open_calls: set[str] = set()
    for one in left:
        match one:
            case ToolSaid(call_id=call_id):
                open_calls.remove(call_id)
            case AssistantSaid(calls=calls):
                assert not open_calls
                open_calls = {asked.id for asked in calls}
            case _:
                assert not open_calls
    assert not open_calls
