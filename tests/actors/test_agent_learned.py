"""What a chat's agent offers reaches the prober without being asked for."""

from pathlib import Path
from typing import Any

from boocode.ports.names import PROBER
from boocode.ports.probing import AgentLearned
from tests.actors.agent_kit import rig
from tests.actors.store_kit import ear, until


async def test_an_agent_that_opens_for_a_chat_tells_its_models_and_modes(tmp_path: Path):
    heard: list[Any] = []
    async with rig(tmp_path) as agents:
        await agents.system.supervisor("listeners").start_child(ear(PROBER, heard))
        await agents.acquire()
        await until(lambda: bool(heard))
    (learned,) = heard
    assert isinstance(learned, AgentLearned)
    assert learned.agent == "practice"
    assert [id_ for id_, _ in learned.models] == ["practice-1", "practice-slow"]
    assert learned.modes == ("default", "plan", "auto")
