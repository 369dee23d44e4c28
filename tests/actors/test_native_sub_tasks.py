"""The tools for sub-tasks on a real database: what a parent is told of its children, when, and how often."""

from typing import Any

import pytest
import trio

from boocode.adapters.postgres import PostgresStore
from boocode.contracts.resources import Part
from boocode.domain.events import Cancelled, Failed, Interrupted
from boocode.ports.names import TASK_MONITOR
from boocode.ports.native_tools import ToolRefused, ToolResult
from boocode.ports.sub_tasks import AwaitEnd
from boocode.ports.turns import TurnWaits
from tests.actors.store_kit import until
from tests.actors.sub_task_kit import Talk, a_talk
from tests.adapters.postgres.scenes import Pen


@pytest.fixture
def talk(store: PostgresStore, pen: Pen, database_url: str) -> Any:
    def make(**more: Any) -> Any:
        return a_talk(store, pen, database_url, **more)

    return make


async def waiting_call(talk: Talk, nursery: trio.Nursery, name: str = "new_task", **arguments: object) -> Any:
    """A call that waits, begun in the background, and where its result will be."""
    results: list[ToolResult] = []

    async def call() -> None:
        results.append(await talk.call(name, **arguments))

    nursery.start_soon(call)
    await until(lambda: bool(talk.said))
    return results


async def test_a_call_waits_for_its_child_and_gets_its_answer_alone(talk: Any) -> None:
    async with talk() as t, trio.open_nursery() as nursery:
        results = await waiting_call(t, nursery, prompt="find the bug")
        assert "waits in the queue" in t.said[0]
        child = await t.claim()
        parts = (Part("text", text="Hm."), Part("tool", title="Read"), Part("text", text="It is in a.py."))
        await t.end(child, parts=parts)
        await until(lambda: bool(results))
        (result,) = results
        assert "is completed" in result.text
        assert result.text.endswith("It is in a.py.")
        assert "Hm." not in result.text
        assert not result.failed
        assert result.told == (f"sub-task {child.task.id}",)


async def test_a_turn_that_waits_takes_no_place_until_it_goes_on(talk: Any) -> None:
    async with talk() as t, trio.open_nursery() as nursery:
        results = await waiting_call(t, nursery, prompt="find the bug")

        def heard() -> list[TurnWaits]:
            return [message for message in t.dispatcher if isinstance(message, TurnWaits)]

        parent = t.parent.task.id
        await until(lambda: heard() == [TurnWaits(parent, True)])
        await t.end(await t.claim())
        await until(lambda: bool(results))
        await until(lambda: heard() == [TurnWaits(parent, True), TurnWaits(parent, False)])


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        (Failed("agent_error", "no model"), "failed: no model"),
        (Interrupted("runtime_died", "BooCode ended"), "failed: BooCode ended"),
        (Cancelled(), "was cancelled"),
    ],
)
async def test_a_child_that_does_not_end_well_is_told_with_the_reason(
    talk: Any, outcome: Any, words: str
) -> None:
    async with talk() as t, trio.open_nursery() as nursery:
        results = await waiting_call(t, nursery, prompt="find the bug")
        await t.end(await t.claim(), outcome, text="half", parts=(Part("text", text="half"),))
        await until(lambda: bool(results))
        assert results[0].failed
        assert words in results[0].text
        assert "What it had said until then:\nhalf" in results[0].text


async def test_without_waiting_the_end_is_news_for_the_next_call_of_the_model(talk: Any) -> None:
    async with talk() as t:
        result = await t.call("new_task", prompt="find the bug", wait=False)
        child = await t.claim()
        assert child.task.id in result.text
        assert result.told == ()
        assert await t.source.news(t.place) == ()
        await t.end(child, parts=(Part("text", text="found"),))
        (news,) = await t.source.news(t.place)
        assert news.told.key == f"sub-task {child.task.id}"
        assert news.told.text.endswith("found")
        assert "find the bug" in news.notice
        await t.source.told(t.place, [news.told.key, "something else"])
        assert await t.source.news(t.place) == ()


async def test_what_nobody_waited_for_any_more_is_news_in_the_next_turn(talk: Any) -> None:
    async with talk() as t:
        with trio.CancelScope() as scope:
            async with trio.open_nursery() as nursery:
                await waiting_call(t, nursery, prompt="find the bug")
                scope.cancel()
        await until(lambda: TurnWaits(t.parent.task.id, False) in t.dispatcher)
        await t.end(t.parent, Failed("stalled", "silence"))
        child = await t.claim()
        await t.end(child)
        await t.pen.post(t.place.chat_id)
        t.parent = await t.claim()
        (news,) = await t.source.news(t.place)
        assert child.task.id in news.told.key


async def test_asking_about_a_child_that_is_over_tells_of_it(talk: Any) -> None:
    async with talk() as t:
        await t.call("new_task", prompt="find the bug", wait=False)
        child = await t.claim()
        running = await t.call("check_task_status", task_id=child.task.id)
        assert "is at work" in running.text
        assert running.told == ()
        await t.end(child, parts=(Part("text", text="found"),))
        over = await t.call("check_task_status", task_id=child.task.id)
        assert over.text.endswith("found")
        assert over.told == (f"sub-task {child.task.id}",)


async def test_several_at_work_are_waited_for_one_after_another(talk: Any) -> None:
    async with talk() as t, trio.open_nursery() as nursery:
        for number in range(3):
            await t.call("new_task", prompt=f"part {number}", wait=False)
        children = [await t.claim() for _ in range(3)]
        results = await waiting_call(t, nursery, "check_task_status", task_id=children[0].task.id, wait=True)
        for child in reversed(children):
            await t.end(child)
        await until(lambda: bool(results))
        assert results[0].told == (f"sub-task {children[0].task.id}",)
        listed = (await t.call("list_tasks")).text.splitlines()
        assert [line.split(" | ")[0] for line in listed] == [child.task.id for child in reversed(children)]
        assert all("completed" in line for line in listed)


async def test_nobody_sees_the_tasks_of_others(talk: Any) -> None:
    async with talk() as t, talk() as other:
        assert (await t.call("list_tasks")).text == "You have started no sub-tasks."
        await other.call("new_task", prompt="a secret", wait=False)
        (secret,) = await other.children()
        assert (await t.call("list_tasks")).text == "You have started no sub-tasks."
        for task_id in (secret.id, other.parent.task.id, "task_unknown", ""):
            with pytest.raises(ToolRefused, match="You have no sub-task"):
                await t.call("check_task_status", task_id=task_id)


async def test_a_child_takes_the_leave_and_model_of_its_parent(talk: Any) -> None:
    async with talk(mode="careful", model="tiny") as t:
        await t.call("new_task", prompt="as I do", wait=False, agent=" ", profile="", model="")
        await t.call("new_task", prompt="boldly", wait=False, profile="bold")
        await t.call("new_task", prompt="with another", wait=False, model="huge", agent="goose")
        another, bold, same = await t.children()
        assert (same.agent, same.mode, same.model) == ("practice", "ask", "tiny")
        assert (bold.agent, bold.mode, bold.model) == ("practice", "bold", None)  # the profile has its own
        assert (another.agent, another.mode, another.model) == ("goose", None, "huge")


async def test_a_person_is_asked_where_a_child_may_do_more_than_its_parent(talk: Any) -> None:
    async with talk(mode="edit") as t:
        assert (await t.look("new_task", prompt="x")).effect is None
        assert (await t.look("new_task", prompt="x", profile="ask")).effect is None
        assert (await t.look("new_task", prompt="x", profile="bold")).effect == "foreign"
        assert (await t.look("new_task", prompt="x", agent="goose")).effect == "foreign"


async def test_the_model_is_told_which_profiles_and_agents_there_are(talk: Any) -> None:
    async with talk() as t:
        schema: Any = (await t.tool("new_task")).offer.schema
        assert (
            "ask, edit, auto, plan, bold (Does all), careful"
            in schema["properties"]["profile"]["description"]
        )
        assert "goose, practice" in schema["properties"]["agent"]["description"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"prompt": "  "}, "prompt is empty"),
        ({"prompt": "x", "profile": "no such"}, "There is no profile 'no such'. There are: ask, edit"),
        ({"prompt": "x", "agent": "nobody"}, "There is no agent 'nobody' here. There are: goose, practice"),
        ({"prompt": "x", "agent": "goose", "profile": "ask"}, "A profile is for this agent only"),
    ],
)
async def test_what_cannot_be_is_refused_in_words(talk: Any, arguments: Any, words: str) -> None:
    async with talk() as t:
        with pytest.raises(ToolRefused, match=words):
            await t.call("new_task", **arguments)
        assert await t.children() == ()


async def test_too_many_at_once_are_refused_with_what_to_do(talk: Any) -> None:
    async with talk() as t:
        for _ in range(8):
            await t.call("new_task", prompt="more", wait=False)
        with pytest.raises(ToolRefused, match="check_task_status"):
            await t.call("new_task", prompt="more", wait=False)
        await t.store.request_cancel(t.parent.task.id)
        with pytest.raises(ToolRefused, match="is being ended"):
            await t.call("new_task", prompt="more", wait=False)


async def test_a_wait_outlasts_a_monitor_that_is_started_again(talk: Any) -> None:
    async with talk() as t, trio.open_nursery() as nursery:
        results = await waiting_call(t, nursery, prompt="find the bug")
        child = await t.claim()
        await t.system.restart("root/monitor")
        await t.end(child)
        await until(lambda: bool(results))
        assert results[0].told == (f"sub-task {child.task.id}",)


async def test_the_monitor_replies_of_ended_and_unknown_tasks_at_once_and_forgets_who_left(talk: Any) -> None:
    async with talk() as t:
        monitor = t.system.whereis(TASK_MONITOR)
        gone = await monitor.call(AwaitEnd("task_unknown"), timeout=30.0)
        assert gone.state is None
        with trio.move_on_after(0.05):
            await monitor.call(AwaitEnd(t.parent.task.id), timeout=30.0)
        await t.end(t.parent)
        assert (await monitor.call(AwaitEnd(t.parent.task.id), timeout=30.0)).state == "completed"
        state = await t.system.get_state("root/monitor", timeout=30.0)
        assert state["waited_for"] == []


async def test_the_history_tells_who_said_what_and_which_tools_were_used(talk: Any) -> None:
    async with talk() as t:
        assert "Nothing was said" in (await t.call("view_session_history")).text
        parts = (Part("tool", title="Read a.py"), Part("text", text="It is fine."))
        await t.end(t.parent, parts=parts)
        await t.pen.post(t.place.chat_id, "and now?")
        t.parent = await t.claim()
        said = (await t.call("view_session_history", count=2)).text
        assert said.index("person:\ndo it") < said.index("practice (m1):\nIt is fine.")
        assert "Tools used: Read a.py" in said
        assert "and now?" not in said
        assert "do it" not in (await t.call("view_session_history", count=1)).text
