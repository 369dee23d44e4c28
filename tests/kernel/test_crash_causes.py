"""The chain of causes of a crash: each exception once, in order, with its own frames."""

from __future__ import annotations

import pytest
import trio

from boocode.kernel import Crashed, StartFailed
from boocode.kernel.crash_log import causes_of
from boocode.kernel.exits import without_frames
from tests.kit.children import STEADY, Boom, Crash, End, child, crashes
from tests.kit.virtual_time import settle, until


class Mute(Exception):
    def __str__(self) -> str:
        raise ValueError


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


@pytest.mark.parametrize("script", [{}, {"stop": crashes(Mute())}], ids=["handling", "then ending"])
async def test_a_crash_that_cannot_say_itself_is_one_like_any_other(tree, probe, autojump_clock, script):
    with trio.fail_after(60):
        async with tree(child(probe, "a", **script)) as system:
            system.find("root/a").cast(Crash(Mute()))
            await until(trio.current_time() + STEADY.maximum)
            assert system.find("root/a").incarnation == 2
            (crash,) = system.crash_log.list()
            assert (crash.error, "Mute" in crash.traceback) == ("Mute: <str raised ValueError>", True)
            (entry,) = [each for each in system.journal.entries() if each.kind == "exited"]
            assert (entry.reason, entry.decision.verdict) == (
                "crashed: Mute: <str raised ValueError>",
                "backing_off",
            )


async def test_an_end_that_fails_and_cannot_say_why_is_a_crash(tree, probe, autojump_clock):
    with trio.fail_after(60):
        async with tree(child(probe, "a", stop=crashes(Mute()))) as system:
            system.find("root/a").cast(End())
            await settle()
            assert [crash.error for crash in system.crash_log.list()] == ["Mute: <str raised ValueError>"]


async def test_a_start_that_fails_and_cannot_say_why_is_said(tree, probe, autojump_clock):
    with trio.fail_after(60), pytest.raises(StartFailed, match="Mute: <str raised ValueError>"):
        async with tree(child(probe, "a", init=crashes(Mute()))):
            pass


def test_a_group_that_cannot_be_copied_is_named():
    class Odd(ExceptionGroup):
        def __new__(cls, number):
            return super().__new__(cls, f"odd {number}", [Boom()])

    bare = without_frames(Crashed(Odd(1)))
    assert isinstance(bare, Crashed)
    assert str(bare.cause).startswith("Odd: odd 1")
