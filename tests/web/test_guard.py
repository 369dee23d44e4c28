"""Who may ask: Host, Origin and token."""

import pytest

from tests.web.edges import TOKEN, serving
from web.guard import Asked, cookie_name, host_name, judge

ALLOWED = frozenset({"box.example"})


def asked(**changes: object) -> Asked:
    cookies = changes.pop("cookies", {})
    fields = {
        "path": "/api/inbox",
        "host": "127.0.0.1:9502",
        "origin": None,
        "authorization": f"Bearer {TOKEN}",
        "cookie": cookies.get,
    }
    return Asked(**{**fields, **changes})


def code(question: Asked) -> str | None:
    refusal = judge(question, TOKEN, ALLOWED)
    return None if refusal is None else refusal.code


@pytest.mark.parametrize(
    "host", ["127.0.0.1:9502", "localhost", "LOCALHOST:1", "[::1]:9502", "box.example:9502", "localhost."]
)
def test_own_names_are_answered(host):
    assert code(asked(host=host)) is None


@pytest.mark.parametrize(
    "host",
    [
        "",
        "evil.example",
        "127.0.0.1.evil.example",
        "localhost@evil.example",
        "localhost:x",
        "localhost/evil",
        "10.0.0.1",
    ],
)
def test_other_names_are_refused_even_with_the_token_and_for_health(host):
    assert code(asked(host=host)) == "wrong_host"
    assert code(asked(host=host, path="/api/health")) == "wrong_host"


@pytest.mark.parametrize(
    ("origin", "expected"),
    [
        ("http://127.0.0.1:9502", None),
        ("https://127.0.0.1:9502", None),
        ("http://127.0.0.1:9503", "wrong_origin"),
        ("http://localhost:9502", "wrong_origin"),
        ("http://evil.example", "wrong_origin"),
        ("null", "wrong_origin"),
        ("", "wrong_origin"),
    ],
)
def test_only_the_own_origin_may_ask(origin, expected):
    assert code(asked(origin=origin)) == expected


@pytest.mark.parametrize(
    "authorization",
    [None, "", "Bearer", "Bearer ", f"Bearer {TOKEN}x", TOKEN, f"Basic {TOKEN}", "Bearer ünïcode"],
)
def test_without_the_token_nothing_but_health_is_answered(authorization):
    assert code(asked(authorization=authorization)) == "token_needed"
    assert code(asked(authorization=authorization, path="/api/health")) is None


def test_the_cookie_of_this_port_is_as_good_as_the_header():
    cookies = {cookie_name("127.0.0.1:9502"): TOKEN}
    assert code(asked(authorization=None, cookies=cookies)) is None
    assert code(asked(authorization=None, cookies=cookies, host="127.0.0.1:9503")) == "token_needed"
    assert code(asked(authorization=None, cookies=cookies, fetch_site="cross-site")) == "token_needed"
    assert code(asked(authorization=None, cookies=cookies, fetch_site="same-origin")) is None


def test_an_edge_that_listens_everywhere_answers_to_any_address_and_to_no_name():
    assert judge(asked(host="10.0.0.1:9502"), TOKEN, ALLOWED, any_address=True) is None
    refusal = judge(asked(host="evil.example"), TOKEN, ALLOWED, any_address=True)
    assert refusal is not None
    assert refusal.code == "wrong_host"


def test_host_names():
    assert host_name("[::1]:80") == "::1"
    assert host_name("Example.ORG:80") == "example.org"
    assert host_name("a b") in ("", "a b")


async def test_the_printed_address_signs_in_and_the_page_needs_it():
    async with serving() as stage:
        http = stage.http
        del http.headers["authorization"]
        note = await http.get("/")
        assert (note.status_code, "boocode serve" in note.text) == (401, True)
        wrong = await http.get("/?token=wrong")
        assert (wrong.status_code, "not the right one" in wrong.text, "set-cookie" in wrong.headers) == (
            401,
            True,
            False,
        )
        assert (await http.get("/page/app.js")).status_code == 401
        signed_in = await http.get(f"/?token={TOKEN}&chat=c1")
        assert (signed_in.status_code, signed_in.headers["location"]) == (303, "/?chat=c1")
        cookie = signed_in.headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=Strict" in cookie
        assert (await http.get("/")).status_code == 200
        assert (await http.get("/api/providers")).status_code == 200
        refused = await http.get("/api/providers", headers={"sec-fetch-site": "cross-site"})
        assert refused.status_code == 401


async def test_every_answer_carries_the_security_headers():
    async with serving() as stage:
        for path in ("/", "/api/health", "/api/nothing", "/page/nothing"):
            headers = (await stage.http.get(path)).headers
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["referrer-policy"] == "no-referrer"
            assert headers["content-security-policy"].startswith("default-src 'none'")
        for refused in ({"host": "evil.example"}, {"origin": "http://evil.example"}):
            answer = await stage.http.get("/api/health", headers=refused)
            assert answer.status_code == 403
            assert answer.headers["content-type"] == "application/problem+json"
            assert "access-control-allow-origin" not in answer.headers
