"""Claude's bundled program in a tree, against the scripted model."""

from collections.abc import Callable
from functools import partial
from typing import Any

from boocode.adapters.claude_sdk.clients import SdkClaudes
from supervisors.agent import AgentParts
from supervisors.claude import CLAUDE_SDK, ClaudeParts, claude_child
from tests.actors.agent_kit import Backing


def claude_backing(store: Any = None) -> Callable[[AgentParts], Backing]:
    """What `rig` wants; `store` is a SessionStore, None = Claude's own files are all its memory."""

    def backing(parts: AgentParts) -> Backing:
        mine = ClaudeParts(
            owner=parts.owner,
            clients=SdkClaudes(store),
            environment=parts.environment,
            limits=parts.limits,
            term_grace_s=parts.term_grace_s,
        )
        return Backing({CLAUDE_SDK: partial(claude_child, mine)})

    return backing
