"""The sub-tree of one session of BooCode's own agent.

AGENT-CHAT-N   rest_for_one, no restart
├─ terminals     dynamic: the commands that it runs
└─ session
"""

from attrs import evolve, field, frozen

from actors.native_session import NativeSession
from boocode.kernel import ChildSpec, DynamicSpec
from boocode.ports.agents import SessionLimits, SessionPlan
from boocode.ports.names import SESSION_POOL
from boocode.ports.native import NATIVE as NATIVE
from boocode.ports.native import NativeChoices, NativeWorld
from supervisors.agent_tree import agent_tree

SESSION_SHUTDOWN_S = 6.0
"""Longer than a session's last words and the last write of its memory."""


@frozen
class NativeParts:
    """What the composition root gives for the agent to be run."""

    world: NativeWorld
    choices: NativeChoices = field(factory=NativeChoices)
    limits: SessionLimits = field(factory=SessionLimits)


def native_child(parts: NativeParts, plan: SessionPlan, child_id: str) -> ChildSpec:
    """terminals → session; commands come and go below `terminals`. Models of the provider's own entry come before the
    configured one: the first is its default."""
    choices = evolve(parts.choices, model=next(iter(plan.provider.models), parts.choices.model))
    terminals = f"{child_id}/terminals"

    def session() -> NativeSession:
        return NativeSession(plan, parts.world, choices, parts.limits, terminals=terminals, pool=SESSION_POOL)

    return agent_tree(
        child_id,
        ChildSpec(id="terminals", start=DynamicSpec(), name=terminals),
        ChildSpec(id="session", start=session, shutdown=SESSION_SHUTDOWN_S),
    )
