"""Claude's bundled program in a tree, against the scripted model."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

from attrs import define

from boocode.adapters.claude_sdk.clients import SdkClaudes
from boocode.ports.agents import SessionLimits
from supervisors.agent import AgentParts
from supervisors.claude import CLAUDE_SDK, ClaudeParts, claude_child
from tests.actors.agent_kit import Backing, Rig, rig
from tests.kit.model_endpoint import ModelEndpoint, serve_model
from tools.agents import claude_environment, claude_program


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


@define(eq=False)
class Scene:
    """A tree with Claude in it, the model that it talks to, and its home."""

    agents: Rig
    model: ModelEndpoint
    home: Path


@asynccontextmanager
async def claude(
    tmp_path: Path,
    *,
    store: Any = None,
    home: str = "home",
    command: tuple[str, ...] | None = None,
    env: Mapping[str, str] | None = None,
    limits: SessionLimits | None = None,
) -> AsyncIterator[Scene]:
    """Several of them may follow one another in one `tmp_path`: the worktree is the same."""
    place = tmp_path / home
    place.mkdir(exist_ok=True)
    async with serve_model() as model:
        environment = {**claude_environment(model.url), "HOME": str(place), **(env or {})}
        async with rig(
            tmp_path,
            command=command or (str(claude_program()),),
            env=environment,
            agent="claude",
            transport=CLAUDE_SDK,
            backing=claude_backing(store),
            limits=limits or SessionLimits(cancel_s=3.0),
            term_grace_s=1.0,
        ) as agents:
            yield Scene(agents, model, place)
