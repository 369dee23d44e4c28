"""The decision core without trio: stale news and tables of one event each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from boocode.kernel import (
    Backoff,
    ChildSpec,
    Crashed,
    Exit,
    Killed,
    Normal,
    Restart,
    Shutdown,
    Strategy,
    SupervisorSpec,
)
from boocode.kernel.decide import decide
from boocode.kernel.state import (
    Action,
    Answer,
    Begin,
    Due,
    Exited,
    Finish,
    Halt,
    Happened,
    Ignored,
    Kill,
    Phase,
    Ready,
    ReportReady,
    Start,
    State,
    Status,
    Stop,
    StopAll,
    Terminate,
    initial,
)
from tests.kit.children import Boom

STEADY = Backoff(1, 1, jitter=0)


def worker(who: str, **spec: Any) -> ChildSpec:
    return ChildSpec(id=who, start=lambda: None, **spec)  # type: ignore[arg-type,return-value]


class Book:
    """A supervisor's state and the actions of the last event; `start_all` answers each Start with Ready."""

    def __init__(self, ids: str, *, restart: Restart = Restart.PERMANENT, **options: Any) -> None:
        spec = SupervisorSpec(
            children=tuple(worker(who, restart=restart) for who in ids), **{"backoff": STEADY, **options}
        )
        self.state: State = initial(spec, "root")
        self.now = 0.0

    def tell(self, event: Happened, now: float | None = None) -> tuple[Action, ...]:
        self.now = self.now if now is None else now
        self.state, actions = decide(self.state, event, self.now)
        return actions

    def start_all(self) -> Book:
        """Answer each Start with Ready until the supervisor reports ready."""
        actions = self.tell(Begin())
        while starts := [action for action in actions if isinstance(action, Start)]:
            actions = self.tell(Ready(starts[0].id, starts[0].incarnation))
        return self

    def status(self, who: str) -> Status:
        return self.state.kids[who].status


def kinds(actions: Sequence[Action]) -> list[str]:
    return [type(action).__name__ for action in actions]


@pytest.mark.case(50)
def test_stale_news_of_an_older_incarnation_changes_nothing() -> None:
    book = Book("ab").start_all()
    book.tell(Exited("a", 1, Crashed(Boom())), now=1)
    book.tell(Due("a"), now=2)
    book.tell(Ready("a", 2), now=2)
    settled = book.state
    assert settled.kids["a"].incarnation == 2

    stale: list[Happened] = [
        Exited("a", 1, Crashed(Boom())),
        Exited("a", 1, Normal()),
        Exited("nobody", 1, Killed()),
        Ready("a", 1),
        Ignored("a", 1),
        Due("a"),
        Due(None),
    ]
    for event in stale:
        assert book.tell(event, now=3) == (), event
        assert book.state == settled, event


def test_start_is_one_at_a_time_and_reports_ready_after_the_last() -> None:
    book = Book("ab")

    assert book.tell(Begin()) == (Start("a", 1, 30.0),)
    assert book.tell(Ready("a", 1), now=5) == (Start("b", 1, 35.0),)
    assert book.tell(Ready("b", 1), now=6) == (ReportReady(),)
    assert book.state.phase is Phase.RUNNING


def test_stop_is_one_at_a_time_in_reverse_and_finishes_with_the_exit_asked_for() -> None:
    book = Book("ab").start_all()

    assert book.tell(StopAll(Shutdown("enough")), now=10) == (Stop("b", 1, 15.0),)
    assert book.tell(Exited("b", 1, Shutdown()), now=11) == (Stop("a", 1, 16.0),)
    assert book.tell(Exited("a", 1, Crashed(Boom())), now=12) == (Finish(Shutdown("enough")),)


def test_second_stop_changes_nothing() -> None:
    book = Book("ab").start_all()
    book.tell(StopAll(Shutdown("first")))
    before = book.state

    assert book.tell(StopAll(Shutdown("second"))) == ()
    assert book.state == before


def test_halt_kills_everyone_left_at_once() -> None:
    book = Book("abc").start_all()
    book.tell(StopAll())

    assert book.tell(Halt()) == (Kill("c", 1), Kill("b", 1), Kill("a", 1))
    for who in "cba":
        last = book.tell(Exited(who, 1, Killed()))
    assert kinds(last) == ["Finish"]
    assert book.state.exit == Killed()


@pytest.mark.parametrize(
    ("restart", "exit", "status"),
    [
        (Restart.PERMANENT, Crashed(Boom()), Status.WAITING),
        (Restart.PERMANENT, Normal(), Status.WAITING),
        (Restart.PERMANENT, Shutdown(), Status.WAITING),
        (Restart.PERMANENT, Killed(), Status.WAITING),
        (Restart.TRANSIENT, Crashed(Boom()), Status.WAITING),
        (Restart.TRANSIENT, Killed(), Status.WAITING),
        (Restart.TRANSIENT, Normal(), Status.STOPPED),
        (Restart.TRANSIENT, Shutdown(), Status.STOPPED),
    ],
)
def test_what_follows_an_exit_is_the_restart_types_table(
    restart: Restart, exit: Exit, status: Status
) -> None:
    book = Book("a", restart=restart).start_all()
    book.tell(Exited("a", 1, exit), now=3)

    assert book.status("a") is status
    assert book.state.kids["a"].due == (4 if status is Status.WAITING else None)


@pytest.mark.parametrize("exit", [Crashed(Boom()), Killed(), Normal(), Shutdown()])
def test_temporary_child_is_forgotten_however_it_ends(exit: Exit) -> None:
    book = Book("a", restart=Restart.TEMPORARY).start_all()

    assert kinds(book.tell(Exited("a", 1, exit))) == ["Forget"]
    assert "a" not in book.state.kids


def test_wake_that_comes_early_starts_nothing() -> None:
    book = Book("a").start_all()
    book.tell(Exited("a", 1, Killed()), now=3)

    assert book.tell(Due("a"), now=3.5) == ()
    assert book.tell(Due("a"), now=4) == (Start("a", 2, 34.0),)


def test_termination_of_a_waiting_child_is_answered_at_once_and_its_wake_finds_nothing() -> None:
    book = Book("a").start_all()
    book.tell(Exited("a", 1, Killed()), now=3)

    assert book.tell(Terminate(7, "a")) == (Answer(7, "a"),)
    assert book.tell(Due("a"), now=4) == ()
    assert book.status("a") is Status.STOPPED


def test_stop_during_the_wait_for_a_group_restart_starts_nobody() -> None:
    book = Book("ab", strategy=Strategy.ONE_FOR_ALL).start_all()
    book.tell(Exited("a", 1, Killed()), now=3)
    book.tell(Exited("b", 1, Shutdown()), now=3)

    assert book.tell(StopAll(), now=3.5) == (Finish(Shutdown()),)
    assert book.tell(Due(None), now=4) == ()
