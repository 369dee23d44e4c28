"""What a sub-task is given, and whether a person has to be asked before it begins. Pure.

A child works alone, so it must not do unasked what its parent may not: one of the same agent takes the parent's leave
or a profile; when that profile's leave is larger than the parent's, and whenever another agent is to do the work, a
person is asked as for a tool of a stranger (never in the mode `auto`, where nothing asks). The parent's own profile is
not passed on: one that only leads would have children that only lead.
"""

from collections.abc import Collection, Sequence

from attrs import frozen

from boocode.contracts.resources import Task
from boocode.domain.native.modes import manner, mode_names
from boocode.domain.native.profiles import Leave, Profile

_SIZE: dict[Leave, int] = {"plan": 0, "ask": 1, "edit": 2, "auto": 3}


@frozen
class Wish:
    """As the model has it."""

    prompt: str
    agent: str | None = None
    profile: str | None = None
    model: str | None = None


@frozen
class Delegated:
    agent: str
    mode: str | None
    model: str | None
    asks: bool


def delegate(
    wish: Wish, parent: Task, agents: Collection[str], profiles: Sequence[Profile], leave: Leave
) -> Delegated | str:
    """`agents`: those that can be had; `leave`: the configured one. A string tells the model why it cannot be so."""
    if not wish.prompt.strip():
        return "prompt is empty. Say in it all that the sub-task has to know; it sees nothing of this conversation."
    agent = wish.agent or parent.agent
    if agent != parent.agent:
        return _other_agent(wish, agent, agents)
    parents = manner(parent.mode, profiles, leave)
    allowed = parents.leave if parents is not None else leave
    childs = manner(wish.profile or allowed, profiles, leave)
    if childs is None:
        return f"There is no profile {wish.profile!r}. There are: {', '.join(mode_names(profiles))}."
    model = wish.model or (parent.model if childs.profile.model is None else None)
    return Delegated(agent, childs.mode, model, asks=_SIZE[childs.leave] > _SIZE[allowed])


def _other_agent(wish: Wish, agent: str, agents: Collection[str]) -> Delegated | str:
    if agent not in agents:
        return f"There is no agent {agent!r} here. There are: {', '.join(sorted(agents)) or 'none'}."
    if wish.profile is not None:
        return f"A profile is for this agent only; leave it out for {agent}, which works as its person has set it."
    return Delegated(agent, None, wish.model, asks=True)
