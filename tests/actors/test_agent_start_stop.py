"""The agents' child specs, ended in every way at random instants: nothing of them stays."""

import os
import sys
from pathlib import Path

import trio

from boocode.adapters.acp.files import WorktreeFiles
from boocode.adapters.acp.wire import JsonRpcWire
from boocode.adapters.processes.owner import LocalProcesses
from boocode.ports.agents import ProviderSpec, SessionKey, SessionPlan
from supervisors.agent import AgentParts, acp_only, agent_child, pool_child, sessions_child
from tests.actors.agent_kit import PRACTICE, ROOT, fault
from tests.kit.startstop import start_stop_stress


def parts() -> AgentParts:
    return AgentParts(
        owner=LocalProcesses(),
        make_wire=JsonRpcWire,
        make_files=lambda root: WorktreeFiles(root, trio.CapacityLimiter(1)),
        environment=os.environ,
        version="test",
        term_grace_s=0.2,
    )


def plan(folder: Path, command: tuple[str, ...]) -> SessionPlan:
    env = {"PYTHONPATH": str(ROOT), "BOOCODE_PRACTICE_STATE": str(folder / "state")}
    provider = ProviderSpec("practice", "Practice", "acp", command, env)
    return SessionPlan(SessionKey("c1", "practice"), provider, str(folder), "hash")


async def test_one_agents_sub_tree_ended_anyhow_leaves_nothing(tmp_path: Path) -> None:
    made = parts()
    for command in (PRACTICE, fault("mute-initialize"), (sys.executable, "-c", "print('no agent')")):
        await start_stop_stress(
            lambda command=command: agent_child(made, plan(tmp_path, command), "practice-c1-1"),  # type: ignore[misc]
            rounds=6,
            seed=11,
            span=0.15,
            endings=("leave", "kill", "drain"),
        )
    assert made.owner.owned() == ()


async def test_the_pool_ended_anyhow_leaves_nothing() -> None:
    made = parts()
    await start_stop_stress(lambda: pool_child(acp_only(made)), rounds=12, seed=5, beside=(sessions_child(),))
