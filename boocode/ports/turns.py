"""What may be said to a running turn and to the dispatcher, and the name under which a turn is found."""

from attrs import frozen

from boocode.domain.turns import Asked
from boocode.kernel import Request


def turn_name(task_id: str) -> str:
    """The registered name of the turn actor that runs this task."""
    return f"turn:{task_id}"


@frozen
class EndTurn:
    """Cast to a turn: end as soon as you can. The first reason counts."""

    by: Asked
    why: str


@frozen
class Drain(Request[None]):
    """Call: claim nothing more; replies when the last running turn is over."""


@frozen
class EndAllTurns:
    """Cast: ask every running turn to end."""

    why: str


@frozen
class TurnWaits:
    """Cast to the dispatcher: this turn waits for tasks that it began, or not any more. While it does it takes no
    place among those that run at once, or its tasks might wait for its place for ever."""

    task_id: str
    waits: bool


@frozen
class TurnLimits:
    """Seconds that a turn may take in its parts."""

    stall_s: float = 180.0
    """Without any event of the agent, permission questions not counted."""
    quiet_s: float = 30.0
    """The same, until people are told that it is quiet."""
    open_s: float = 300.0
    start_s: float = 120.0
    send_s: float = 60.0
    end_s: float = 15.0
    """From asking the agent to end until it is killed."""
    permission_s: float = 600.0
