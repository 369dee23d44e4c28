"""Work without a chat: its agent ends with its lease, and a handshake that fails may leave another way."""

from pathlib import Path

import pytest
from attrs import evolve

from actors.turn_steps import other_way
from boocode.ports.agents import AgentStartFailed, ProviderSpec
from tests.actors.agent_kit import eventually, rig


async def test_an_agent_for_one_turn_ends_with_its_lease(tmp_path: Path) -> None:
    async with rig(tmp_path) as agents:
        lease = await agents.acquire(evolve(agents.plan("c1"), one_shot=True))
        kept = await agents.acquire(agents.plan("c2"))
        assert (await agents.turn(lease, "say hello")).text
        agents.release(lease)
        agents.release(kept)

        async def the_other_is_left() -> bool:
            return [member["chat_id"] for member in (await agents.pool_state())["members"]] == ["c2"]

        await eventually(the_other_is_left)


async def test_the_next_one_in_the_same_chat_gets_an_agent_of_its_own(tmp_path: Path) -> None:
    async with rig(tmp_path) as agents:
        plan = evolve(agents.plan("c1"), one_shot=True)
        first = await agents.acquire(plan)
        agents.release(first)
        second = await agents.acquire(plan)
        assert second.session.path != first.session.path
        assert second.fresh


QWEN = ProviderSpec("qwen", "Qwen", "acp", ("qwen", "--acp"))
GOOSE = ProviderSpec("goose", "Goose", "acp", ("goose", "acp"))


@pytest.mark.parametrize("phase", ["initialize", "session/new", "session/resume"])
def test_a_failed_handshake_leaves_the_programs_one_shot_way(phase: str) -> None:
    other = other_way(QWEN, AgentStartFailed(phase, "no"))
    assert other == evolve(QWEN, transport="stream-json", command=("qwen",))


def test_a_configured_fallback_counts_more_than_what_is_known() -> None:
    other = other_way(evolve(QWEN, fallback=("claude",)), AgentStartFailed("initialize", "no"))
    assert other is not None
    assert other.command == ("claude",)


@pytest.mark.parametrize(
    ("provider", "phase"),
    [
        (QWEN, "launch"),
        (QWEN, "restart"),
        (GOOSE, "initialize"),
        (evolve(QWEN, transport="stream-json"), "session/prompt"),
    ],
)
def test_there_is_no_other_way_for_what_is_missing_dying_unknown_or_one_shot_already(
    provider: ProviderSpec, phase: str
) -> None:
    assert other_way(provider, AgentStartFailed(phase, "no")) is None
