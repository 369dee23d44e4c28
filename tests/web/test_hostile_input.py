"""Whatever a client sends, it gets an answer that is described, and never a fault of ours."""

import json

import pytest

from web.routes import ROUTES

IDS = ["x", "%00", "%F0%9F%A6%8A", "..%2F..%2Fetc", "a" * 3000, "'; DROP TABLE chats;--", "-1"]
TEXTS = [
    "\0",
    "\ud800".encode("utf-16", "surrogatepass").decode("utf-16", "replace"),
    "x" * 1_000_000,
    "🦊\u202e",
    "\n\t ",
]
NUMBERS = ["-1", "0", "99999999999999999999999", "1e3", "NaN", "", "null"]


def path_of(route, id_: str) -> str:
    return "/".join(id_ if part.startswith("{") else part for part in route.path.split("/"))


@pytest.mark.parametrize("id_", IDS, ids=lambda id_: id_[:12])
async def test_strange_ids_are_not_found_or_not_right(api, id_):
    for route in ROUTES:
        if not route.parameters:
            continue
        body = {} if route.method in ("POST", "PATCH") else None
        answer = await api.http.request(route.method, path_of(route, id_), json=body)
        assert 400 <= answer.status_code < 500 or answer.status_code == 503, (route.path, answer.text)
        assert answer.json()["code"]


async def test_strange_texts_are_stored_or_refused(api):
    chat_id = await api.a_chat()
    session_id = (await api.get("sessions"))["items"][0]["id"]
    for text in TEXTS:
        for path, body in (
            (f"chats/{chat_id}/messages", {"text": text, "agent": "practice"}),
            (
                f"chats/{chat_id}/messages",
                {"text": "hi", "agent": "practice", "client_id": text, "model": text},
            ),
            ("sessions", {"project_id": text}),
            ("chats", {"session_id": session_id, "title": text}),
            ("projects", {"path": text}),
            ("projects", {"path": "/" + text}),
            ("tasks", {"project_id": text, "input": text, "agent": text}),
            ("permissions/p1", {"option_id": text}),
            (f"sessions/{session_id}/pending/apply", {"ids": [text]}),
            (f"sessions/{session_id}/checkpoints", {"chat_id": text}),
        ):
            answer = await api.http.post(f"/api/{path}", json=body)
            assert answer.status_code < 500, (path, text[:20], answer.text)
    assert (await api.get("health"))["status"] == "ok"


async def test_strange_numbers_are_refused_or_bounded(api):
    chat_id = await api.a_chat()
    session_id = (await api.get("sessions"))["items"][0]["id"]
    for number in NUMBERS:
        for path in (
            f"chats/{chat_id}/events?since={number}",
            f"chats/{chat_id}/messages?limit={number}",
            f"supervision/events?after={number}",
            f"tasks?limit={number}&after={number}",
            f"sessions/{session_id}/pending?limit={number}",
            f"worktrees?removed={number}",
        ):
            answer = await api.http.get(f"/api/{path}")
            assert answer.status_code in (200, 422), (path, answer.text)


@pytest.mark.parametrize(
    "body", [b'{"text":"\\ud800","agent":"practice"}', b"[" * 5000, b'{"a":' * 3000, b"1e999", b'"']
)
async def test_strange_json_is_refused(api, body):
    chat_id = await api.a_chat()
    answer = await api.http.post(f"/api/chats/{chat_id}/messages", content=body)
    assert answer.status_code in (202, 400, 422), answer.text


async def test_a_plain_request_to_the_socket_is_told_so(api):
    answer = await api.http.get("/api/ws")
    assert 400 <= answer.status_code < 500


async def test_an_unknown_agent_in_json_of_another_shape(api):
    chat_id = await api.a_chat()
    for value in (None, 5, ["practice"], {"id": "practice"}):
        body = json.dumps({"text": "hi", "agent": value}).encode()
        answer = await api.http.post(f"/api/chats/{chat_id}/messages", content=body)
        assert (answer.status_code, answer.json()["field"]) == (422, "agent")


async def test_many_unknown_ids_at_once_are_not_found(api):
    await api.a_chat()
    session_id = (await api.get("sessions"))["items"][0]["id"]
    body = {"ids": [f"chg_{n}" for n in range(10_000)]}
    answer = await api.http.post(f"/api/sessions/{session_id}/pending/apply", json=body)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert len(answer.json()["detail"]) < 2_000


async def test_a_session_without_work_has_nothing_to_decide_or_go_back_to(api):
    chat_id = await api.a_chat()
    session_id = (await api.get("sessions"))["items"][0]["id"]
    assert await api.get(f"sessions/{session_id}/pending?state=all") == []
    assert await api.post(f"sessions/{session_id}/pending/apply") == []
    assert await api.get(f"sessions/{session_id}/checkpoints") == []
    assert await api.get("worktrees?removed=true") == []
    for method, path, body in (
        ("GET", "worktree", None),
        ("POST", "worktree/stash", None),
        ("POST", "checkpoints", {"chat_id": chat_id}),
    ):
        problem = await api.ask(method, f"sessions/{session_id}/{path}", body, status=404)
        assert problem["code"] == "no_worktree"
    problem = await api.post(f"sessions/{session_id}/checkpoints", {"chat_id": "chat_other"}, status=404)
    assert problem["code"] == "chat_not_found"
    for path in ("pending", "checkpoints", "worktree"):
        problem = await api.get(f"sessions/none/{path}", status=404)
        assert problem["code"] in ("session_not_found", "not_found")
