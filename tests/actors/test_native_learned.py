"""What the native agent offers reaches the prober with the next turn: profiles are written while BooCode runs."""

from pathlib import Path
from typing import Any

from boocode.domain.events import Commands
from boocode.domain.native.profiles import BUILT_IN, Profile
from boocode.ports.names import PROBER
from boocode.ports.native import NativeChoices
from boocode.ports.probing import AgentLearned
from tests.actors.native_kit import native_stage
from tests.actors.store_kit import ear, until

LEAVES = ("ask", "edit", "auto", "plan")
MODELS = (("scripted-1", "scripted-1"), ("scripted-2", "scripted-2"))


async def test_a_new_profile_is_told_once_with_the_next_turn(tmp_path: Path):
    heard: list[Any] = []
    async with native_stage(tmp_path, choices=NativeChoices()) as stage, stage.open() as agents:
        await agents.system.supervisor("listeners").start_child(ear(PROBER, heard))
        lease = await agents.acquire()
        for text in ("say one", "say two"):
            await agents.turn(lease, text)
        stage.world.profiles = (BUILT_IN, Profile("reviewer"))
        await agents.turn(lease, "say three")
        await until(lambda: len(heard) >= 2)
    assert heard == [
        AgentLearned("boocode", MODELS, LEAVES),
        AgentLearned("boocode", MODELS, (*LEAVES, "reviewer")),
    ]


async def test_of_an_endpoint_that_is_away_nothing_is_told(tmp_path: Path):
    heard: list[Any] = []
    async with native_stage(tmp_path, choices=NativeChoices()) as stage:
        pass
    async with stage.open() as agents:
        await agents.system.supervisor("listeners").start_child(ear(PROBER, heard))
        told = await agents.turn(await agents.acquire(), "say one")
    assert heard == []
    assert not any(isinstance(event, Commands) for event in told.events)
