"""The scribe on a real database: it names what nobody has named, and is in nobody's way."""

import pytest
import trio

from boocode.adapters.native.endpoint import OpenAiEndpoint
from boocode.adapters.postgres import PostgresLog, PostgresStore
from boocode.contracts.resources import Part, ToolLabel
from boocode.domain.events import Cancelled
from boocode.domain.native.failures import Failure
from boocode.domain.native.scribe_jobs import MOST_JOBS
from tests.actors.scribe_kit import Model, call, scribe_desk, text
from tests.actors.store_kit import until
from tests.adapters.postgres.scenes import read
from tests.kit.model_endpoint import serve_model

LONG = "Now it works.\n" * 20


# Names


async def test_a_chat_and_its_session_get_a_name_from_the_first_prompt(
    store: PostgresStore, log: PostgresLog
) -> None:
    async with scribe_desk(store, log, Model({"title": '"fix the login."'})) as desk:
        chat = await desk.chat()
        await desk.begin(chat, "The login is broken, please fix it")
        assert (await desk.rest())["done"] == {"titles": 1}
        assert (await desk.title(chat), await desk.session_title(chat)) == ("Fix the login",) * 2
        assert desk.model.asked == [("fast-1", "title")]
        assert "The login is broken" in desk.model.texts[0]


async def test_the_second_prompt_changes_no_name(store: PostgresStore, log: PostgresLog) -> None:
    async with scribe_desk(store, log, Model()) as desk:
        chat = await desk.chat()
        await (await desk.begin(chat)).settle()
        await desk.rest()
        desk.model.answers["title"] = "Something else"
        await desk.begin(chat, "Now do something else")
        await desk.rest()
        assert await desk.title(chat) == "Fix it"
        assert desk.model.asked == [("fast-1", "title")]


async def test_another_chat_of_a_named_session_gets_its_own_name(
    store: PostgresStore, log: PostgresLog
) -> None:
    async with scribe_desk(store, log, Model()) as desk:
        chat = await desk.chat()
        await (await desk.begin(chat)).settle()
        await desk.rest()
        other = await store.create_chat(chat.session_id, "New chat", for_now=True)
        assert other is not None
        desk.model.answers["title"] = "Write the tests"
        await desk.begin(other)
        await desk.rest()
        assert (await desk.title(other), await desk.session_title(chat)) == ("Write the tests", "Fix it")


async def test_a_name_that_a_person_chose_stays(store: PostgresStore, log: PostgresLog) -> None:
    async with scribe_desk(store, log, Model()) as desk:
        chat = await desk.chat("Mine")
        await desk.begin(chat)
        await desk.rest()
        assert (await desk.title(chat), await desk.session_title(chat)) == ("Mine", "Mine")
        assert desk.model.asked == []


async def test_a_name_that_a_person_chooses_meanwhile_stays(store: PostgresStore, log: PostgresLog) -> None:
    async with scribe_desk(store, log, Model(gate=trio.Event())) as desk:
        chat = await desk.chat()
        await desk.begin(chat)
        await until(lambda: bool(desk.model.asked))
        await store.rename_chat(chat.id, "Mine")
        desk.model.gate.set()  # type: ignore[union-attr]
        await desk.rest()
        assert (await desk.title(chat), await desk.session_title(chat)) == ("Mine", "Fix it")


async def test_the_first_words_of_a_prompt_give_way_to_a_name_and_never_take_its_place(
    store: PostgresStore, log: PostgresLog
) -> None:
    async with scribe_desk(store, log, Model()) as desk:
        chat = await desk.chat()
        await store.rename_session(chat.session_id, "Please fix", for_now=True)
        assert await desk.session_title(chat) == "Please fix"
        await desk.begin(chat)
        await desk.rest()
        assert await desk.session_title(chat) == "Fix it"
        late = await store.rename_session(chat.session_id, "Please fix", for_now=True)
        assert late is not None
        assert late.title == "Fix it"


async def test_an_answer_that_is_no_name_changes_nothing(store: PostgresStore, log: PostgresLog) -> None:
    async with scribe_desk(store, log, Model({"title": "I'm sorry, I can't do that."})) as desk:
        chat = await desk.chat()
        await desk.begin(chat)
        assert (await desk.rest())["done"] == {"answers without a line": 1}
        assert await desk.title(chat) == ""


# Turns


async def test_each_run_of_tool_calls_gets_a_label_that_the_log_and_the_message_keep(
    store: PostgresStore, log: PostgresLog
) -> None:
    async with scribe_desk(store, log, Model()) as desk:
        chat = await desk.chat("Mine")
        turn = await desk.begin(chat)
        await turn.settle(call("a"), call("b"), text("so"), call("c"), text("and"), call("d"), call("e"))
        assert (await desk.rest())["done"] == {"labels": 2}
        wanted = (ToolLabel(("a", "b"), "Look"), ToolLabel(("d", "e"), "Look"))
        with trio.fail_after(30):
            while (await turn.message()).labels != wanted:
                await trio.sleep(0.01)
        frames = [
            frame for frame in read(await log.read(chat.id, 0, 100)) if frame["type"] == "tools_labelled"
        ]
        assert [frame["label"]["tool_call_ids"] for frame in frames] == [["a", "b"], ["d", "e"]]
        assert {frame["message_id"] for frame in frames} == {turn.claimed.message_id}


async def test_a_long_answer_gets_a_summary_and_a_short_one_is_its_own(
    store: PostgresStore, log: PostgresLog
) -> None:
    async with scribe_desk(store, log, Model()) as desk:
        chat = await desk.chat("Mine")
        turn = await desk.begin(chat)
        await turn.settle(text(LONG))
        await desk.rest()
        assert (await turn.task()).output_summary == "Fix all"
        turn = await desk.begin(chat)
        await turn.settle(text("It works."))
        await desk.rest()
        assert (await turn.task()).output_summary == "It works."
        assert desk.model.asked == [("fast-1", "summary")]


async def test_a_turn_that_was_stopped_keeps_its_first_words(store: PostgresStore, log: PostgresLog) -> None:
    async with scribe_desk(store, log, Model()) as desk:
        turn = await desk.begin(await desk.chat("Mine"))
        await turn.settle(text(LONG), outcome=Cancelled())
        await desk.rest()
        assert ((await turn.task()).output_summary or "").startswith("Now it works.\nNow")
        assert desk.model.asked == []


# In nobody's way


async def test_a_turn_on_the_same_endpoint_goes_first(store: PostgresStore, log: PostgresLog) -> None:
    """What is under way is broken off, and what waits is done when the turn is gone, however it ended."""
    async with scribe_desk(store, log, Model(gate=trio.Event())) as desk:
        chat = await desk.chat()
        await desk.begin(chat)
        await until(lambda: bool(desk.model.asked))
        other = await desk.chat()
        await desk.begin(other, native=True)
        await until(lambda: desk.model.broken_off == 1)
        desk.model.gate.set()  # type: ignore[union-attr]
        state = await desk.state()
        assert (state["waiting"], state["keeps_away_from"], state["gave_way"]) == (2, 1, 1)
        assert [await desk.title(each) for each in (chat, other)] == ["", ""]
        desk.system.whereis("turn").kill()
        await desk.rest()
        assert [await desk.title(each) for each in (chat, other)] == ["Fix it", "Fix it"]


async def test_a_request_that_gives_way_is_gone_at_the_endpoint(
    store: PostgresStore, log: PostgresLog
) -> None:
    async with serve_model() as served:

        def connect() -> OpenAiEndpoint:
            return OpenAiEndpoint(f"{served.url}/v1", None, 30.0, "config.toml")

        async with scribe_desk(store, log, Model(), connect=connect) as desk:
            chat = await desk.chat()
            await desk.begin(chat, "say something, then side hang")
            await until(lambda: bool(served.requests))
            other = await desk.chat()
            await desk.begin(other, native=True)
            await until(lambda: served.requests[0].client_gone)
            desk.system.whereis("turn").kill()
            await until(lambda: len(served.requests) > 1)


async def test_without_a_fast_model_it_takes_that_of_a_chat_on_the_endpoint(
    store: PostgresStore, log: PostgresLog
) -> None:
    async with scribe_desk(store, log, Model(), fast=None, default="default-1") as desk:
        turn = await desk.begin(await desk.chat(), native=True)
        await turn.settle(call("a"), call("b"), model="own-1")
        desk.system.whereis("turn").kill()
        await desk.rest()
        assert desk.model.asked == [("own-1", "title"), ("own-1", "label")]
        await (await desk.begin(await desk.chat())).settle()
        await desk.rest()
        assert desk.model.asked[2:] == [("default-1", "title")]


async def test_without_any_model_it_asks_nothing(store: PostgresStore, log: PostgresLog) -> None:
    async with scribe_desk(store, log, Model(), fast=None) as desk:
        await (await desk.begin(await desk.chat())).settle()
        assert (await desk.rest())["done"] == {"without a model": 2}
        assert desk.model.asked == []


async def test_an_empty_fast_model_turns_it_off(store: PostgresStore, log: PostgresLog) -> None:
    async with scribe_desk(store, log, Model(), fast="", default="default-1") as desk:
        await desk.begin(await desk.chat())
        assert await desk.state() == {"off": "fast in [model] of config.toml is empty"}
        assert desk.model.asked == []


async def test_a_failure_is_counted_told_once_and_changes_nothing(
    store: PostgresStore, log: PostgresLog, caplog: pytest.LogCaptureFixture
) -> None:
    failure = Failure("connection", "Nobody is there.")
    async with scribe_desk(store, log, Model(failure=failure)) as desk:
        chat = await desk.chat()
        turn = await desk.begin(chat)
        await turn.settle(call("a"), call("b"), text(LONG))
        state = await desk.rest()
        assert (state["failed"], state["last_failure"]) == ({"connection": 2}, "Nobody is there.")
        assert await desk.title(chat) == ""
        assert (await turn.message()).labels == ()
        assert desk.model.asked == [("fast-1", "title"), ("fast-1", "label")]  # each once
        (told,) = caplog.messages
        assert told.endswith("Nobody is there.")


async def test_an_endpoint_that_refuses_options_is_asked_without_them_from_then_on(
    store: PostgresStore, log: PostgresLog
) -> None:
    async with scribe_desk(store, log, Model(is_strict=True)) as desk:
        chats = [await desk.chat(), await desk.chat()]
        for chat in chats:
            await desk.begin(chat)
            assert (await desk.rest())["failed"] == {}
        assert [await desk.title(chat) for chat in chats] == ["Fix it"] * 2
        assert len(desk.model.asked) == 3
        assert (await desk.state())["without_thinking"] is False


async def test_one_request_at_a_time_and_a_bounded_list(store: PostgresStore, log: PostgresLog) -> None:
    async with scribe_desk(store, log, Model(gate=trio.Event())) as desk:
        first = await desk.begin(await desk.chat())
        await until(lambda: bool(desk.model.asked))
        for _ in range(MOST_JOBS + 10):
            desk.cast(first.settled())
        await desk.begin(await desk.chat())
        state = await desk.state()
        assert (state["waiting"], state["dropped"]) == (MOST_JOBS, 11)
        desk.model.gate.set()  # type: ignore[union-attr]
        assert (await desk.rest())["done"] == {"titles": 2}
        assert desk.model.most_at_once == 1


async def test_what_dies_with_the_scribe_is_its_own(store: PostgresStore, log: PostgresLog) -> None:
    """A scribe that is started again goes on with what turns tell from then on."""
    async with scribe_desk(store, log, Model(gate=trio.Event())) as desk:
        await (await desk.begin(await desk.chat())).settle()
        await until(lambda: bool(desk.model.asked))
        desk.model.gate.set()  # type: ignore[union-attr]
        await desk.system.restart("root/names/scribe")
        chat = await desk.chat()
        await desk.begin(chat)
        await desk.rest()
        assert await desk.title(chat) == "Fix it"


PARTS = (Part("reasoning", text="hm"), call("a"), call("b"))


async def test_a_chat_that_is_deleted_meanwhile_harms_nobody(store: PostgresStore, log: PostgresLog) -> None:
    async with scribe_desk(store, log, Model(gate=trio.Event())) as desk:
        chat = await desk.chat()
        turn = await desk.begin(chat)
        await until(lambda: bool(desk.model.asked))
        await turn.settle(*PARTS)
        await store.delete_chat(chat.id)
        desk.model.gate.set()  # type: ignore[union-attr]
        assert (await desk.rest())["failed"] == {}
        assert await log.last_seq(chat.id) is None
