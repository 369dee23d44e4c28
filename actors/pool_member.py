"""What the session pool keeps of one agent session and of those who want it. Not an actor."""

from typing import Literal

from attrs import asdict, define, field, frozen

from actors.tree_view import iso, wall_clock
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

    def seen(self, pool: passive.Pool, now: float, first_look: float, above: str) -> WarmAgent:
        """For whoever looks; `pool` is the bookkeeping, `above` the path of all sub-trees."""
        key = self.plan.key
        known = pool.members.get(key)
        idle = known is not None and known.is_evictable
        ends_at = passive.leaves_at(pool, key, first_look)
        return WarmAgent(
            chat_id=key.chat_id,
            agent=key.agent,
            state=self.state,
            leases=known.leases if known is not None else 0,
            idle_s=round(now - known.touched, 1) if known is not None and idle else 0.0,
            path=f"{above}/{self.child_id}",
            idle_since=iso(wall_clock(known.touched)) if known is not None and idle else None,
            ends_at=iso(wall_clock(ends_at)) if ends_at is not None else None,
            eviction_rank=pool.idle.index(key) if idle else None,
        )

    def describe(self, seen: WarmAgent) -> dict[str, object]:
        """The same, and what only the makers of BooCode want to know."""
        return {
            **asdict(seen),
            "child": self.child_id,
            "agent_session_id": self.agent_session_id or None,
            "waiting": len(self.waiters),
        }
