"""BooCode's own agent's part of the composition root: what its sessions are given, and where its tools come from."""

import os
from collections.abc import Callable
from pathlib import Path

from attrs import frozen

from actors.mcp_tools import mcp_tools
from actors.native_sub_tasks import SubTaskSource
from boocode.adapters.native.briefing import Briefings
from boocode.adapters.native.endpoint import OpenAiEndpoint
from boocode.adapters.native.skills import skill_tools
from boocode.adapters.native.world import JoinedWorld
from boocode.adapters.postgres import Database
from boocode.adapters.postgres.native_memory import PostgresNativeMemory
from boocode.adapters.postgres.sub_tasks import PostgresSubTasks
from boocode.contracts.resources import Provider
from boocode.ports.agents import SessionLimits
from boocode.ports.model_endpoint import ModelEndpoint
from boocode.ports.native import MakeTools, NativeChoices, NativeLimits
from boocode.ports.processes import ProcessOwner
from boocode.settings import CONFIG_NAME, Settings
from supervisors.native import NativeParts

BEATS = 3
"""So many times a tool that works is heard of before its turn would look quiet."""


@frozen
class NativeComposition:
    settings: Settings
    database: Database
    processes: ProcessOwner
    limits: SessionLimits
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
        return NativeParts(world, native_choices(self.settings), self.limits)

    def _tools(self, sub_tasks: SubTaskSource) -> tuple[MakeTools, ...]:
        """In the order in which the model is told of them."""
        return (
            sub_tasks.tools,
            skill_tools(self.home),
            mcp_tools,
        )

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
            stall_s=limits.native_stall_s,
            max_steps=config.max_steps,
            beat_s=min(limits.turn_quiet_s, limits.turn_stall_s) / BEATS,
        ),
    )
