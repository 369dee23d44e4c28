"""What the agent may do without asking, by its mode; which tools it is offered; and what a standing permission covers.

    effect   | plan    | ask  | edit | auto
    ---------+---------+------+------+-----
    read     | go      | go   | go   | go
    task     | refuse  | go   | go   | go
    edit     | refuse  | ask  | go   | go
    command  | refuse  | ask  | ask  | go
    foreign  | refuse  | ask  | ask  | go

A mode is one of the four leaves, or a profile by its name, which brings a leave with it or takes the configured one.
"""

from collections.abc import Mapping, Sequence
from typing import Literal, TypeAlias

from attrs import frozen

from boocode.domain.native.profiles import LEAVES, Leave, Profile

Effect: TypeAlias = Literal["read", "edit", "command", "foreign", "task"]
"""What a call may do. foreign: a tool of an MCP server, whatever it says of itself; task: sub-tasks of BooCode."""
Verdict: TypeAlias = Literal["go", "ask", "refuse"]

_ASKS: Mapping[Leave, frozenset[Effect]] = {
    "plan": frozenset(),
    "ask": frozenset({"edit", "command", "foreign"}),
    "edit": frozenset({"command", "foreign"}),
    "auto": frozenset(),
}


@frozen
class Manner:
    """How the agent is in one turn."""

    mode: str
    profile: Profile
    leave: Leave

    def offers(self, tool: str, effect: Effect) -> bool:
        """Whether the model is told of this tool."""
        return self.profile.allows(tool) and verdict(self.leave, effect) != "refuse"


def verdict(leave: Leave, effect: Effect) -> Verdict:
    if effect == "read":
        return "go"
    if leave == "plan":
        return "refuse"
    return "ask" if effect in _ASKS[leave] else "go"


def manner(mode: str | None, profiles: Sequence[Profile], default: Leave) -> Manner | None:
    """`profiles`: the built-in one first. None: there is no such mode."""
    built_in = profiles[0]
    wanted = mode or default
    for leave in LEAVES:
        if wanted == leave:
            return Manner(leave, built_in, leave)
    for profile in profiles[1:]:
        if wanted == profile.name:
            return Manner(profile.name, profile, profile.leave or default)
    return None


def mode_names(profiles: Sequence[Profile]) -> tuple[str, ...]:
    """All that can be chosen, as people see them."""
    return (*LEAVES, *(profile.name for profile in profiles[1:] if profile.name not in LEAVES))


def standing_key(tool: str, effect: Effect, arguments: Mapping[str, object]) -> str:
    """What "always" means for a call: of a command this very line in this folder, of anything else the tool."""
    if effect != "command":
        return tool
    return f"{tool}\0{arguments.get('command')}\0{arguments.get('cwd') or ''}"


def standing_label(effect: Effect) -> str:
    what = "this command" if effect == "command" else "this tool"
    return f"Always allow {what} in this session"
