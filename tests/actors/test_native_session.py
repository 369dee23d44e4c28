"""The session of BooCode's own agent: turns in one conversation, kept and found again."""

from pathlib import Path

import pytest
from attrs import evolve

from boocode.adapters.native.endpoint import OpenAiEndpoint
from boocode.domain.events import Commands, Completed, Failed, ModelChanged, Notice, Usage
from boocode.domain.native.conversation import AssistantSaid, CallAsked, Told, ToolSaid, UserSaid
from boocode.domain.native.profiles import BUILT_IN, Profile
from boocode.domain.native.sampling import Sampling
from boocode.ports.agents import AgentStartFailed
from boocode.ports.native import NativeChoices, NativeNews
from tests.actors.native_kit import Tool, native_stage
from tests.contract.stage import user_turns


async def test_a_turn_is_answered_and_the_next_one_knows_of_it(tmp_path: Path) -> None:
    async with native_stage(tmp_path) as stage, stage.open() as agents:
        lease = await agents.acquire()
        first = await agents.turn(lease, "say good morning")
        assert first.outcomes == [Completed()]
        assert "good morning" in first.text
        second = await agents.turn(lease, "say again")
        assert user_turns(second) == 2
        assert first.after_the_end == second.after_the_end == 0


async def test_each_step_is_kept_before_the_next_thing_is_done(tmp_path: Path) -> None:
    tool = Tool("look")
    async with native_stage(tmp_path, tool) as stage, stage.open() as agents:
        memory = stage.world.memory
        lease = await agents.acquire()
        told = await agents.turn(lease, "call look {} then say seen")
        assert told.outcomes == [Completed()]
        prompt, asked, result, last = memory.kept[lease.agent_session_id]
        assert prompt == UserSaid("call look {} then say seen")
        assert isinstance(asked, AssistantSaid)
        assert [call.name for call in asked.calls] == ["look"]
        assert result == ToolSaid(asked.calls[0].id, "look", "done")
        assert isinstance(last, AssistantSaid)
        assert "seen" in last.text


async def test_after_a_restart_it_goes_on_where_it_was(tmp_path: Path) -> None:
    async with native_stage(tmp_path) as stage:
        async with stage.open() as agents:
            lease = await agents.acquire()
            await agents.turn(lease, "say good morning")
        async with stage.open() as agents:
            again = await agents.acquire(agents.plan(resume_id=lease.agent_session_id))
            assert not again.fresh
            assert again.agent_session_id == lease.agent_session_id
            assert user_turns(await agents.turn(again, "say again")) == 2


async def test_an_unknown_conversation_begins_with_what_the_chat_tells(tmp_path: Path) -> None:
    async with native_stage(tmp_path) as stage:
        stage.world.memory.past = (UserSaid("what was before"), AssistantSaid("it was"))
        async with stage.open() as agents:
            lease = await agents.acquire(agents.plan(resume_id="long gone"))
            assert not lease.fresh
            assert user_turns(await agents.turn(lease, "say again")) == 2
            kept = stage.world.memory.kept[lease.agent_session_id]
            assert kept[:2] == list(stage.world.memory.past)


async def test_calls_that_a_death_cut_off_are_answered_when_it_begins_again(tmp_path: Path) -> None:
    async with native_stage(tmp_path) as stage:
        cut = AssistantSaid("", calls=(CallAsked("c1", "look", "{}"), CallAsked("c2", "look", "{}")))
        stage.world.memory.kept["s"] = [UserSaid("go"), cut, ToolSaid("c1", "look", "seen")]
        async with stage.open() as agents:
            lease = await agents.acquire(agents.plan(resume_id="s"))
            await agents.turn(lease, "say again")
        answered = [each for each in stage.messages() if each["role"] == "tool"]
        assert [each["tool_call_id"] for each in answered] == ["c1", "c2"]
        assert "cut off" in str(answered[1]["content"])


async def test_a_database_that_is_away_is_told_once_and_gets_everything_later(tmp_path: Path) -> None:
    async with native_stage(tmp_path) as stage, stage.open() as agents:
        memory = stage.world.memory
        lease = await agents.acquire()
        memory.is_away = True
        told = await agents.turn(lease, "say one")
        assert told.outcomes == [Completed()]
        assert sum("could not be kept" in notice.text for notice in told.of(Notice)) == 1
        assert lease.agent_session_id not in memory.kept
        memory.is_away = False
        await agents.turn(lease, "say two")
        kept = memory.kept[lease.agent_session_id]
        assert [each.text for each in kept if isinstance(each, UserSaid)] == ["say one", "say two"]
        assert len(kept) == 4


async def test_what_could_not_be_kept_goes_with_the_end_of_the_session(tmp_path: Path) -> None:
    async with native_stage(tmp_path) as stage:
        async with stage.open() as agents:
            lease = await agents.acquire()
            stage.world.memory.is_away = True
            await agents.turn(lease, "say one")
            stage.world.memory.is_away = False
        assert len(stage.world.memory.kept[lease.agent_session_id]) == 2


async def test_without_its_memory_it_does_not_begin(tmp_path: Path) -> None:
    """Anew it would know nothing of what it has done in this worktree."""
    async with native_stage(tmp_path) as stage, stage.open() as agents:
        stage.world.memory.is_away = True
        with pytest.raises(AgentStartFailed, match="could not be read"):
            await agents.acquire(agents.plan(resume_id="s"))


async def test_the_model_is_the_turns_then_the_profiles_then_the_configured(tmp_path: Path) -> None:
    profile = Profile("careful", model="scripted-2")
    async with native_stage(tmp_path) as stage:
        stage.world.profiles = (BUILT_IN, profile)
        async with stage.open() as agents:
            lease = await agents.acquire()
            for more, model in (
                ({}, "scripted-1"),
                ({"mode": "careful"}, "scripted-2"),
                ({"mode": "careful", "model": "scripted-1"}, "scripted-1"),
            ):
                told, started = await agents.start(lease, "say so", **more)
                await told.over()
                assert started.model == model
                assert stage.model.requests[-1].body["model"] == model


async def test_the_first_model_of_the_providers_entry_comes_before_the_configured_one(tmp_path: Path) -> None:
    async with native_stage(tmp_path) as stage, stage.open() as agents:
        plan = agents.plan()
        lease = await agents.acquire(evolve(plan, provider=evolve(plan.provider, models=("scripted-2",))))
        await agents.turn(lease, "say a")
        await agents.turn(lease, "say b", model="scripted-1")
    asked = [seen.body["model"] for seen in stage.model.requests if "messages" in seen.body]
    assert asked == ["scripted-2", "scripted-1"]


async def test_without_a_configured_model_it_is_the_first_that_is_served(tmp_path: Path) -> None:
    async with native_stage(tmp_path, choices=NativeChoices()) as stage, stage.open() as agents:
        told, started = await agents.start(await agents.acquire(), "say so")
        await told.over()
        assert started.model == "scripted-1"
        assert told.of(ModelChanged) == [ModelChanged("scripted-1")]


async def test_an_unknown_mode_is_refused_with_those_that_there_are(tmp_path: Path) -> None:
    async with native_stage(tmp_path) as stage, stage.open() as agents:
        lease = await agents.acquire()
        with pytest.raises(AgentStartFailed, match="ask, edit, auto, plan") as refused:
            await agents.start(lease, "say so", mode="bold")
        assert refused.value.phase == "session/set_mode"
        assert (await agents.turn(lease, "say so")).outcomes == [Completed()]


async def test_sampling_and_thinking_are_on_the_wire_when_they_are_set(tmp_path: Path) -> None:
    profile = Profile("cold", sampling=Sampling(temperature=0.1, min_p=0.05))
    async with native_stage(tmp_path) as stage:
        stage.world.profiles = (BUILT_IN, profile)
        async with stage.open() as agents:
            lease = await agents.acquire()
            await agents.turn(lease, "say so", mode="cold", thinking="high")
            body = stage.model.requests[-1].body
            assert (body["temperature"], body["min_p"], body["reasoning_effort"]) == (0.1, 0.05, "high")
            await agents.turn(lease, "say so")
            assert not {"temperature", "min_p", "reasoning_effort"} & stage.model.requests[-1].body.keys()


async def test_a_profile_speaks_first_and_has_its_tools_alone(tmp_path: Path) -> None:
    profile = Profile("reader", prompt="You are a reader.", tools=("look*",))
    async with native_stage(tmp_path, Tool("look_up"), Tool("other")) as stage:
        stage.world.profiles = (BUILT_IN, profile)
        async with stage.open() as agents:
            await agents.turn(await agents.acquire(), "say so", mode="reader")
        assert str(stage.messages()[0]["content"]).startswith("You are a reader.")
        assert stage.offered() == ["look_up"]


async def test_commands_are_told_once_and_warnings_when_they_are_new(tmp_path: Path) -> None:
    async with native_stage(tmp_path) as stage, stage.open() as agents:
        lease = await agents.acquire()
        stage.world.warnings = ("one",)
        first = await agents.turn(lease, "say so")
        stage.world.warnings = ("one", "two")
        second = await agents.turn(lease, "say so")
        assert len(first.of(Commands)) == 1
        assert second.of(Commands) == []
        assert [each.of(Notice) for each in (first, second)] == [[Notice("one")], [Notice("two")]]


async def test_tokens_of_all_calls_of_a_turn_are_summed(tmp_path: Path) -> None:
    async with native_stage(tmp_path, Tool("look")) as stage, stage.open() as agents:
        lease = await agents.acquire()
        told = await agents.turn(lease, "call look {} then say so")
        assert told.of(Usage)[-1] == Usage(200, 20)
        assert (await agents.turn(lease, "say so")).of(Usage)[-1] == Usage(100, 10)


async def test_another_turn_is_refused_while_one_runs(tmp_path: Path) -> None:
    async with native_stage(tmp_path) as stage, stage.open() as agents:
        lease = await agents.acquire()
        told, _ = await agents.start(lease, "gate a")
        with pytest.raises(AgentStartFailed, match="another turn"):
            await agents.start(lease, "say so", task="t2")
        stage.model.gates["a"].set()
        assert await told.over() == Completed()


async def test_news_are_told_to_the_model_and_to_people_once(tmp_path: Path) -> None:
    news = NativeNews(Told("The sub-task is done.", "child:1"), "A sub-task is done.")
    async with native_stage(tmp_path) as stage, stage.open() as agents:
        lease = await agents.acquire()
        stage.world.waiting = [news]
        told = await agents.turn(lease, "say one")
        assert Notice("A sub-task is done.") in told.of(Notice)
        assert "The sub-task is done." in str(stage.messages())
        assert stage.world.heard == ["child:1"]
        stage.world.waiting, stage.world.heard = [news], []  # as if that had not been heard of
        again = await agents.turn(lease, "say two")
        assert again.of(Notice) == []
        assert str(stage.messages()).count("The sub-task is done.") == 1
        assert stage.world.heard == ["child:1"]


async def test_news_are_theirs_again_while_they_cannot_be_kept(tmp_path: Path) -> None:
    async with native_stage(tmp_path) as stage, stage.open() as agents:
        lease = await agents.acquire()
        stage.world.waiting = [NativeNews(Told("Done.", "child:1"), "Done.")]
        stage.world.memory.is_away = True
        await agents.turn(lease, "say one")
        assert stage.world.heard == []
        stage.world.memory.is_away = False
        await agents.turn(lease, "say two")
        assert stage.world.heard == ["child:1"]
        assert str(stage.messages()).count("Done.") == 1


async def test_a_result_that_brings_news_counts_as_having_told_them(tmp_path: Path) -> None:
    tool = Tool("ask", told=("child:1",))
    async with native_stage(tmp_path, tool) as stage, stage.open() as agents:
        await agents.turn(await agents.acquire(), "call ask {} then say so")
        assert stage.world.heard == ["child:1"]


async def test_an_empty_answer_is_said(tmp_path: Path) -> None:
    async with native_stage(tmp_path) as stage, stage.open() as agents:
        lease = await agents.acquire()
        told = await agents.turn(lease, "nothing")
        assert told.outcomes == [Completed()]
        assert told.text == ""
        assert ["without a word" in notice.text for notice in told.of(Notice)] == [True]
        assert "again" in (await agents.turn(lease, "say again")).text


async def test_a_prompt_that_fits_no_window_is_refused_in_words_and_forgotten(tmp_path: Path) -> None:
    choices = NativeChoices(model="scripted-1", context_tokens=2_000)
    async with native_stage(tmp_path, choices=choices) as stage, stage.open() as agents:
        lease = await agents.acquire()
        told = await agents.turn(lease, "say " + "long " * 20_000)
        assert isinstance(told.outcomes[0], Failed)
        assert "too long" in told.outcomes[0].message
        assert user_turns(await agents.turn(lease, "say short")) == 1


async def test_the_tree_shows_what_it_does(tmp_path: Path) -> None:
    tool = Tool("look")
    async with native_stage(tmp_path, tool) as stage, stage.open() as agents:
        lease = await agents.acquire()
        told, _ = await agents.start(lease, "call look {} then gate a")
        await told.until(lambda told: "started" in told.text)
        state = await agents.session_state(lease)
        assert (state["turn"], state["doing"], state["step"], state["calls"]) == ("t1", "the model", 2, 1)
        assert (state["model"], state["entries"]) == ("scripted-1", 3)
        stage.model.gates["a"].set()
        await told.over()
        assert (await agents.session_state(lease))["turn"] is None


async def test_the_prompt_is_in_no_other_chats_memory(tmp_path: Path) -> None:
    async with native_stage(tmp_path) as stage, stage.open() as agents:
        one = await agents.acquire(agents.plan("c1"))
        two = await agents.acquire(agents.plan("c2"))
        await agents.turn(one, "say mine")
        assert user_turns(await agents.turn(two, "say yours")) == 1
        assert one.agent_session_id != two.agent_session_id


async def test_a_conversation_too_long_for_the_window_goes_on_without_its_beginning(tmp_path: Path) -> None:
    choices = NativeChoices(model="scripted-1", context_tokens=4_000)
    async with native_stage(tmp_path, choices=choices) as stage, stage.open() as agents:
        lease = await agents.acquire()
        notices = []
        for number in range(6):
            told = await agents.turn(lease, f"say {number} " + "word " * 600)
            assert told.outcomes == [Completed()]
            notices += told.of(Notice)
        assert any("window is full" in notice.text for notice in notices)
        assert len(stage.world.memory.kept[lease.agent_session_id]) == 12


@pytest.mark.parametrize("first", ["/help", "say one"])
async def test_a_first_turn_without_the_model_leaves_nothing_forgotten(tmp_path: Path, first: str) -> None:
    async with native_stage(tmp_path, choices=NativeChoices()) as stage:
        served = stage.world.endpoint
        if first != "/help":
            stage.world.endpoint = OpenAiEndpoint("http://127.0.0.1:9/v1", None, 5.0, "config.toml")
        async with stage.open() as agents:
            await agents.turn(await agents.acquire(), first)
            stage.world.endpoint = served
            again = await agents.acquire()
            assert not again.fresh
            assert user_turns(await agents.turn(again, "say two")) == 1
