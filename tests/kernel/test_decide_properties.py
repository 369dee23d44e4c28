"""The decision core under a random driver that plays the tasks and knows the rules."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from boocode.kernel import (
    Backoff,
    Budget,
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
    Answer,
    Begin,
    Due,
    Exited,
    Finish,
    Happened,
    Kill,
    Phase,
    Ready,
    Revive,
    Start,
    Status,
    Stop,
    StopAll,
    Terminate,
    Wake,
    initial,
)
from tests.kit.children import Boom

from .test_decide import worker

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
