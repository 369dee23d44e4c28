"""The session of BooCode's own agent: turns in one conversation, kept and found again."""

from pathlib import Path

from boocode.domain.events import Completed
from tests.actors.native_kit import native_stage
from tests.contract.stage import user_turns


async def test_a_turn_is_answered_and_the_next_one_knows_of_it(tmp_path: Path) -> None:
    async with native_stage(tmp_path) as stage, stage.open() as agents:
        lease = await agents.acquire()
        first = await agents.turn(lease, "say good morning")
        assert first.outcomes == [Completed()]
        assert "good morning" in first.text
        second = await agents.turn(lease, "say again")
        assert user_turns(second) == 2
