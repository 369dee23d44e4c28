"""What the session pool keeps of one agent session and of those who want it. Not an actor."""

from typing import Literal

from attrs import asdict, define, field, frozen

from boocode.contracts.supervision import WarmAgent
from boocode.kernel import MonitorId, Ref, ReplyTo
from boocode.kernel import passivation as passive
from boocode.ports.agents import Acquire, SessionKey, SessionPlan

OWES_ANSWER = "it has not answered a cancelled prompt"


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
    unwanted: str | None = None
    """Why it ends as soon as nobody holds it."""
    monitors: set[MonitorId] = field(factory=set)

    @property
    def is_warm(self) -> bool:
        return self.session is not None and not self.is_ending

    @property
    def state(self) -> Literal["starting", "warm", "ending"]:
        return "ending" if self.is_ending else "warm" if self.session is not None else "starting"

    def misfit(self, plan: SessionPlan) -> str | None:
        """Why the warm session cannot be given to who asks for this; None = it can."""
        if self.owes_answer:
            return OWES_ANSWER
        if plan.led_elsewhere != self.plan.led_elsewhere:
            return "its conversation went on elsewhere, or back, without it"
        if (plan.config_hash, plan.cwd) != (self.plan.config_hash, self.plan.cwd):
            return "its settings changed"
        return None

    def holds(self, session: Ref) -> bool:
        """Whether that session lives in this member's sub-tree, and not in an earlier one's."""
        return f"/{self.child_id}/" in session.path

    def seen(self, known: passive.Member | None, now: float) -> WarmAgent:
        """For whoever looks; `known` is what the pool's bookkeeping says of it."""
        return WarmAgent(
            chat_id=self.plan.key.chat_id,
            agent=self.plan.key.agent,
            state=self.state,
            leases=known.leases if known is not None else 0,
            idle_s=round(now - known.touched, 1) if known is not None and known.is_evictable else 0.0,
        )

    def describe(self, known: passive.Member | None, now: float) -> dict[str, object]:
        """The same, and what only the makers of BooCode want to know."""
        return {
            **asdict(self.seen(known, now)),
            "child": self.child_id,
            "agent_session_id": self.agent_session_id or None,
            "waiting": len(self.waiters),
        }
