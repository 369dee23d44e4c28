"""Random lives of a supervisor: what a program is, how it is played on real actors, what it leaves to be judged.

Instants are sixteenths of a second, so that sums are exact and the window's edge can be hit. In a *settled* program
every operation runs to its end before the next; otherwise operations meet each other half done.
"""

from __future__ import annotations

import math
from functools import partial
from typing import Any

import trio
from attrs import define, field, frozen
from hypothesis import strategies as st
from trio.testing import MockClock, wait_all_tasks_blocked

from boocode.kernel import (
    AdminRefused,
    Backoff,
    Budget,
    ChildSpec,
    Exit,
    Normal,
    NotRunning,
    Ref,
    Restart,
    Shutdown,
    StartFailed,
    Strategy,
    SupervisorSpec,
    open_tree,
)
from boocode.kernel.system import System
from tests.kit.children import Boom, Crash, End, Scripted
from tests.kit.probe import Probe
from tests.kit.virtual_time import FOREVER

SIXTEENTH = 1 / 16
IDS = "abcd"


@frozen
class Op:
    """One operation: `what` on child number `kid`; `amount` is sixteenths for `advance`, failures for `fail next`."""

    what: str
    kid: int = 0
    amount: int = 0


@frozen
class Program:
    strategy: Strategy
    restarts: tuple[Restart, ...]
    stop_times: tuple[int, ...]
    budget: Budget
    backoff: Backoff
    ops: tuple[Op, ...]
    settled: bool
    cut: float | None
    """When the whole tree is cancelled from outside, in seconds."""


ENDINGS = ("crash", "return", "shut down", "kill", "stop")
ADMIN = ("terminate", "revive", "delete", "add", "cycle")
MIX = ("advance",) * 5 + ("crash",) * 6 + ENDINGS[1:] + ("fail next",) * 2 + ADMIN
"""How often which operation comes: mostly crashes and time, now and then an administrator."""

HEAD, MOST_OPS = 15, 24


def decode(data: bytes, *, settled: bool) -> Program:
    """Any bytes are a program: drawing and shrinking them is cheap, and zeros are the simplest one."""
    head, body = data[:HEAD], data[HEAD:]
    kids = 1 + head[0] % len(IDS)
    return Program(
        strategy=list(Strategy)[head[1] % 3],
        restarts=tuple(list(Restart)[byte % 3] for byte in head[2 : 2 + kids]),
        stop_times=tuple(0 if settled else byte % 9 for byte in head[6 : 6 + kids]),
        budget=Budget(head[10] % 7, (1 + head[11] % 64) * SIXTEENTH),
        backoff=Backoff((1 + head[12] % 8) * SIXTEENTH, 1.0, 0.0, (1 + head[12] // 8) * SIXTEENTH),
        ops=tuple(map(decode_op, body[: 2 * (head[13] % MOST_OPS) + 2 : 2], body[1::2])),
        settled=settled,
        cut=None if settled or head[14] < 128 else (head[14] - 128) * SIXTEENTH,
    )


def decode_op(what: int, argument: int) -> Op:
    verb = MIX[what % len(MIX)]
    if verb == "advance":
        return Op(verb, amount=argument % 41)
    return Op(verb, kid=argument % len(IDS), amount=1 + argument // 64 if verb == "fail next" else 0)


def programs(*, settled: bool) -> st.SearchStrategy[Program]:
    """Programs of at most two dozen operations on up to four children."""
    size = HEAD + 2 * MOST_OPS
    return st.binary(min_size=size, max_size=size).map(partial(decode, settled=settled))


class Fragile(Scripted):
    """A scripted child whose next starts can be ordered to fail."""

    def __init__(self, life: Life, who: str) -> None:
        super().__init__(life.probe, who)
        self.life = life

    async def init(self) -> None:
        self.note("init")
        if self.life.failures.get(self.who, 0) > 0:
            self.life.failures[self.who] -= 1
            self.note("init failed")
            raise Boom
        self.note("ready")

    async def terminate(self, how: Exit) -> None:
        self.note("terminate", how)
        try:
            await trio.sleep(self.life.stop_time(self.who))
        finally:
            self.note("ended")


@define(eq=False, repr=False)
class Life:
    """One program being played: what happened, and what the judge needs to know about it."""

    program: Program
    probe: Probe = field(factory=Probe)
    failures: dict[str, int] = field(factory=dict)
    deaths: list[float] = field(factory=list)
    """Instants of the exits that ask for a restart (settled programs)."""
    supervisor_exit: Exit | None = None
    overdue: list[tuple[float, float]] = field(factory=list)
    """Restarts that were due before the instant at which they were seen planned."""
    order_before_stop: list[str] = field(factory=list)
    notes_before_stop: int = 0

    def stop_time(self, who: str) -> float:
        number = IDS.index(who)
        times = self.program.stop_times
        return (times[number] if number < len(times) else 0) * SIXTEENTH

    def restart_of(self, who: str) -> Restart:
        number = IDS.index(who)
        return self.program.restarts[number] if number < len(self.program.restarts) else Restart.PERMANENT

    def child(self, who: str) -> ChildSpec:
        return ChildSpec(id=who, start=partial(Fragile, self, who), restart=self.restart_of(who))

    def spec(self) -> SupervisorSpec:
        """The supervisor under test is temporary: its escalation is seen, not repaired."""
        program = self.program
        under_test = SupervisorSpec(
            children=tuple(self.child(who) for who in IDS[: len(program.restarts)]),
            strategy=program.strategy,
            budget=program.budget,
            backoff=program.backoff,
        )
        return SupervisorSpec(children=(ChildSpec(id="sup", start=under_test, restart=Restart.TEMPORARY),))

    async def play(self) -> None:
        """Live it, cut short from outside if the program says so."""
        with (
            trio.fail_after(FOREVER),
            trio.move_on_after(math.inf if self.program.cut is None else self.program.cut),
        ):
            await self._live()

    async def _live(self) -> None:
        async with open_tree(self.spec()) as system:
            supervisor: Any = system.find("root/sup")
            for op in self.program.ops:
                if not supervisor.is_running:
                    break
                await self._perform(op, system, supervisor)
                if self.program.settled:
                    await wait_all_tasks_blocked()
                self._look(system)
            await wait_all_tasks_blocked()
            if supervisor.is_running:
                self._remember_the_living(supervisor)
            else:
                self.supervisor_exit = await supervisor.stopped()
                self.order_before_stop = []
                self.notes_before_stop = len(self.probe.notes)

    def _remember_the_living(self, supervisor: Any) -> None:
        refs = [supervisor.child(info.id) for info in supervisor.which()]
        self.order_before_stop = [ref.name or ref.path for ref in refs if ref is not None and ref.is_running]
        self.notes_before_stop = len(self.probe.notes)

    def _look(self, system: System) -> None:
        now = trio.current_time()
        for node in system.snapshot().children:
            if any(kid.state == "stopping" for kid in node.children):
                continue  # a group restart waits for the slowest as well
            for kid in node.children:
                if kid.next_restart_due is not None and kid.next_restart_due < now:
                    self.overdue.append((kid.next_restart_due, now))

    async def _perform(self, op: Op, system: System, supervisor: Any) -> None:
        who = IDS[op.kid]
        if op.what == "advance":
            await trio.sleep(op.amount * SIXTEENTH)
        elif op.what == "fail next":
            self.failures[who] = op.amount
        elif op.what in ENDINGS:
            ref = supervisor.child(who)
            if ref is not None and ref.is_running:
                self._end(op.what, who, ref)
        else:
            await self._administer(op.what, who, supervisor)

    def _end(self, what: str, who: str, ref: Ref) -> None:
        if what == "crash":
            ref.cast(Crash())
        elif what == "kill":
            ref.kill("program")
        elif what == "stop":
            ref.stop("program")
        else:
            ref.cast(End(Normal() if what == "return" else Shutdown()))
        restart = self.restart_of(who)
        abnormal = what in ("crash", "kill")
        if restart is Restart.PERMANENT or (restart is Restart.TRANSIENT and abnormal):
            self.deaths.append(trio.current_time())

    async def _administer(self, what: str, who: str, supervisor: Any) -> None:
        self.failures.pop(
            who, None
        )  # a start asked for by hand costs no budget: its failure is not on trial here
        requests = {
            "terminate": supervisor.terminate_child,
            "revive": supervisor.restart_child,
            "delete": supervisor.delete_child,
            "cycle": supervisor.cycle_child,
        }
        try:
            if what == "add":
                await supervisor.start_child(self.child(who))
            else:
                await requests[what](who)
        except (AdminRefused, StartFailed, NotRunning):
            pass


def play(program: Program) -> Life:
    """Play it to its end on a clock of its own."""
    life = Life(program)
    trio.run(life.play, clock=MockClock(autojump_threshold=0))
    return life
