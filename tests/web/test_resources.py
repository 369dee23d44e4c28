"""Projects, sessions, chats, messages and tasks over the API, on a real PostgreSQL."""

import subprocess

import pytest

from boocode.domain.ids import new_id
from boocode.ports.log import Flush


@pytest.fixture
def repository(tmp_path):
    path = tmp_path / "hello"
    path.mkdir()
    for command in (["init", "-q"], ["commit", "-q", "--allow-empty", "-m", "start"]):
        subprocess.run(
            ["git", "-c", "user.name=t", "-c", "user.email=t@example.org", *command], cwd=path, check=True
        )
    return path


async def test_a_project_is_a_repository_and_adding_it_twice_is_harmless(api, repository):
    project = await api.post("projects", {"path": str(repository)}, status=201)
    assert (project["name"], project["path"]) == ("hello", str(repository))
    sub = repository / "sub"
    sub.mkdir()
    again = await api.post("projects", {"path": str(sub)}, status=201)
    assert again["id"] == project["id"]
    assert [item["id"] for item in (await api.get("projects"))["items"]] == [project["id"]]
    await api.ask("DELETE", f"projects/{project['id']}", status=204)
    assert (await api.get("projects"))["items"] == []
    problem = await api.ask("DELETE", f"projects/{project['id']}", status=404)
    assert problem["code"] == "project_not_found"


async def test_what_is_no_repository_is_said_plainly(api, tmp_path):
    problem = await api.post("projects", {"path": str(tmp_path)}, status=422)
    assert problem["code"] == "not_a_repository"
    assert str(tmp_path) in problem["detail"]
    problem = await api.post("projects", {"path": "relative/path"}, status=422)
    assert (problem["code"], problem["field"]) == ("invalid", "path")


async def test_a_session_comes_with_its_first_chat_and_goes_with_all_of_them(api):
    chat_id = await api.a_chat()
    (session,) = (await api.get("sessions"))["items"]
    assert [chat["id"] for chat in session["chats"]] == [chat_id]
    more = await api.post("chats", {"session_id": session["id"], "title": " second  chat "}, status=201)
    assert more["title"] == "second chat"
    assert {item["id"] for item in (await api.get(f"chats?session_id={session['id']}"))["items"]} == {
        chat_id,
        more["id"],
    }
    renamed = await api.ask("PATCH", f"sessions/{session['id']}", {"title": "Mine"})
    assert renamed["title"] == "Mine"
    assert (await api.ask("PATCH", f"chats/{chat_id}", {"title": "First"}))["title"] == "First"
    await api.ask("DELETE", f"chats/{more['id']}", status=204)
    await api.ask("DELETE", f"sessions/{session['id']}", status=204)
    assert (await api.get(f"sessions/{session['id']}", status=404))["code"] == "session_not_found"
    assert (await api.get("chats"))["items"] == []


async def test_a_name_for_now_gives_way_to_a_persons(api):
    chat_id = await api.a_chat()
    (session,) = (await api.get("sessions"))["items"]
    for path in (f"sessions/{session['id']}", f"chats/{chat_id}"):
        assert (await api.ask("PATCH", path, {"title": "for now", "for_now": True}))["title"] == "for now"
        assert (await api.ask("PATCH", path, {"title": "Mine"}))["title"] == "Mine"
        assert (await api.ask("PATCH", path, {"title": "for now", "for_now": True}))["title"] == "Mine"


async def test_a_prompt_becomes_a_message_a_task_and_a_frame(api):
    chat_id = await api.a_chat()
    posted = await api.post(f"chats/{chat_id}/messages", {"text": "hi", "agent": "practice"}, status=202)
    assert (posted["message"]["role"], posted["message"]["text"]) == ("user", "hi")
    assert (posted["task"]["state"], posted["task"]["chat_id"]) == ("pending", chat_id)
    page = await api.get(f"chats/{chat_id}/messages")
    assert [message["id"] for message in page["items"]] == [posted["message"]["id"]]
    events = await api.get(f"chats/{chat_id}/events")
    assert [frame["type"] for frame in events["items"]] == ["message_created"]
    assert events["last_seq"] == 1
    assert (await api.get(f"chats/{chat_id}/events?since=1"))["items"] == []
    async with api.socket() as client:
        await client.subscribe(f"chat:{chat_id}", since=0)
        frame = await client.hear_until(lambda frame: frame.get("seq") == 1)
        assert frame == events["items"][0]


async def test_the_same_client_id_twice_is_one_message(api):
    chat_id = await api.a_chat()
    body = {"text": "hi", "agent": "practice", "client_id": "c-1"}
    first = await api.post(f"chats/{chat_id}/messages", body, status=202)
    second = await api.post(f"chats/{chat_id}/messages", body, status=202)
    assert (first["message"]["id"], first["task"]["id"]) == (second["message"]["id"], second["task"]["id"])
    assert len((await api.get(f"chats/{chat_id}/messages"))["items"]) == 1


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({"agent": "practice"}, "text", "invalid"),
        ({"text": 5, "agent": "practice"}, "text", "invalid"),
        ({"text": "hi", "agent": "practice", "colour": "red"}, "colour", "invalid"),
        ({"text": "  ", "agent": "practice"}, "text", "empty"),
        ({"text": "x" * 500_001, "agent": "practice"}, "text", "invalid"),
        ({"text": "hi", "agent": "nobody"}, "agent", "unknown_agent"),
        ({"text": "hi", "agent": "practice", "client_id": ""}, "client_id", "invalid"),
    ],
)
async def test_a_prompt_that_is_not_right_names_the_field(api, body, field, code):
    chat_id = await api.a_chat()
    problem = await api.post(f"chats/{chat_id}/messages", body, status=422)
    assert (problem["code"], problem["field"]) == (code, field)
    if code == "unknown_agent":
        assert "practice, goose" in problem["detail"]


async def test_a_prompt_to_a_chat_that_does_not_exist_is_a_404(api):
    for path in ("chats/chat_none/messages", "chats/chat_none/cancel"):
        problem = await api.post(path, {"text": "hi", "agent": "practice"}, status=404)
        assert problem["code"] == "chat_not_found"
    for path in ("chats/chat_none/messages", "chats/chat_none/events"):
        assert (await api.get(path, status=404))["code"] == "chat_not_found"


async def test_messages_are_paged_oldest_first(api):
    chat_id = await api.a_chat()
    for n in range(5):
        await api.post(f"chats/{chat_id}/messages", {"text": f"m{n}", "agent": "practice"}, status=202)
    last = await api.get(f"chats/{chat_id}/messages?limit=2")
    before = await api.get(f"chats/{chat_id}/messages?limit=2&before={last['next']}")
    assert [message["text"] for message in (*before["items"], *last["items"])] == ["m1", "m2", "m3", "m4"]


async def test_lists_are_paged_by_cursor_and_bounded(api):
    chat_id = await api.a_chat()
    session_id = (await api.get("sessions"))["items"][0]["id"]
    for _ in range(4):
        await api.post("chats", {"session_id": session_id}, status=201)
    seen, after = [], ""
    while True:
        page = await api.get(f"chats?limit=2{after}")
        seen += [chat["id"] for chat in page["items"]]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    assert len(seen) == len(set(seen)) == 5
    assert chat_id in seen
    assert (await api.get("chats?after=nonsense", status=422))["code"] == "bad_cursor"
    for query, field in (("limit=0", "limit"), ("limit=x", "limit"), ("colour=red", "colour")):
        assert (await api.get(f"chats?{query}", status=422))["field"] == field


async def test_a_waiting_prompt_can_be_taken_back(api):
    chat_id = await api.a_chat()
    assert await api.post(f"chats/{chat_id}/cancel", status=202) == {"cancelled": False}
    posted = await api.post(f"chats/{chat_id}/messages", {"text": "hi", "agent": "practice"}, status=202)
    assert await api.post(f"chats/{chat_id}/cancel", status=202) == {"cancelled": True}
    assert (await api.get(f"tasks/{posted['task']['id']}"))["state"] == "cancelled"


async def test_a_task_can_be_made_listed_cancelled_and_tried_again(api):
    await api.a_chat()
    project_id = (await api.get("sessions"))["items"][0]["project_id"]
    task = await api.post("tasks", {"project_id": project_id, "input": "build it"}, status=201)
    assert (task["agent"], task["state"]) == ("practice", "pending")
    assert [item["id"] for item in (await api.get(f"tasks?project_id={project_id}"))["items"]] == [task["id"]]
    assert (await api.get("tasks?state=failed"))["items"] == []
    assert (await api.post(f"tasks/{task['id']}/retry", status=409))["code"] == "not_retryable"
    assert await api.post(f"tasks/{task['id']}/cancel", status=202) == {"cancelled": True}
    again = await api.post(f"tasks/{task['id']}/retry", status=202)
    assert (again["input"], again["chat_id"]) == ("build it", task["chat_id"])
    assert again["id"] != task["id"]
    assert (await api.get("tasks/task_none", status=404))["code"] == "task_not_found"
    assert (await api.get("tasks?state=sleeping", status=422))["field"] == "state"


async def test_inbox_costs_and_agent_sessions_of_a_new_chat_are_empty(api):
    await api.a_chat()
    session_id = (await api.get("sessions"))["items"][0]["id"]
    assert (await api.get("inbox"))["items"] == []
    assert await api.get(f"sessions/{session_id}/agent-sessions") == []
    assert await api.get(f"sessions/{session_id}/pending") == []
    assert await api.get("stats/costs?group_by=agent") == []
    assert (await api.get("stats/costs?group_by=moon", status=422))["field"] == "group_by"


async def test_a_permission_that_nobody_asks_for_is_a_404(api):
    problem = await api.post(f"permissions/{new_id('perm')}", {"option_id": "allow"}, status=404)
    assert problem["code"] == "permission_not_found"


async def test_a_client_that_leaves_before_the_answer_has_still_posted_its_prompt(api):
    import trio

    chat_id = await api.a_chat()
    body = b'{"text":"hi","agent":"practice"}'
    stream = await trio.open_tcp_stream("127.0.0.1", api.port)
    await stream.send_all(
        b"POST /api/chats/%b/messages HTTP/1.1\r\nHost: %b\r\nAuthorization: %b\r\nContent-Length: %d\r\n\r\n%b"
        % (
            chat_id.encode(),
            api.host.encode(),
            api.http.headers["authorization"].encode(),
            len(body),
            body,
        )
    )
    await trio.sleep(0.05)
    await trio.aclose_forcefully(stream)
    await api.system.whereis("event_writer").call(Flush(), 5)
    assert [message["text"] for message in (await api.get(f"chats/{chat_id}/messages"))["items"]] == ["hi"]
