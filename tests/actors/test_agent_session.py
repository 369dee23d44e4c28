"""One agent session with the practice agent as a real process: turns, questions, cancel, death."""

from pathlib import Path

from boocode.domain.events import Completed
from tests.actors.agent_kit import rig


async def test_a_turn_streams_text_and_ends_once(tmp_path: Path) -> None:
    async with rig(tmp_path) as agents:
        lease = await agents.acquire()
        told = await agents.turn(lease, "say hello there")
        assert "hello there" in told.text
        assert told.outcomes == [Completed("end_turn")]
