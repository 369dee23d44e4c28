"""The models of an endpoint: a good one, and everything else that may listen at an address."""

from contextlib import suppress

import pytest
import trio

from boocode.adapters.native import served as module
from boocode.adapters.native.served import api_root, served
from boocode.domain.native.failures import Failure
from boocode.ports.model_endpoint import ModelFailed
from tests.kit.model_endpoint import serve_model


@pytest.mark.parametrize("url", ["http://h:1", "http://h:1/", "http://h:1/v1", "http://h:1/v1/"])
def test_the_base_url_may_hold_its_version_or_not(url: str):
    assert api_root(url) == "http://h:1/v1"


async def test_a_real_endpoint_names_its_models_in_its_order():
    async with serve_model() as model:
        for url in (model.url, f"{model.url}/v1"):
            models = await served(url, "a key")
            assert [each.id for each in models] == ["scripted-1", "scripted-2"]
    assert model.requests[0].headers["authorization"] == "Bearer a key"


async def refused(answer: bytes | None, *, base: str | None = None) -> Failure:
    """What is said of a server that answers so; None: it takes the connection and says nothing."""

    async def serve(stream: trio.SocketStream) -> None:
        await stream.receive_some()
        if answer is None:
            await trio.sleep_forever()
        with suppress(trio.BrokenResourceError):  # the client has heard enough
            await stream.send_all(answer)

    async with trio.open_nursery() as nursery:
        listeners = await trio.open_tcp_listeners(0, host="127.0.0.1")
        nursery.start_soon(trio.serve_listeners, serve, listeners)
        port = listeners[0].socket.getsockname()[1]
        with pytest.raises(ModelFailed) as failed:
            await served(base or f"http://127.0.0.1:{port}")
        nursery.cancel_scope.cancel()
    return failed.value.failure


def http(body: bytes, status: str = "200 OK") -> bytes:
    return f"HTTP/1.1 {status}\r\ncontent-length: {len(body)}\r\n\r\n".encode() + body


@pytest.mark.parametrize(
    ("answer", "kind", "said"),
    [
        (http(b"<html>"), "server", "did not answer with JSON"),
        (http(b"[" * 50_000), "server", "did not answer with JSON"),
        (http(b"[]"), "server", "list of models"),
        (http(b'{"data": {}}'), "server", "list of models"),
        (http(b"no", "401 Unauthorized"), "auth", "answered 401"),
        (http(b"", "302 Found"), "refused", "answered 302"),
        (http(b"x" * 2_100_000), "server", "more than 2000000 bytes"),
        (b"SSH-2.0-OpenSSH\r\n", "connection", "lost"),
        (b"", "connection", "lost"),
    ],
)
async def test_what_is_no_endpoint_is_refused_in_words(answer: bytes, kind: str, said: str):
    failure = await refused(answer)
    assert (failure.kind, said in failure.message) == (kind, True), failure


async def test_a_silent_endpoint_is_waited_for_only_so_long(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "ENDPOINT_S", 0.5)
    assert "no answer within 0.5 s" in (await refused(None)).message


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "no url", "ftp://x", "http://[", ""])
async def test_an_address_that_leads_nowhere_is_refused_in_words(url: str):
    failure = await refused(b"", base=url or " ")
    assert (failure.kind, "could not be reached" in failure.message) == ("connection", True)


async def test_odd_entries_of_a_list_are_skipped():
    body = b'{"data": [{"id": "a"}, {"id": 7}, 3, {}, {"id": ""}, {"id": "a"}, {"id": "b"}]}'

    async def serve(stream: trio.SocketStream) -> None:
        await stream.receive_some()
        await stream.send_all(http(body))

    async with trio.open_nursery() as nursery:
        listeners = await trio.open_tcp_listeners(0, host="127.0.0.1")
        nursery.start_soon(trio.serve_listeners, serve, listeners)
        found = await served(f"http://127.0.0.1:{listeners[0].socket.getsockname()[1]}")
        assert [each.id for each in found] == ["a", "b"]
        nursery.cancel_scope.cancel()
