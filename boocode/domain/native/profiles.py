"""Profiles: named ways for the agent to be, offered as its modes beside the built-in ones."""

from typing import Literal, TypeAlias

from attrs import field, frozen

from boocode.domain.native.sampling import Sampling

Leave: TypeAlias = Literal["plan", "ask", "edit", "auto"]
"""What is done without asking. plan: nothing is changed at all; ask: reading; edit: reading and edits; auto: all."""

LEAVES: tuple[Leave, ...] = ("ask", "edit", "auto", "plan")
"""As people see them. Each is the id of a mode by itself, too."""


@frozen
class Profile:
    name: str
    prompt: str = ""
    """Takes the place of the built-in prompt; project instructions and the list of skills follow it."""
    description: str = ""
    tools: tuple[str, ...] | None = None
    """Names, `*` at an end allowed (`mcp__git__*`); None = all."""
    model: str | None = None
    leave: Leave | None = None
    """None = the configured one."""
    sampling: Sampling = field(factory=Sampling)
    max_steps: int | None = None

    def allows(self, tool: str) -> bool:
        """Whether a tool of this name is among `tools`."""
        if self.tools is None:
            return True
        return any(tool.startswith(each[:-1]) if each.endswith("*") else tool == each for each in self.tools)


BUILT_IN = Profile("boocode", description="BooCode's own agent, with all its tools")
"""What the agent is in the modes of the four leaves. Not offered as a mode by its own name."""
