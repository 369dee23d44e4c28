"""BooCode's own agent's part of the composition root: what its sessions are given, and where its tools come from."""

import os
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

from attrs import frozen

from actors.mcp_tools import mcp_tools
from actors.native_commands import Commands
from actors.native_sub_tasks import SubTaskSource
from boocode.adapters.native.briefing import Briefings
from boocode.adapters.native.endpoint import OpenAiEndpoint
from boocode.adapters.native.files.toolbox import FileTools
from boocode.adapters.native.skills import skill_tools
from boocode.adapters.native.world import JoinedWorld
from boocode.adapters.postgres import Database
from boocode.adapters.postgres.native_memory import PostgresNativeMemory
from boocode.adapters.postgres.sub_tasks import PostgresSubTasks
from boocode.contracts.resources import Provider
from boocode.domain.agent_environment import agent_environment
from boocode.ports.model_endpoint import ModelEndpoint
from boocode.ports.native import MakeTools, NativeChoices, NativeLimits
from boocode.ports.store import Store
from boocode.settings import CONFIG_NAME, Settings
from supervisors.agent import AgentParts, terminal_child
from supervisors.native import NativeParts

BEATS = 3
"""So many times a tool that works is heard of before its turn would look quiet."""


@frozen
class NativeComposition:
    settings: Settings
    database: Database
    store: Store
    agents: AgentParts
    """What other agents are run with: its commands are children like theirs."""
    providers: Callable[[], tuple[Provider, ...]]
    """What is known of the agents now."""

    @property
    def home(self) -> Path:
        return Path(os.path.realpath(self.settings.home))

    def parts(self) -> NativeParts:
        briefings = Briefings(self.home)
        sub_tasks = SubTaskSource(PostgresSubTasks(self.database), self._agents, briefings.brief)
        world = JoinedWorld(
            endpoint=native_endpoint(self.settings),
            memory=PostgresNativeMemory(self.database),
            briefings=briefings,
            sources=self._tools(sub_tasks),
            news_sources=(sub_tasks,),
        )
        return NativeParts(world, native_choices(self.settings), self.agents.limits)

    def _tools(self, sub_tasks: SubTaskSource) -> tuple[MakeTools, ...]:
        """In the order in which the model is told of them."""
        return (
            FileTools(self.agents.owner, self._session_of, lambda: shutil.which("rg")),
            self._commands(),
            sub_tasks.tools,
            skill_tools(self.home),
            mcp_tools,
        )

    def _commands(self) -> Commands:
        return Commands(
            partial(terminal_child, self.agents),
            self.agents.make_files,
            partial(agent_environment, self.agents.environment),
            self.settings.config.native.command_timeout_s,
            self.agents.shell,
        )

    async def _session_of(self, chat_id: str) -> str | None:
        chat = await self.store.get_chat(chat_id)
        return None if chat is None else chat.session_id

    def _agents(self) -> tuple[str, ...]:
        return tuple(provider.id for provider in self.providers() if provider.installed)


def native_endpoint(settings: Settings) -> ModelEndpoint:
    model, limits = settings.config.model, settings.config.limits
    config = str(settings.home / CONFIG_NAME)
    return OpenAiEndpoint(model.base_url, model.api_key, limits.native_stall_s, config)


def native_choices(settings: Settings) -> NativeChoices:
    config, limits = settings.config.native, settings.config.limits
    return NativeChoices(
        model=settings.config.model.default,
        leave=config.mode,
        edits=config.edits,
        context_tokens=config.context_tokens,
        allowed_read_paths=config.allowed_read_paths,
        limits=NativeLimits(
            max_steps=config.max_steps,
            beat_s=min(limits.turn_quiet_s, limits.turn_stall_s) / BEATS,
        ),
    )
