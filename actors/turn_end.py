"""How a turn ends, and how one that was told to stop is waited for: the same for every backend that leads turns."""

from collections.abc import Iterable
from typing import Protocol

import trio
from attrs import frozen

from actors.turn_delivery import TurnDelivery
from boocode.domain.acp.cancelling import CancelLadder
from boocode.domain.acp.stopping import remark
from boocode.domain.acp.turn_fold import TurnFold
from boocode.domain.acp.usage import UsageNote
from boocode.domain.events import AgentEvent, Completed, Notice, Outcome
from boocode.kernel import Context


class Questions(Protocol):
    def withdraw(self, fold: TurnFold) -> Iterable[AgentEvent]:
        """Takes back what is open: nobody waits for an answer any more."""
        ...


class EndingTurn(Protocol):
    @property
    def fold(self) -> TurnFold: ...
    @property
    def delivery(self) -> TurnDelivery: ...
    @property
    def questions(self) -> Questions: ...


@frozen
class LadderDue:
    """Timer of the session: the cancel ladder of this turn may have a next step."""

    task_id: str


def wait_on(ctx: Context, ladder: CancelLadder, task_id: str) -> None:
    # A hair later than due: a timer that fires a rounding error early would say "wait" for ever.
    ctx.send_after(ladder.next_check(ctx.now()) + 0.001, LadderDue(task_id))


def say_end(
    turn: EndingTurn, outcome: Outcome, usage: UsageNote | None = None, after: trio.Event | None = None
) -> None:
    """The turn's last events and its outcome, which is told once `after` is set."""
    turn.delivery.put(turn.questions.withdraw(turn.fold))
    events = turn.fold.end(completed=isinstance(outcome, Completed), usage=usage)
    words = remark(outcome)
    turn.delivery.put([*events, Notice(words)] if words else events)
    turn.delivery.finish(outcome, after)
