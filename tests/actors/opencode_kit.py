"""A tree with opencode in it: the real server against a scripted model, or a server of the test's own."""

import json
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from attrs import define, evolve

from boocode.adapters.opencode.client import HttpOpencode
from boocode.adapters.processes.owner import LocalProcesses
from boocode.kernel import Backoff, ChildSpec, DynamicSpec, Strategy, SupervisorSpec, open_tree
from boocode.ports.agents import ProviderSpec, SessionLimits, SessionPlan
from boocode.ports.names import OPENCODE
from boocode.ports.opencode import OpencodeLimits
from supervisors.agent import pool_child, sessions_child
from supervisors.opencode import OpencodeParts, opencode_child, opencode_session_child
from tests.actors.agent_kit import WAIT_S, Rig, eventually
from tests.kit.model_endpoint import ModelEndpoint, serve_model
from tools.agents import AGENTS, environment

PROGRAM = AGENTS["opencode"].program()
installed = pytest.mark.real_agent("opencode")


@define
class OpencodeRig(Rig):
    """`Rig` where the agents are sessions in one server."""

    def in_directory(self, chat: str, directory: Path, resume_id: str | None = None) -> SessionPlan:
        directory.mkdir(exist_ok=True)
        return evolve(self.plan(chat, resume_id=resume_id), cwd=str(directory))

    async def keeper_state(self) -> Mapping[str, Any]:
        return await self.system.get_state(self.system.whereis(OPENCODE).path, timeout=WAIT_S)

    async def server_state(self) -> Mapping[str, Any]:
        (server,) = (await self.keeper_state())["servers"]
        path = self.system.whereis(f"opencode_servers/{server['child']}/server").path
        return await self.system.get_state(path, timeout=WAIT_S)

    def server_pids(self) -> set[int]:
        return {process.pid for process in self.owner.owned() if process.pid == process.pgid}

    def server_pid(self) -> int:
        (leader,) = self.server_pids()
        return leader

    async def until_servers(self, count: int) -> None:
        async def that_many() -> bool:
            return len((await self.keeper_state())["servers"]) == count

        await eventually(that_many)


@asynccontextmanager
async def opencode_rig(
    tmp_path: Path,
    *,
    command: tuple[str, ...],
    env: Mapping[str, str],
    limits: SessionLimits | None = None,
    server_limits: OpencodeLimits | None = None,
    idle_ttl_s: float = 900.0,
    server_ttl_s: float = 900.0,
) -> AsyncIterator[OpencodeRig]:
    """Opens the tree; fails when a process outlives it."""
    worktree = tmp_path / "worktree"
    worktree.mkdir(exist_ok=True)
    owner = LocalProcesses()
    parts = OpencodeParts(
        owner=owner,
        connect=HttpOpencode,
        environment=os.environ,
        cwd=str(tmp_path),
        limits=limits or SessionLimits(cancel_s=5.0),
        server_limits=server_limits or OpencodeLimits(),
        backoff=Backoff(minimum=0.01, maximum=0.1),
        term_grace_s=1.0,
    )
    provider = ProviderSpec(id="opencode", label="Opencode", transport="opencode", command=command, env=env)
    spec = SupervisorSpec(
        strategy=Strategy.REST_FOR_ONE,
        children=(
            ChildSpec(id="listeners", start=DynamicSpec(), name="listeners"),
            opencode_child(parts, server_ttl_s),
            sessions_child(),
            pool_child({"opencode": partial(opencode_session_child, parts)}, idle_ttl_s),
        ),
    )
    async with open_tree(spec) as system:
        yield OpencodeRig(system, owner, provider, worktree)
    assert owner.owned() == ()


def private_home(home: Path) -> dict[str, str]:
    home.mkdir(exist_ok=True)
    kinds = ("CONFIG", "DATA", "STATE", "CACHE")
    return {"HOME": str(home), **{f"XDG_{kind}_HOME": str(home / kind.lower()) for kind in kinds}}


@asynccontextmanager
async def real_opencode(
    tmp_path: Path,
    *,
    config: Mapping[str, Any] | None = None,
    more_env: Mapping[str, str] | None = None,
    server_limits: OpencodeLimits | None = None,
    cancel_s: float = 5.0,
    idle_ttl_s: float = 900.0,
    server_ttl_s: float = 900.0,
) -> AsyncIterator[tuple[OpencodeRig, ModelEndpoint]]:
    """The installed program, with a home of its own; `config` is added to its configuration."""
    async with serve_model() as model:
        env = {
            **environment("opencode", model.url),
            **private_home(tmp_path / "home"),
            "OPENCODE_DISABLE_EMBEDDED_WEB_UI": "1",
            **(more_env or {}),
        }
        whole = {**json.loads(env["OPENCODE_CONFIG_CONTENT"]), **(config or {})}
        env["OPENCODE_CONFIG_CONTENT"] = json.dumps(whole)
        async with opencode_rig(
            tmp_path,
            command=(str(PROGRAM), "serve"),
            env=env,
            limits=SessionLimits(cancel_s=cancel_s),
            server_limits=server_limits,
            idle_ttl_s=idle_ttl_s,
            server_ttl_s=server_ttl_s,
        ) as agents:
            yield agents, model
