"""What the session pool says to itself: a timer is due, a helper task has news."""

from attrs import frozen

from boocode.kernel import Ref
from boocode.ports.agents import SessionKey


@frozen
class ExpiryDue:
    """Time to look for sessions that have been idle for too long."""


@frozen
class AnswerOverdue:
    """An agent that was given up on should have answered by now."""

    key: SessionKey
    child_id: str


@frozen
class Started:
    """The sub-tree of this child is up; its handshake may still go on."""

    child_id: str
    tree: Ref


@frozen
class StartFailed:
    child_id: str
    cause: BaseException


@frozen
class Stopped:
    child_id: str
