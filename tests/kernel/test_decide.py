"""The decision core without trio: stale news, tables of one event each, and a random driver that knows the rules."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from boocode.kernel import (
    Backoff,
    Budget,
    ChildSpec,
    Crashed,
    Exit,
    Killed,
    Normal,
    Restart,
    RestartsExhausted,
    Shutdown,
    Strategy,
    SupervisorSpec,
    is_abnormal,
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
    Revive,
    Start,
    State,
    Status,
    Stop,
    StopAll,
    Terminate,
    Wake,
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


LIVE = (Status.STARTING, Status.RUNNING, Status.STOPPING)
IDS = "abcd"


class Driver(RuleBasedStateMachine):
    """Plays the tasks: begins what is to be begun, lets any of them end at any time, brings news late and twice.

    Checked after each event: one task a child (P1), numbers rise by one (P2), nothing due in the past (P6), stops in
    reverse, starts in order (P4), escalation as the window says (P5).
    """

    @initialize(
        restarts=st.lists(
            st.sampled_from([Restart.PERMANENT, Restart.TRANSIENT, Restart.TEMPORARY]), min_size=1, max_size=4
        ),
        strategy=st.sampled_from(Strategy),
        max_restarts=st.integers(0, 3),
        shutdown=st.sampled_from([None, 0, 2]),
    )
    def begin(
        self, restarts: list[Restart], strategy: Strategy, max_restarts: int, shutdown: float | None
    ) -> None:
        kids = tuple(
            worker(who, restart=kind, shutdown=shutdown) for who, kind in zip(IDS, restarts, strict=False)
        )
        self.budget = Budget(max_restarts, 8)
        spec = SupervisorSpec(kids, strategy, self.budget, Backoff(1, 4, jitter=0.5, reset_after=8))
        self.state = initial(spec, "root")
        self.now = 0.0
        self.tasks: dict[str, int] = {}
        self.numbers: dict[str, int] = {}
        self.ready: set[str] = set()
        self.wakes: list[Wake] = []
        self.open: set[int] = set()
        self.tokens = 0
        self.finished = False
        self.tell(Begin())

    def tell(self, event: Happened) -> None:
        before = self.state
        self.state, actions = decide(before, event, self.now)
        asked_to_start = []
        for action in actions:
            match action:
                case Start(who, incarnation, deadline):
                    assert not self.finished
                    assert who not in self.tasks, "P1: a second task of one child"
                    assert incarnation == self.numbers.get(who, 0) + 1, "P2"
                    assert deadline is None or deadline >= self.now, "P6"
                    self.tasks[who] = self.numbers[who] = incarnation
                    asked_to_start.append(who)
                case Stop(who, incarnation, deadline):
                    assert self.tasks.get(who) == incarnation
                    assert deadline is None or deadline >= self.now, "P6"
                case Kill(who, incarnation):
                    assert self.tasks.get(who) == incarnation
                case Wake(_, at):
                    assert at >= self.now, "P6"
                    self.wakes.append(action)
                case Answer(token):
                    assert token in self.open, "answered twice or unasked"
                    self.open.remove(token)
                case Finish(exit):
                    assert not self.tasks, "finished over living children"
                    assert not self.finished
                    self.finished = True
                    assert is_abnormal(exit) == (exit != Shutdown())
        assert len(asked_to_start) <= 1, "starts are one at a time"

    def end_task(self, who: str, exit: Exit) -> None:
        self.ready.discard(who)
        self.tell(Exited(who, self.tasks.pop(who), exit, u=0.5))

    def pick(self, index: int, among: Sequence[str]) -> str | None:
        return sorted(among)[index % len(among)] if among else None

    @rule(index=st.integers(0, 3))
    def a_start_succeeds(self, index: int) -> None:
        starting = [who for who in self.tasks if who not in self.ready]
        if (who := self.pick(index, starting)) is not None:
            self.ready.add(who)
            self.tell(Ready(who, self.tasks[who]))

    @rule(index=st.integers(0, 3), exit=st.sampled_from([Normal(), Shutdown(), Killed(), Crashed(Boom())]))
    def a_task_ends(self, index: int, exit: Exit) -> None:
        if (who := self.pick(index, list(self.tasks))) is not None:
            self.end_task(who, exit)

    @rule(index=st.integers(0, 3))
    def old_news_arrives(self, index: int) -> None:
        if (who := self.pick(index, list(self.numbers))) is not None and self.numbers[who] > 1:
            before = self.state
            for event in (Exited(who, self.numbers[who] - 1, Killed()), Ready(who, self.numbers[who] - 1)):
                self.tell(event)
            assert self.state == before

    @rule(sixteenths=st.integers(0, 64))
    def time_passes(self, sixteenths: int) -> None:
        self.now += sixteenths / 16
        due, self.wakes = (
            [wake for wake in self.wakes if wake.at <= self.now],
            [wake for wake in self.wakes if wake.at > self.now],
        )
        for wake in due:
            self.tell(Due(wake.id))

    @rule(index=st.integers(0, 3), revive=st.booleans())
    def somebody_asks(self, index: int, revive: bool) -> None:
        self.tokens += 1
        self.open.add(self.tokens)
        self.tell((Revive if revive else Terminate)(self.tokens, IDS[index]))

    @precondition(lambda self: self.state.phase is Phase.RUNNING and self.now > 100)
    @rule()
    def it_is_stopped(self) -> None:
        self.tell(StopAll())

    @invariant()
    def books_agree_with_the_tasks(self) -> None:
        if not hasattr(self, "state"):
            return
        assert {who for who, kid in self.state.kids.items() if kid.status in LIVE} == set(self.tasks)
        assert self.state.live == len(self.tasks)
        escalated = isinstance(self.state.exit, Crashed) and isinstance(
            self.state.exit.cause, RestartsExhausted
        )
        recent = [at for at in self.state.window.times if self.now - at <= self.budget.period]
        if not escalated:
            assert len(recent) <= self.budget.max_restarts, "P5"
        waiting = [kid for kid in self.state.kids.values() if kid.status is Status.WAITING]
        if waiting and self.state.phase is not Phase.STOPPING:
            nudges = self.wakes or self.tasks
            assert nudges, "a child waits for a restart that nothing will ever bring"

    def teardown(self) -> None:
        if not hasattr(self, "state"):
            return
        self.tell(StopAll())
        while self.tasks:
            stopping = [who for who in self.tasks if self.state.kids[who].status is Status.STOPPING]
            assert stopping, "the stop stands still"
            latest = max(self.tasks, key=lambda who: self.state.kids[who].order)
            assert stopping == [latest] or len(stopping) > 1, "P4"
            self.end_task(latest if latest in stopping else stopping[0], Shutdown())
        assert self.finished
        assert self.open == set(), "a request was never answered"


Driver.TestCase.settings = settings(max_examples=250, stateful_step_count=40)
TestDriver = Driver.TestCase
