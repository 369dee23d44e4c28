"""BooCode's own agent as the composition root makes it, but for what needs the whole of BooCode: its home, its
PostgreSQL, and the tools on files and commands."""

import shutil
from functools import partial
from pathlib import Path

from attrs import frozen

from actors.native_commands import Commands
from boocode.adapters.native.briefing import Briefings
from boocode.adapters.native.endpoint import OpenAiEndpoint
from boocode.adapters.native.files.toolbox import FileTools
from boocode.adapters.native.world import JoinedWorld
from boocode.adapters.postgres.database import Database
from boocode.adapters.postgres.native_memory import PostgresNativeMemory
from boocode.domain.agent_environment import agent_environment
from boocode.ports.native import NativeChoices, NativeLimits
from supervisors.agent import AgentParts, terminal_child
from supervisors.native import NativeParts

STALL_S = 30.0


async def _no_session(chat_id: str) -> str | None:
    """No worktree's owner is there to be told of changes."""
    return None


@frozen
class AgentFolder:
    agent: AgentParts
    home: Path
    database: Database

    def parts(self, base_url: str) -> NativeParts:
        world = JoinedWorld(
            endpoint=OpenAiEndpoint(base_url, None, STALL_S, "config.toml"),
            memory=PostgresNativeMemory(self.database),
            briefings=Briefings(self.home),
            sources=(
                FileTools(self.agent.owner, _no_session, lambda: shutil.which("rg")),
                Commands(
                    partial(terminal_child, self.agent),
                    self.agent.make_files,
                    partial(agent_environment, self.agent.environment),
                ),
            ),
        )
        choices = NativeChoices(limits=NativeLimits(beat_s=1.0))
        return NativeParts(world, choices, self.agent.limits)
