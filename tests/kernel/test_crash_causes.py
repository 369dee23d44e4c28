"""The chain of causes of a crash: each exception once, in order, with its own frames."""

from __future__ import annotations

import trio

from boocode.kernel.crash_log import causes_of
from tests.kit.children import Boom, Crash, child
from tests.kit.virtual_time import settle


def raised(error: BaseException) -> BaseException:
    try:
        raise error
    except BaseException as caught:
        return caught


def refused_because_of(cause: BaseException) -> None:
    try:
        raise cause
    except type(cause) as error:
        raise Boom("refused") from error


def test_causes_follow_what_they_caused_each_with_its_own_frames():
    try:
        refused_because_of(KeyError("row"))
    except Boom as error:
        first, second = causes_of(error)

    assert (first.relation, first.depth, first.type, first.message) == ("raised", 0, "Boom", "refused")
    assert (second.relation, second.depth, second.type, second.message) == ("cause", 1, "KeyError", "'row'")
    assert "raise Boom" in first.traceback
    assert "raise Boom" not in second.traceback
    assert "raise cause" in second.traceback


def test_what_was_being_handled_is_a_context_unless_it_was_set_aside():
    def stumble() -> None:
        try:
            raise KeyError("first")
        except KeyError:
            raise Boom("second")  # noqa: B904 - the context is what is shown

    def stumble_quietly() -> None:
        try:
            raise KeyError("first")
        except KeyError:
            raise Boom("second") from None

    found = []
    for stumbling in (stumble, stumble_quietly):
        try:
            stumbling()
        except Boom as error:
            found.append([(cause.relation, cause.type) for cause in causes_of(error)])
    assert found == [[("raised", "Boom"), ("context", "KeyError")], [("raised", "Boom")]]


def test_the_members_of_a_group_are_its_parts():
    inner = ExceptionGroup("inner", [raised(KeyError("k")), raised(Boom("b"))])
    chain = causes_of(ExceptionGroup("outer", [inner, raised(ValueError("v"))]))
    assert [(cause.relation, cause.depth, cause.type) for cause in chain] == [
        ("raised", 0, "ExceptionGroup"),
        ("part", 1, "ExceptionGroup"),
        ("part", 2, "KeyError"),
        ("part", 2, "Boom"),
        ("part", 1, "ValueError"),
    ]


def test_a_circle_of_causes_and_a_long_chain_end():
    one, two = Boom("one"), Boom("two")
    one.__cause__, two.__cause__ = two, one
    assert [cause.message for cause in causes_of(one)] == ["one", "two"]

    last = Boom("0")
    for number in range(1000):
        last, last.__cause__ = Boom(str(number)), last
    assert len(causes_of(last)) == 20


def test_an_exception_that_cannot_say_itself_is_shown_all_the_same():
    class Mute(Exception):
        def __str__(self) -> str:
            raise ValueError

    (cause,) = causes_of(Mute())
    assert cause.message == "<str raised ValueError>"


async def test_a_crash_is_found_by_path_incarnation_and_time(tree, probe, autojump_clock):
    async with tree(child(probe, "a")) as system:
        error = Boom("bang")
        error.add_note("while testing")
        system.find("root/a").cast(Crash(error))
        await settle()
        crash = system.crash_log.find("root/a", 1, trio.current_time())
        assert system.crash_log.find("root/a", 2, trio.current_time()) is None
        assert system.crash_log.find("root/a", 1, trio.current_time() + 1) is None

    assert [(cause.type, cause.notes) for cause in crash.causes] == [("Boom", ("while testing",))]
