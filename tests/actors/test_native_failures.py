"""Every way in which a model's answer ends badly: the turn fails once and in words, what had come stays, and the next
turn is answered."""

from pathlib import Path

import pytest
from attrs import evolve

from boocode.adapters.native.endpoint import OpenAiEndpoint
from boocode.domain.events import Completed, Failed
from boocode.domain.native.conversation import AssistantSaid, Entry, UserSaid
from boocode.ports.native import NativeChoices
from tests.actors.native_kit import Stage, Tool, native_stage
from tests.contract.stage import user_turns

SHORT_S = 0.5

BEFORE: dict[str, tuple[str, str]] = {
    "auth": ("fail auth", "did not accept the key"),
    "rate_limit": ("fail rate_limit", "takes no more requests for now"),
    "context_too_long": ("fail context_too_long", "longer than the model's context"),
    "model_not_loaded": ("fail model_not_loaded", "The model is not there"),
    "stall": ("hang", "did not begin to answer for 0.5 s"),
    "server": ("fail server", "The model endpoint failed"),
    "refused": ("fail refused", "did not take the request"),
}
"""By kind: a prompt that fails before a word, and words of the failure."""
MIDWAY: dict[str, tuple[str, str]] = {
    "auth": ("break auth", "did not accept the key"),
    "rate_limit": ("break rate_limit", "takes no more requests for now"),
    "context_too_long": ("break context_too_long", "longer than the model's context"),
    "model_not_loaded": ("break model_not_loaded", "The model is not there"),
    "connection": ("drop", "connection to the model endpoint was lost"),
    "stall": ("stall", "said nothing more for 0.5 s"),
    "server": ("break server", "The model endpoint failed"),
    "refused": ("break refused", "did not take the request"),
}


def kept(stage: Stage) -> list[Entry]:
    return [entry for entries in stage.world.memory.kept.values() for entry in entries]


def completions(stage: Stage) -> int:
    return sum("messages" in seen.body for seen in stage.model.requests)


@pytest.mark.parametrize("kind", sorted(BEFORE))
async def test_a_failure_before_a_word_is_told_once_and_forgotten(tmp_path: Path, kind: str) -> None:
    prompt, words = BEFORE[kind]
    async with native_stage(tmp_path, stall_s=SHORT_S) as stage, stage.open() as agents:
        lease = await agents.acquire()
        told = await agents.turn(lease, prompt)
        (outcome,) = told.outcomes
        assert isinstance(outcome, Failed)
        cause = "stalled" if kind == "stall" else "agent_error"
        assert (outcome.cause, words in outcome.message) == (cause, True), outcome.message
        assert completions(stage) == 1, "nothing is asked again by itself"
        assert kept(stage) == []
        again = await agents.turn(lease, "say better now")
        assert again.outcomes == [Completed()]
        assert user_turns(again) == 1, "a prompt that was never answered does not stay in the conversation"


@pytest.mark.parametrize("kind", sorted(MIDWAY))
async def test_a_failure_in_the_middle_is_told_after_what_had_come_and_that_stays(
    tmp_path: Path, kind: str
) -> None:
    prompt, words = MIDWAY[kind]
    async with native_stage(tmp_path, stall_s=SHORT_S) as stage, stage.open() as agents:
        lease = await agents.acquire()
        told = await agents.turn(lease, prompt)
        (outcome,) = told.outcomes
        assert isinstance(outcome, Failed)
        cause = "stalled" if kind == "stall" else "agent_error"
        assert (outcome.cause, words in outcome.message) == (cause, True), outcome.message
        assert (told.text, told.after_the_end, completions(stage)) == ("started ", 0, 1)
        assert kept(stage) == [UserSaid(prompt), AssistantSaid("started ")]
        assert user_turns(await agents.turn(lease, "say better now")) == 2


async def test_an_endpoint_that_is_away_is_told_with_the_setting_to_look_at(tmp_path: Path) -> None:
    async with native_stage(tmp_path) as stage:
        await _away(stage, NativeChoices(model="scripted-1"))


async def test_an_endpoint_that_is_away_is_told_also_when_it_is_asked_for_its_first_model(
    tmp_path: Path,
) -> None:
    async with native_stage(tmp_path) as stage:
        await _away(stage, NativeChoices())


async def _away(stage: Stage, choices: NativeChoices) -> None:
    endpoint = OpenAiEndpoint("http://127.0.0.1:1", None, SHORT_S, "config.toml")
    stage.world.endpoint = endpoint
    async with evolve(stage, choices=choices).open() as agents:
        told = await agents.turn(await agents.acquire(), "say a")
        (outcome,) = told.outcomes
        assert isinstance(outcome, Failed)
        assert "could not be reached" in outcome.message
        assert "base_url in [model]" in outcome.message


@pytest.mark.parametrize("prompt", ["fail server", "drop", "hang"])
async def test_a_failure_behind_tool_calls_leaves_their_results_in_the_conversation(
    tmp_path: Path, prompt: str
) -> None:
    tool = Tool("look")
    async with native_stage(tmp_path, tool, stall_s=SHORT_S) as stage, stage.open() as agents:
        lease = await agents.acquire()
        told = await agents.turn(lease, f"call look {{}} then {prompt}")
        assert isinstance(told.outcomes[0], Failed)
        assert [type(entry).__name__ for entry in kept(stage)][:3] == [
            "UserSaid",
            "AssistantSaid",
            "ToolSaid",
        ]
        again = await agents.turn(lease, "say better now")
        assert again.outcomes == [Completed()]
        assert user_turns(again) == 2
        assert len(tool.called) == 1


async def test_a_wrong_key_is_told_and_the_key_is_not(tmp_path: Path) -> None:
    async with native_stage(tmp_path) as stage:
        stage.model.key = "another"
        async with stage.open() as agents:
            told = await agents.turn(await agents.acquire(), "say a")
    (outcome,) = told.outcomes
    assert isinstance(outcome, Failed)
    assert "api_key in [model]" in outcome.message
    assert "another" not in outcome.message


async def test_a_window_that_a_refusal_tells_is_kept_to_from_then_on(tmp_path: Path) -> None:
    async with native_stage(tmp_path) as stage, stage.open() as agents:
        lease = await agents.acquire()
        await agents.turn(lease, "fail context_too_long")  # it says 8192
        told = (await agents.turn(lease, "/context")).text
        assert "8192" in told.replace(",", "").replace(" ", "")
