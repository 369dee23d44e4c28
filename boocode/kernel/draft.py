"""A state under change: what `decide` works on between the frozen state before and the frozen state after.

The primitives here keep the books (who has a task, who waits for an answer) and collect actions; which of them
happens when is decided in `decide` and `requests`.
"""

from __future__ import annotations

from operator import attrgetter
from typing import Final

from boocode.kernel.errors import KernelError, StartAborted, StartFailed
from boocode.kernel.exits import Crashed, Exit, Killed, Shutdown, is_clean
from boocode.kernel.spec import Restart, Strategy
from boocode.kernel.state import (
    LIVE,
    Action,
    Answer,
    Finish,
    Forget,
    Kid,
    Kill,
    Phase,
    ReportReady,
    Start,
    State,
    Status,
    Stop,
)

_read_state: Final = attrgetter(*State._fields)
_UNREADY: Final = frozenset({Status.STARTING, Status.WAITING})


class Draft:
    """A mutable copy of one state, the time, and the actions so far."""

    def __init__(self, state: State, now: float) -> None:
        self.now = now
        self.actions: list[Action] = []
        self.path = state.path
        self.strategy = state.strategy
        self.backoff = state.backoff
        self.window = state.window
        self.auto_shutdown = state.auto_shutdown
        self.is_dynamic = state.is_dynamic
        self.max_children = state.max_children
        self.kids = state.kids
        self.next_order = state.next_order
        self.phase = state.phase
        self.live = state.live
        self.stops = state.stops
        self.starts = state.starts
        self.starts_due = state.starts_due
        self.exit = state.exit

    def frozen(self) -> State:
        return State._make(_read_state(self))

    # -- one child -----------------------------------------------------------------------------------------

    def put(self, kid: Kid, **changes: object) -> Kid:
        """Replace `kid` by a changed copy."""
        changed = kid._replace(**changes)  # type: ignore[arg-type]  # names are Kid's, values checked in tests
        self.live += (changed.status in LIVE) - (kid.status in LIVE)
        self.kids = self.kids.put(changed)
        return changed

    def start(self, kid: Kid) -> None:
        number = kid.incarnation + 1
        deadline = None if kid.start_timeout is None else self.now + kid.start_timeout
        self.put(kid, status=Status.STARTING, incarnation=number, due=None, ready_at=None)
        self.actions.append(Start(kid.id, number, deadline))

    def stop(self, kid: Kid) -> None:
        if kid.shutdown == 0:
            self.kill(kid)
            return
        deadline = None if kid.shutdown is None else self.now + kid.shutdown
        self.put(kid, status=Status.STOPPING)
        self.actions.append(Stop(kid.id, kid.incarnation, deadline))

    def kill(self, kid: Kid) -> None:
        self.put(kid, status=Status.STOPPING)
        self.actions.append(Kill(kid.id, kid.incarnation))

    def rest(self, kid: Kid, reason: Exit) -> None:
        """`kid` has no task and none is due: keep its spec or forget it; answer who waits for it."""
        for token in kid.starters:
            self.answer(token, kid.id, StartFailed(kid.id, cause_of(f"{self.path}/{kid.id}", reason)))
        for token in kid.stoppers:
            self.answer(token, kid.id)
        self.starts = tuple(other for other in self.starts if other != kid.id)
        if self.is_dynamic or kid.restart is Restart.TEMPORARY:
            self.forget(kid)
        else:
            self.put(kid, status=Status.STOPPED, due=None, on_request="", starters=(), stoppers=())

    def await_turn(self, kid: Kid) -> None:
        """`kid` has no task and will be started again out of `starts`."""
        for token in kid.stoppers:
            self.answer(token, kid.id)
        self.put(kid, status=Status.WAITING, due=self.starts_due, stoppers=())

    def forget(self, kid: Kid) -> None:
        self.live -= kid.status in LIVE
        self.kids = self.kids.without(kid.id)
        self.actions.append(Forget(kid.id))

    def answer(self, token: int, id: str, error: KernelError | None = None) -> None:
        self.actions.append(Answer(token, id, error))

    # -- a group -------------------------------------------------------------------------------------------

    def concerned(self, kid: Kid) -> list[Kid]:
        """Whom a restart of `kid` concerns, in start order, `kid` included."""
        if self.strategy is Strategy.ONE_FOR_ONE:
            return [kid]
        kids = self.kids.in_order()
        if self.strategy is Strategy.ONE_FOR_ALL:
            return kids
        return [member for member in kids if member.order >= kid.order]

    def enlist(self, members: list[Kid], asked: str | None = None) -> None:
        """Queue the living of `members` to be stopped, and all but the temporary to be started again.

        A temporary one comes back only if it is the one that was `asked` for, or has not had its first start.
        """
        stops, starts = set(self.stops), set(self.starts)
        for kid in members:
            if kid.status in LIVE:
                stops.add(kid.id)
            if kid.restart is not Restart.TEMPORARY or kid.id == asked or kid.status is Status.STOPPED:
                starts.add(kid.id)
                if kid.status not in LIVE:
                    self.put(kid, status=Status.WAITING, due=self.starts_due)
        self.stops = tuple(kid.id for kid in self.kids.in_order()[::-1] if kid.id in stops)
        self.starts = tuple(kid.id for kid in self.kids.in_order() if kid.id in starts)

    # -- all children --------------------------------------------------------------------------------------

    def stop_all(self, exit: Exit) -> None:
        """Begin to end: static children one after another in reverse, dynamic ones together."""
        if self.phase in (Phase.STOPPING, Phase.STOPPED):
            return
        self.phase, self.exit = Phase.STOPPING, exit
        self.starts, self.starts_due = (), None
        kids = self.kids.in_order()[::-1]
        for kid in kids:
            if kid.status is Status.WAITING:
                self.rest(kid, exit)
        alive = [kid for kid in kids if kid.status in LIVE]
        if self.is_dynamic:
            for kid in alive:
                if kid.status is not Status.STOPPING:
                    self.stop(kid)
        else:
            self.stops = tuple(kid.id for kid in alive)

    def halt(self, reason: str) -> None:
        """The supervisor's own time is up: kill whom it still has, all at once."""
        self.stop_all(Killed(reason))
        if self.exit is None or is_clean(self.exit):
            self.exit = Killed(reason)
        self.stops = ()
        for kid in self.kids.in_order()[::-1]:
            if kid.status in LIVE:
                self.kill(kid)

    def advance(self) -> None:
        """Take the next step of what is to be done: first the stops, then the starts, one at a time."""
        while self.stops:
            kid = self.kids.get(self.stops[0])
            if kid is not None and kid.status in LIVE:
                if kid.status is not Status.STOPPING:
                    self.stop(kid)
                return
            self.stops = self.stops[1:]
        if self.phase is Phase.STOPPING:
            if not self.live:
                self.phase = Phase.STOPPED
                self.actions.append(Finish(self.exit or Shutdown()))
            return
        self._advance_starts()

    def _advance_starts(self) -> None:
        if self.starts and self.starts_due is not None and self.now < self.starts_due:
            return
        self.starts_due = None
        while self.starts:
            kid = self.kids.get(self.starts[0])
            if kid is not None and kid.status is not Status.RUNNING:
                if kid.status not in LIVE:
                    self.start(kid)
                return
            self.starts = self.starts[1:]
        if self.phase is Phase.STARTING and not any(kid.status in _UNREADY for kid in self.kids.values()):
            self.phase = Phase.RUNNING
            self.actions.append(ReportReady())


def cause_of(path: str, exit: Exit) -> BaseException:
    """The exception behind an exit; StartAborted when there was none."""
    return exit.cause if isinstance(exit, Crashed) else StartAborted(path, exit)
