"""A chat as a file: everything in it, in order, with a name that any system takes."""

import gc
import time
import tracemalloc
from urllib.parse import unquote

import httpx2
import pytest
import trio

from boocode.contracts.resources import Part
from boocode.domain.events import Completed
from boocode.ports.log import Settlement, SettleTurn
from boocode.ports.store import StoreUnavailable
from web.downloads import disposition, file_name
from web.routes import export as export_module
from web.routes.export import PAGE


async def talk(api, chat_id, text, answer):
    await api.post(f"chats/{chat_id}/messages", {"text": text, "agent": "practice"}, status=202)
    (claimed,) = await api.store.claim_tasks("me", 1, 30.0)
    settlement = Settlement(
        claimed.task.id, chat_id, claimed.message_id, "practice", Completed(), answer,
        (Part("reasoning", text="hm"), Part("text", text=answer)), "m", 3, 4, None, time.time(),
    )  # fmt: skip
    await api.system.whereis("event_writer").call(SettleTurn(settlement), 5)


async def export(api, chat_id, format_=""):
    answer = await api.http.get(f"/api/chats/{chat_id}/export{format_}")
    assert answer.status_code == 200, answer.text
    return answer


async def test_the_whole_chat_in_order_whatever_its_length(api):
    chat_id = await api.a_chat()
    await api.ask("PATCH", f"chats/{chat_id}", {"title": "Fix: it / “now”"})
    for n in range(PAGE):  # two messages each
        await talk(api, chat_id, f"prompt {n}", f"answer {n}")
    answer = await export(api, chat_id, "?format=json")
    assert answer.headers["content-type"] == "application/json"
    value = answer.json()
    messages = (await api.get(f"chats/{chat_id}/messages?limit=200"))["items"]
    assert value["messages"] == messages
    assert len(messages) == 2 * PAGE
    assert value["chat"] == await api.get(f"chats/{chat_id}")
    assert (value["version"], value["project"], value["session"]) == (1, "somewhere", "New session")

    answer = await export(api, chat_id)
    assert answer.headers["content-type"] == "text/markdown; charset=utf-8"
    assert answer.headers["content-disposition"] == (
        "attachment; filename=\"Fix it _now_.md\"; filename*=UTF-8''Fix%20it%20%E2%80%9Cnow%E2%80%9D.md"
    )
    assert answer.headers["cache-control"] == "no-store"
    lines = answer.text.splitlines()
    assert lines[0] == "# Fix: it / “now”"
    assert [line for line in lines if line.startswith("prompt")] == [f"prompt {n}" for n in range(PAGE)]
    assert lines.count("## You") == lines.count("## practice · m") == PAGE
    assert lines.count("*3 tokens in · 4 tokens out*") == PAGE


async def test_an_empty_chat_is_named_like_its_session(api):
    chat_id = await api.a_chat()
    answer = await export(api, chat_id, "?format=json")
    assert answer.json()["messages"] == []
    assert 'filename="New session.json"' in answer.headers["content-disposition"]
    assert (await export(api, chat_id, "?format=markdown")).text.startswith("# New session\n")


async def test_a_title_that_looks_like_the_export_itself(api):
    chat_id = await api.a_chat()
    await talk(api, chat_id, '"messages":[]', '"messages":[]}')
    chat = await api.ask("PATCH", f"chats/{chat_id}", {"title": '"messages":[]'})
    value = (await export(api, chat_id, "?format=json")).json()
    assert (value["chat"]["title"], len(value["messages"])) == (chat["title"], 2)


async def test_what_is_not_there_and_what_is_not_offered(api):
    chat_id = await api.a_chat()
    assert (await api.get("chats/chat_none/export", status=404))["code"] == "chat_not_found"
    problem = await api.get(f"chats/{chat_id}/export?format=pdf", status=422)
    assert problem["field"] == "format"
    assert "markdown" in problem["detail"]


@pytest.fixture
async def plain_http(api):
    """A client that does not keep what it reads."""
    async with httpx2.AsyncClient(base_url=str(api.http.base_url), headers=api.http.headers) as http:
        yield http


async def test_a_large_chat_is_not_held_in_memory(api, plain_http, monkeypatch):
    monkeypatch.setattr(export_module, "PAGE", 2)
    chat_id = await api.a_chat()
    for n in range(60):
        await talk(api, chat_id, f"prompt {n}", "x" * 200_000)
    for format_ in ("markdown", "json"):
        size = 0
        tracemalloc.start()
        try:
            async with plain_http.stream("GET", f"/api/chats/{chat_id}/export?format={format_}") as answer:
                async for piece in answer.aiter_bytes():
                    size += len(piece)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert size > 12_000_000
        assert peak < 6_000_000


@pytest.mark.parametrize("format_", ["markdown", "json"])
async def test_an_error_in_the_middle_fails_the_download(api, plain_http, monkeypatch, format_):
    monkeypatch.setattr(export_module, "PAGE", 2)
    chat_id = await api.a_chat()
    for n in range(3):
        await talk(api, chat_id, f"prompt {n}", "x" * 10_000)
    pages = []

    async def failing(chat, after, limit, whole=api.store.list_messages_onward):
        pages.append(after)
        if len(pages) == 2:
            raise StoreUnavailable("it went away")
        return await whole(chat, after, limit)

    monkeypatch.setattr(type(api.store), "list_messages_onward", lambda _, *asked: failing(*asked))
    said = bytearray()

    async def download() -> None:
        async with plain_http.stream("GET", f"/api/chats/{chat_id}/export?format={format_}") as answer:
            assert answer.status_code == 200
            async for piece in answer.aiter_bytes():
                said.extend(piece)

    with pytest.raises(httpx2.RemoteProtocolError):
        await download()
    assert b"prompt 0" in said
    assert b"prompt 1" not in said


async def test_a_client_that_leaves_ends_it(api):
    chat_id = await api.a_chat()
    for n in range(30):
        await talk(api, chat_id, f"prompt {n}", "x" * 300_000)
    token = api.http.headers["authorization"]
    for _ in range(3):
        stream = await trio.open_tcp_stream("127.0.0.1", api.port)
        asked = (
            f"GET /api/chats/{chat_id}/export HTTP/1.1\r\nHost: {api.host}\r\nAuthorization: {token}\r\n\r\n"
        )
        await stream.send_all(asked.encode())
        assert (await stream.receive_some(100)).startswith(b"HTTP/1.1 200")
        await trio.aclose_forcefully(stream)
    gc.collect()  # what was left open would complain
    assert len((await export(api, chat_id, "?format=json")).json()["messages"]) == 60


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Fix it", "Fix it.md"),
        ("../../etc/passwd", "etc passwd.md"),
        ('a"b\\c\r\nSet-Cookie: x', "a b c Set-Cookie x.md"),
        ("…", "….md"),
        (" . ", "chat.md"),
        ("\u202egpj.exe", "gpj.exe.md"),
        ("\ud800", "chat.md"),
        ("x" * 500, "x" * 80 + ".md"),
    ],
)
def test_a_title_becomes_a_name_that_any_system_takes(title, name):
    assert file_name(title, "chat", "md") == name
    header = disposition(name)
    header.encode("ascii")
    assert "\n" not in header
    assert unquote(header.partition("UTF-8''")[2]) == name
