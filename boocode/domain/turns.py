"""The life of one turn, decided without doing anything.

    opening ──► leasing ──► sending ──► running ──► settling
       │           │            │          │
       └───────────┴────────────┴──────────┴──► settling (failed, cancelled, interrupted)

`decide(turn, input)` gives the next state and what to do now. Rules that hold in every path:
exactly one `Settle`; a prompt that was sent is always ended by the agent session (`Ended`), by its death
(`Lost`) or by the kill that follows an overdue end; after `Settle` nothing else happens.
Why an end was asked for decides the outcome: a person's cancel is `Cancelled`, a stall is `Failed`,
a full log or a stopping runtime is `Interrupted`, whatever the agent then says of it.
"""

from enum import Enum
from typing import TypeAlias

from attrs import evolve, frozen

from boocode.domain.events import Cancelled, Completed, Failed, Interrupted, Outcome


class Phase(Enum):
    OPENING = "opening the worktree"
    LEASING = "starting the agent"
    SENDING = "sending the prompt"
    RUNNING = "running"
    SETTLING = "settling"


class Asked(Enum):
    """Why the turn was asked to end."""

    PERSON = "person"
    STALLED = "stalled"
    LOG_FULL = "log full"
    STOPPING = "stopping"


@frozen
class Turn:
    phase: Phase = Phase.OPENING
    asked: Asked | None = None
    why: str = ""
    """The sentence for people that goes with `asked`."""


# What can happen to a turn.


@frozen
class WorktreeReady:
    path: str


@frozen
class Leased:
    pass


@frozen
class Unavailable:
    """The worktree, the agent or the prompt could not be had; `outcome` says which and why."""

    outcome: Failed | Interrupted


@frozen
class PromptSent:
    pass


@frozen
class Ended:
    """The agent session's word that the turn is over."""

    outcome: Outcome


@frozen
class Lost:
    """The agent session died."""

    how: str


@frozen
class EndAsked:
    """Somebody wants the turn to end: a person, the watchdog, the log, the runtime."""

    by: Asked
    why: str


@frozen
class EndOverdue:
    """The time after asking is over and the agent session has not ended the turn."""


Input: TypeAlias = WorktreeReady | Leased | Unavailable | PromptSent | Ended | Lost | EndAsked | EndOverdue


# What is to be done.


@frozen
class LeaseSession:
    path: str


@frozen
class SendPrompt:
    pass


@frozen
class TellAgentToEnd:
    """Ask the agent session to cancel, and come back with EndOverdue if it does not."""


@frozen
class KillSession:
    pass


@frozen
class Settle:
    outcome: Outcome


Action: TypeAlias = LeaseSession | SendPrompt | TellAgentToEnd | KillSession | Settle


def decide(turn: Turn, event: Input) -> tuple[Turn, tuple[Action, ...]]:
    """The next state and the actions, in order. Inputs that come too late change nothing."""
    if turn.phase is Phase.SETTLING:
        return turn, ()
    match event:
        case WorktreeReady(path=path) if turn.phase is Phase.OPENING:
            return evolve(turn, phase=Phase.LEASING), (LeaseSession(path),)
        case Leased() if turn.phase is Phase.LEASING:
            return evolve(turn, phase=Phase.SENDING), (SendPrompt(),)
        case PromptSent() if turn.phase is Phase.SENDING:
            running = evolve(turn, phase=Phase.RUNNING)
            return running, (TellAgentToEnd(),) if turn.asked else ()
        case Unavailable(outcome=outcome):
            return _settle(turn, outcome)
        case Ended(outcome=outcome):
            return _settle(turn, outcome)
        case Lost(how=how):
            return _settle(turn, Interrupted("agent_died", f"The agent {how}."))
        case EndAsked() if turn.asked is None:
            return _end_asked(turn, event)
        case EndOverdue() if turn.asked is not None:
            settled, actions = _settle(turn, Cancelled("killed"))
            return settled, (KillSession(), *actions)
        case _:
            return turn, ()


def _end_asked(turn: Turn, event: EndAsked) -> tuple[Turn, tuple[Action, ...]]:
    asked = evolve(turn, asked=event.by, why=event.why)
    if turn.phase in (Phase.OPENING, Phase.LEASING):
        return _settle(asked, Cancelled("before_start"))
    if turn.phase is Phase.SENDING:
        return asked, ()  # told as soon as the prompt is out: a cancel must never overtake its prompt
    return asked, (TellAgentToEnd(),)


def _settle(turn: Turn, outcome: Outcome) -> tuple[Turn, tuple[Action, ...]]:
    return evolve(turn, phase=Phase.SETTLING), (Settle(verdict(turn, outcome)),)


_HARDER = {
    "given_up": " It did not answer when it was asked to stop.",
    "killed": " It did not stop when it was asked, so it was killed.",
}


def verdict(turn: Turn, outcome: Outcome) -> Outcome:
    """What the end is called: the reason for asking wins over what the agent says, except that it was done.

    An agent that completes although a person cancelled (some answer `end_turn` to a cancel) was cancelled.
    """
    match turn.asked:
        case None:
            return outcome
        case Asked.PERSON:
            return outcome if isinstance(outcome, Cancelled) else Cancelled("asked")
        case Asked.STALLED:
            harder = _HARDER.get(outcome.rung, "") if isinstance(outcome, Cancelled) else ""
            return Failed("stalled", turn.why + harder)
        case Asked.LOG_FULL:
            return Interrupted("log_full", turn.why)
        case Asked.STOPPING:
            return outcome if isinstance(outcome, Completed) else Interrupted("runtime_stopped", turn.why)
