"""What the session pool keeps of one agent session and of those who want it. Not an actor."""

from attrs import define, field, frozen

from boocode.kernel import MonitorId, Ref, ReplyTo
from boocode.ports.agents import Acquire, SessionKey, SessionPlan


@frozen
class Waiter:
    """Somebody who wants a lease."""

    acquire: Acquire
    reply: ReplyTo


@frozen
class HeldLease:
    key: SessionKey
    child_id: str
    holder: MonitorId


@define(eq=False)
class PoolMember:
    plan: SessionPlan
    child_id: str
    waiters: list[Waiter] = field(factory=list)
    """While it starts: who gets it. While it ends: who gets the next one. Else: who waits for another one."""
    session: Ref | None = None
    agent_session_id: str = ""
    remembers: bool = False
    owes_answer: bool = False
    """It has not answered a prompt that was cancelled and given up on: it gets no other."""
    is_ending: bool = False
    is_unwanted: bool = False
    """Its chat was deleted: it ends as soon as nobody holds it."""
    monitors: set[MonitorId] = field(factory=set)

    @property
    def is_warm(self) -> bool:
        return self.session is not None and not self.is_ending

    @property
    def state(self) -> str:
        return "ending" if self.is_ending else "warm" if self.session is not None else "starting"

    def fits(self, plan: SessionPlan) -> bool:
        """Whether the warm session can be given to who asks for this."""
        wanted = (plan.config_hash, plan.cwd, plan.led_elsewhere)
        return (
            wanted == (self.plan.config_hash, self.plan.cwd, self.plan.led_elsewhere) and not self.owes_answer
        )

    def holds(self, session: Ref) -> bool:
        """Whether that session lives in this member's sub-tree, and not in an earlier one's."""
        return f"/{self.child_id}/" in session.path
