"""What a web UI asks for when it is loaded: statuses of all chats, open questions, settings, facts."""

import time

import pytest

from boocode.contracts.frames import AgentCommandsUpdated, AgentStatusUpdated, FrameBody
from boocode.contracts.resources import CommandInfo, Part, PermissionOption
from boocode.domain.events import Completed
from boocode.ports.log import Append, Flush, LogEntry, Settlement, SettleTurn
from boocode.ports.store import NewPermission
from tests.web.edges import ABOUT


async def say_status(api, chat_id, agent, status, **more):
    await say(api, chat_id, AgentStatusUpdated(chat_id, agent, status, **more))


async def say(api, chat_id, body: FrameBody):
    entry = LogEntry(chat_id, body, time.time())
    api.system.whereis("event_writer").cast(Append((entry,)))
    await api.system.whereis("event_writer").call(Flush(), 5)


async def a_question(api, chat_id, id_="perm_1"):
    await api.post(f"chats/{chat_id}/messages", {"text": "do it", "agent": "practice"}, status=202)
    (claimed,) = await api.store.claim_tasks("me", 1, 30.0)
    tool = Part("tool", tool_call_id="t", title="make", kind="execute", status="pending")
    options = (PermissionOption("yes", "Yes", "allow_once"), PermissionOption("no", "No", "reject_once"))
    question = NewPermission(
        id_, chat_id, claimed.task.id, "practice", "k", "Run make?", tool, options, time.time() + 60
    )
    return await api.store.save_permission(question), claimed


async def test_all_agents_are_listed_at_once_those_at_work_first(api):
    first, second, third = await api.a_chat(), await api.a_chat(), await api.a_chat()
    await say_status(api, first, "practice", "working", quiet_since="2026-01-01T00:00:00.000Z")
    await say_status(api, second, "practice", "idle")
    await say_status(api, third, "goose", "error", reason="it exited with status 1")
    items = (await api.get("agent-sessions"))["items"]
    assert {item["chat_id"] for item in items[:2]} == {first, third}
    assert (items[2]["chat_id"], items[2]["status"]) == (second, "idle")
    by_chat = {item["chat_id"]: item for item in items}
    assert by_chat[first]["quiet_since"] == "2026-01-01T00:00:00.000Z"
    assert by_chat[third]["reason"] == "it exited with status 1"
    assert by_chat[third]["input_tokens"] is None  # nobody said, which is not 0
    for item in items:
        session = await api.get(f"sessions/{item['session_id']}")
        assert [chat["id"] for chat in session["chats"]] == [item["chat_id"]]
    assert [item["chat_id"] for item in (await api.get("agent-sessions?limit=2"))["items"]] == [
        item["chat_id"] for item in items[:2]
    ]
    assert (await api.get("agent-sessions?limit=0", status=422))["field"] == "limit"


async def test_who_opens_a_chat_later_has_the_commands_that_its_agent_told_last(api):
    chat = await api.a_chat()
    session_id = (await api.get(f"chats/{chat}"))["session_id"]

    async def told():
        (item,) = await api.get(f"sessions/{session_id}/agent-sessions")
        return item["commands"]

    await say_status(api, chat, "practice", "working")
    assert await told() is None
    odd = (CommandInfo("plan", "Make a plan"), CommandInfo("odd\x00\ud800", "“odd”"))
    for commands in ((CommandInfo("old", "Is gone"),), odd):
        await say(api, chat, AgentCommandsUpdated("practice", commands))
    await say_status(api, chat, "practice", "idle")  # it keeps them
    plan, other = await told()
    assert plan == {"name": "plan", "description": "Make a plan"}
    assert other == {"name": "odd\x00\ufffd", "description": "“odd”"}
    (item,) = (await api.get("agent-sessions"))["items"]
    assert (item["status"], item["commands"]) == ("idle", None)  # not the long lists of all chats
    await say(api, chat, AgentCommandsUpdated("practice", ()))
    assert await told() == []


async def test_a_status_that_is_not_said_again_is_taken_back(api):
    chat = await api.a_chat()
    await say_status(api, chat, "practice", "error", reason="it exited")
    await say_status(api, chat, "practice", "working")
    (item,) = (await api.get("agent-sessions"))["items"]
    assert (item["status"], item["reason"], item["quiet_since"]) == ("working", None, None)


async def test_a_chat_is_found_by_its_id(api):
    chat_id = await api.a_chat()
    chat = await api.get(f"chats/{chat_id}")
    assert (await api.get("chats"))["items"] == [chat]
    assert (await api.get("chats/chat_none", status=404))["code"] == "chat_not_found"


async def test_open_questions_are_found_after_a_reload_with_all_that_answering_needs(api):
    chat_id, other = await api.a_chat(), await api.a_chat()
    asked, _ = await a_question(api, chat_id)
    (item,) = (await api.get(f"permissions?chat_id={chat_id}"))["items"]
    assert (await api.get("permissions"))["items"] == [item]
    assert (await api.get(f"permissions?chat_id={other}"))["items"] == []
    assert (await api.get("permissions?chat_id=%00"))["items"] == []
    (waiting,) = (await api.get("inbox"))["items"]
    assert waiting["permission"] == item
    assert [option["id"] for option in item["options"]] == ["yes", "no"]
    assert (item["title"], item["tool"]["title"], item["expires_at"]) == (
        "Run make?",
        "make",
        asked.expires_at,
    )
    answered = await api.post(f"permissions/{item['id']}", {"option_id": "yes"})
    assert (await api.get(f"permissions/{item['id']}")) == answered
    assert (answered["outcome"], answered["answered_by"]) == ("selected:yes", "person")
    assert (await api.get("permissions"))["items"] == []
    assert (await api.get("permissions/perm_none", status=404))["code"] == "permission_not_found"


@pytest.mark.parametrize(
    ("tokens", "usage"),
    [
        ((12, None, 0.25), {"input_tokens": 12, "output_tokens": None, "cost": 0.25}),
        ((0, 0, None), {"input_tokens": 0, "output_tokens": 0, "cost": None}),
        ((None, None, None), None),
    ],
)
async def test_a_message_says_what_its_turn_used_once_it_is_over(api, tokens, usage):
    chat_id = await api.a_chat()
    await api.post(f"chats/{chat_id}/messages", {"text": "hi", "agent": "practice"}, status=202)
    (claimed,) = await api.store.claim_tasks("me", 1, 30.0)
    assert [m["usage"] for m in (await api.get(f"chats/{chat_id}/messages"))["items"]] == [None, None]
    settlement = Settlement(
        claimed.task.id, chat_id, claimed.message_id, "practice", Completed(), "done",
        (Part("text", text="done"),), "m", *tokens, time.time(),
    )  # fmt: skip
    await api.system.whereis("event_writer").call(SettleTurn(settlement), 5)
    prompt, answer = (await api.get(f"chats/{chat_id}/messages"))["items"]
    assert (prompt["usage"], answer["usage"]) == (None, usage)


async def test_settings_have_defaults_are_changed_one_by_one_and_stay(api):
    before = await api.get("settings")
    assert before == {
        "theme": "dark",
        "diff_view": "unified",
        "send_key": "enter",
        "notifications": False,
        "show_reasoning": False,
        "default_agent": None,
    }
    changed = await api.ask("PATCH", "settings", {"theme": "light", "default_agent": "goose"})
    assert changed == {**before, "theme": "light", "default_agent": "goose"}
    changed = await api.ask("PATCH", "settings", {"notifications": True, "default_agent": None})
    assert changed == {**before, "theme": "light", "notifications": True}
    assert await api.ask("PATCH", "settings", {}) == changed
    assert await api.get("settings") == changed


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({"colour": "red"}, "colour", "invalid"),
        ({"theme": "blue"}, "theme", "invalid"),
        ({"theme": None}, "theme", "invalid"),
        ({"notifications": "yes"}, "notifications", "invalid"),
        ({"theme": "light", "default_agent": "nobody"}, "default_agent", "unknown_agent"),
    ],
)
async def test_a_setting_that_is_not_right_is_named_and_nothing_is_changed(api, body, field, code):
    before = await api.get("settings")
    problem = await api.ask("PATCH", "settings", body, status=422)
    assert (problem["field"], problem["code"]) == (field, code)
    assert await api.get("settings") == before


async def test_a_setting_that_another_version_kept_counts_as_not_set(api):
    await api.store.set_setting("ui.theme", '"sepia"')
    await api.store.set_setting("ui.show_reasoning", "true")
    await api.store.set_setting("ui.from_tomorrow", "[")
    await api.store.set_setting("ui.send_key", "not json")
    settings = await api.get("settings")
    assert (settings["theme"], settings["show_reasoning"], settings["send_key"]) == ("dark", True, "enter")


async def test_the_facts_are_those_of_the_composition_root(api):
    about = await api.get("about")
    assert about["facts"] == [
        {"key": fact.key, "value": fact.value, "is_default": fact.is_default} for fact in ABOUT.facts
    ]
    assert (about["home"], about["database"]) == (ABOUT.home, "embedded")
