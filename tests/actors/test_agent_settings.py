"""Model, mode and thinking of a turn, with an agent that offers them as its script says."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from boocode.domain.events import Completed, ModelChanged, Notice
from boocode.ports.agents import AgentStartFailed
from tests.actors.agent_kit import ROOT, Told, rig

Json = dict[str, Any]
TELL = json.dumps([{"tell": "requests"}])


def scripted(**script: Any) -> tuple[str, ...]:
    return (sys.executable, str(ROOT / "tests/kit/scripted_acp.py"), json.dumps(script))


def option(id_: str, category: str | None, current: str, *values: str) -> Json:
    options = [{"value": value, "name": value.title()} for value in values]
    return {
        "id": id_,
        "name": id_,
        "category": category,
        "type": "select",
        "currentValue": current,
        "options": options,
    }


THINKING = option("effort", "thought_level", "low", "low", "high")
MODEL = option("model", "model", "small", "small", "large")
MODE = option("mode", "mode", "build", "build", "plan")


def sets(told: Told) -> list[Json]:
    """What the agent was asked to set, as it told."""
    requests: list[Json] = json.loads(told.text)
    return [each["params"] for each in requests if each["method"].startswith("session/set_")]


async def test_config_options_are_set_where_they_differ_and_fall_back_to_the_agents_own(
    tmp_path: Path,
) -> None:
    answers = {"session/set_config_option": {"configOptions": [MODEL, MODE, THINKING]}}
    command = scripted(session={"configOptions": [MODEL, MODE, THINKING]}, answers=answers)
    async with rig(tmp_path, command=command, agent="agent") as agents:
        lease = await agents.acquire()
        await agents.turn(lease, "[]", task="t1", model="large", mode="plan", thinking="High")
        told = await agents.turn(lease, TELL, task="t2", model="large")
        assert [(each["configId"], each["value"]) for each in sets(told)] == [
            ("model", "large"),
            ("mode", "plan"),
            ("effort", "high"),
            ("mode", "build"),
        ]


async def test_thinking_that_is_not_offered_is_told_and_passed_over(tmp_path: Path) -> None:
    for index, (options, words) in enumerate(
        (
            ([], "Agent does not let us choose how it thinks; max was passed over."),
            ([THINKING], "Agent does not offer thinking max; it offers: low, high."),
        )
    ):
        folder = tmp_path / str(index)
        folder.mkdir()
        async with rig(folder, command=scripted(session={"configOptions": options}), agent="agent") as agents:
            told = await agents.turn(await agents.acquire(), "[]", thinking="max")
            assert told.outcomes == [Completed("end_turn")]
            assert [notice.text for notice in told.of(Notice)] == [words]


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"model": "huge"}, "Agent does not offer the model huge. It offers: small, large."),
        ({"mode": "yolo"}, "Agent does not offer the mode yolo. It offers: build, plan."),
    ],
)
async def test_what_is_not_offered_is_refused_with_what_is(tmp_path: Path, asked: Json, words: str) -> None:
    async with rig(
        tmp_path, command=scripted(session={"configOptions": [MODEL, MODE]}), agent="agent"
    ) as agents:
        lease = await agents.acquire()
        with pytest.raises(AgentStartFailed) as failed:
            await agents.start(lease, "[]", **asked)
        assert failed.value.message == words
        assert (await agents.turn(lease, TELL, task="t2")).outcomes == [Completed("end_turn")]


async def test_a_mode_of_an_agent_without_modes_is_refused_and_a_model_told(tmp_path: Path) -> None:
    async with rig(tmp_path, command=scripted(), agent="agent") as agents:
        lease = await agents.acquire()
        with pytest.raises(AgentStartFailed, match="does not offer the mode plan, nor any other"):
            await agents.start(lease, "[]", mode="plan")
        told = await agents.turn(lease, TELL, task="t2", model="large")
        assert [notice.text for notice in told.of(Notice)] == [
            "Agent does not let us choose its model; large was passed over."
        ]


async def test_an_agent_that_refuses_what_it_offered_fails_the_turn_in_its_words(tmp_path: Path) -> None:
    models = {"currentModelId": "a", "availableModels": [{"modelId": "a"}, {"modelId": "b"}]}
    refusal = {
        "error": {"code": -32603, "message": "Internal error", "data": {"details": "credentials expired"}}
    }
    command = scripted(session={"models": models}, answers={"session/set_model": refusal})
    async with rig(tmp_path, command=command, agent="agent") as agents:
        lease = await agents.acquire()
        with pytest.raises(
            AgentStartFailed, match=r"did not take b \(session/set_model\): credentials expired"
        ):
            await agents.start(lease, "[]", model="b")
        assert (await agents.turn(lease, "[]", task="t2", model="a")).outcomes == [Completed("end_turn")]


async def test_another_model_may_offer_other_levels_of_thinking(tmp_path: Path) -> None:
    large = [{**MODEL, "currentValue": "large"}, option("effort", "thought_level", "deep", "deep", "deepest")]
    command = scripted(
        session={"configOptions": [MODEL, THINKING]},
        answers={"session/set_config_option": {"configOptions": large}},
    )
    async with rig(tmp_path, command=command, agent="agent") as agents:
        lease = await agents.acquire()
        told = await agents.turn(lease, TELL, model="large", thinking="deepest")
        assert [each["value"] for each in sets(told)] == ["large", "deepest"]
        assert told.of(Notice) == []


async def test_news_of_the_options_within_a_turn_count_for_the_next_one(tmp_path: Path) -> None:
    news = {
        "sessionUpdate": "config_option_update",
        "configOptions": [option("model", "model", "new", "new", "newer")],
    }
    command = scripted(session={"configOptions": [MODEL]}, answers={"session/set_config_option": {}})
    async with rig(tmp_path, command=command, agent="agent") as agents:
        lease = await agents.acquire()
        told = await agents.turn(lease, json.dumps([{"update": news}]), task="t1")
        assert told.of(ModelChanged) == [ModelChanged("new")]
        _, started = await agents.start(lease, "[]", task="t2", model="newer")
        assert started.model == "newer"
