"""Every failure is a problem with a stable code that says what to do; the server survives all of them."""

from typing import Any

import pytest
import trio
from attrs import evolve

from boocode.contracts.resources import Health, Session
from boocode.kernel import Actor, CallRefused, ChildSpec
from boocode.ports.names import EVENT_WRITER, PROBER, WORKTREES
from boocode.ports.permissions import PermissionGone, UnknownOption
from boocode.ports.store import StoreUnavailable
from boocode.ports.worktrees import ApplyConflict, Conflict, WorkspaceError
from tests.web.edges import PROVIDERS, serving
from web.problems import api_error


class Refusing(Actor):
    """An actor that answers every call with the same refusal, or never."""

    def __init__(self, refusal: Exception | None) -> None:
        self._refusal = refusal

    async def handle(self, message: Any) -> None:
        if self._refusal is None:
            await trio.sleep_forever()
        raise CallRefused(self._refusal)


def refusing(name: str, refusal: Exception | None) -> ChildSpec:
    return ChildSpec(id=name, start=lambda: Refusing(refusal), name=name, shutdown=0.0)


PROMPT = {"text": "hi", "agent": "practice"}


async def test_unknown_routes_and_wrong_methods_are_problems_too():
    async with serving() as stage:
        missing = await stage.http.get("/api/arena/a1")
        assert (missing.status_code, missing.json()["code"]) == (404, "no_such_route")
        wrong = await stage.http.delete("/api/health")
        assert (wrong.status_code, wrong.json()["code"]) == (405, "method_not_allowed")
        assert "GET" in wrong.headers["allow"]
        assert (await stage.http.options("/api/projects")).status_code == 405


@pytest.mark.parametrize("body", [b"{", b"", b"\xff", b"nul", b"{}garbage"])
async def test_a_body_that_is_not_json_is_a_400_or_names_what_is_missing(body):
    async with serving() as stage:
        answer = await stage.http.post("/api/chats/c/messages", content=body)
        assert (answer.status_code, answer.json()["code"]) in ((400, "not_json"), (422, "invalid"))
        assert (answer.status_code == 422) == (body == b"")


async def test_a_body_that_is_too_large_is_refused_and_its_connection_not_used_again():
    async with serving() as stage:
        for _ in range(3):
            answer = await stage.http.post("/api/projects", content=b"x" * 2_000_001)
            assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


async def test_an_actor_that_is_not_there_is_a_503_with_retry_after():
    async with serving() as stage:
        answer = await stage.http.post("/api/chats/c/messages", json=PROMPT)
        assert (answer.status_code, answer.json()["code"]) == (503, "not_running")
        assert int(answer.headers["retry-after"]) >= 1


async def test_a_lost_database_is_a_503_with_retry_after():
    away = StoreUnavailable("connection refused", retry_in=2.5)
    async with serving(refusing(EVENT_WRITER, away)) as stage:
        answer = await stage.http.post("/api/chats/c/messages", json=PROMPT)
        assert (answer.status_code, answer.json()["code"]) == (503, "store_unavailable")
        assert answer.headers["retry-after"] == "3"


async def test_an_actor_that_does_not_answer_is_a_504(monkeypatch):
    monkeypatch.setattr("web.routes.messages.POST_TIMEOUT_S", 0.05)
    async with serving(refusing(EVENT_WRITER, None)) as stage:
        answer = await stage.http.post("/api/chats/c/messages", json=PROMPT)
        assert (answer.status_code, answer.json()["code"]) == (504, "timeout")


async def test_an_actor_that_dies_while_it_answers_is_a_503(monkeypatch):
    async with serving(ChildSpec(id="w", start=Actor, name=EVENT_WRITER)) as stage:
        answer = await stage.http.post("/api/chats/c/messages", json=PROMPT)
        assert (answer.status_code, answer.json()["code"]) == (503, "actor_died")


async def test_a_conflict_names_the_files():
    class Rows:
        async def get_session(self, session_id: str) -> Session:
            return Session(session_id, "p1", "", "now")

    conflict = ApplyConflict([Conflict("hello.py", "it was edited")])
    rows = Rows()
    async with serving(refusing(WORKTREES, conflict), change=lambda deps: evolve(deps, store=rows)) as stage:
        answer = await stage.http.post("/api/sessions/s1/pending/apply", json={})
        problem = answer.json()
        assert (answer.status_code, problem["code"]) == (409, "conflict")
        assert problem["conflicts"] == [{"path": "hello.py", "reason": "it was edited"}]
        assert "hello.py" in problem["detail"]


async def test_a_fault_of_ours_is_a_500_that_tells_nothing_and_hurts_nobody(caplog):
    async with serving() as stage:
        answer = await stage.http.get("/api/projects")  # there is no store in this edge
        assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")
        assert "Nothing" not in answer.text
        assert "list_projects" in caplog.text
        assert (await stage.http.get("/api/health")).status_code == 200


async def test_health_says_whether_work_is_taken():
    async with serving() as stage:
        assert (await stage.http.get("/api/health")).json()["status"] == "ok"
        stage.health.append(Health("degraded", "1.2.3", 2.0, "down"))
        answer = await stage.http.get("/api/health", headers={"authorization": ""})
        assert (answer.status_code, answer.json()["database"]) == (503, "down")
        assert int(answer.headers["retry-after"]) >= 1


async def test_refreshing_providers_asks_the_prober():
    class Prober(Actor):
        async def handle(self, message: Any) -> Any:
            return (evolve(PROVIDERS[0], version="2"),)

    async with serving(ChildSpec(id="prober", start=Prober, name=PROBER)) as stage:
        assert [p["id"] for p in (await stage.http.get("/api/providers")).json()] == ["practice", "goose"]
        assert (await stage.http.post("/api/providers/refresh")).json()[0]["version"] == "2"


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (WorkspaceError("not_a_repository", "x"), 422, "not_a_repository"),
        (WorkspaceError("not_pending", "x"), 409, "not_pending"),
        (WorkspaceError("turn_running", "x"), 409, "turn_running"),
        (WorkspaceError("not_found", "x"), 404, "not_found"),
        (PermissionGone("p", None), 404, "permission_not_found"),
        (PermissionGone("p", "selected:a"), 409, "permission_gone"),
        (UnknownOption("x"), 422, "unknown_option"),
        (ZeroDivisionError(), 500, "internal_error"),
    ],
)
def test_refusals_have_their_codes(error, status, code):
    problem = api_error(error).problem
    assert (problem.status, problem.code) == (status, code)


async def test_a_half_sent_request_and_garbage_do_no_harm():
    async with serving() as stage:
        for data in (
            b"GARBAGE\r\n\r\n",
            b"GET / HTTP/1.1\r\n",
            b"\0" * 100_000,
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        ):
            stream = await trio.open_tcp_stream("127.0.0.1", stage.port)
            with trio.move_on_after(0.2):
                await stream.send_all(data)
                await stream.receive_some(1000)
            await stream.aclose()
        assert (await stage.http.get("/api/health")).status_code == 200
        assert stage.system.whereis("edge").incarnation == 1


async def test_an_upgrade_to_http_2_is_ignored():
    async with serving() as stage:
        upgrade = {"connection": "upgrade, http2-settings", "upgrade": "h2c", "http2-settings": "AAMAAABk"}
        assert (await stage.http.get("/api/health", headers=upgrade)).status_code == 200
