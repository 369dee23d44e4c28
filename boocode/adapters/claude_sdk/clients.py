"""ClaudeClients over the Agent SDK. This module may be imported by anybody: it imports the SDK when it is wanted."""

import os
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module
from typing import Any

import trio
from attrs import evolve

from boocode.ports.agents import AgentStartFailed
from boocode.ports.claude import AskPerson, ClaudeChild, ClaudeStart, ClaudeTalk
from boocode.ports.processes import LaunchSpec
from boocode.ports.store import StoreError


class SdkClaudes:
    """`store` is a SessionStore of the SDK, or None: then Claude's own files are all its memory."""

    def __init__(self, store: Any = None) -> None:
        self._store = store

    async def prepare(self, launch: LaunchSpec, resume_id: str | None) -> ClaudeStart:
        await trio.to_thread.run_sync(_load)  # half a second the first time, during which others go on
        from boocode.adapters.claude_sdk import memory, options

        directory = memory.config_dir(launch.env)
        resumed = False
        if resume_id is not None and options.is_uuid(resume_id):
            try:
                resumed = await memory.restore(self._store, directory, launch.cwd, resume_id)
            except (StoreError, OSError) as error:
                words = f"Claude's memory of this conversation could not be read: {error}"
                raise AgentStartFailed("session/resume", words) from error
        session_id = resume_id if resumed and resume_id is not None else str(uuid.uuid4())
        ids = {"resume": session_id} if resumed else {"session_id": session_id}
        command = options.command_line(
            launch.command,
            options.options_for(launch.cwd, directory, self._store, **ids),
            bypass=options.may_bypass(launch.env, is_root=os.geteuid() == 0),
        )
        return ClaudeStart(
            evolve(launch, command=command, env=options.child_environment(launch)), session_id, resumed
        )

    @asynccontextmanager
    async def talk(
        self, child: ClaudeChild, ask: AskPerson, initialize_s: float
    ) -> AsyncIterator[ClaudeTalk]:
        from boocode.adapters.claude_sdk import memory, options
        from boocode.adapters.claude_sdk.talk import open_talk

        launch = child.start.launch
        wanted = options.options_for(launch.cwd, memory.config_dir(launch.env), self._store)
        bypass = options.may_bypass(launch.env, is_root=os.geteuid() == 0)
        async with open_talk(child.process, wanted, ask, initialize_s, bypass=bypass) as talk:
            yield talk


def _load() -> None:
    for name in ("memory", "options", "talk"):
        import_module(f"boocode.adapters.claude_sdk.{name}")
