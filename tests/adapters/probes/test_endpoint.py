"""The models of an endpoint: a good one, and everything else that may listen at an address."""

from contextlib import suppress

import pytest
import trio

from boocode.adapters.probes import endpoint
from boocode.adapters.probes.endpoint import model_names, models_url
from boocode.ports.probing import ProbeFailed
from tests.kit.model_endpoint import serve_model


@pytest.mark.parametrize("url", ["http://h:1", "http://h:1/", "http://h:1/v1", "http://h:1/v1/"])
def test_the_base_url_may_hold_its_version_or_not(url: str):
    assert models_url(url) == "http://h:1/v1/models"


async def test_a_real_endpoint_names_its_models_in_its_order():
    async with serve_model() as model:
        for url in (model.url, f"{model.url}/v1"):
            names = await model_names(url, "a key")
            assert names[0] == "scripted-1"
            assert len(set(names)) == len(names)


async def refused(answer: bytes | None, *, base: str | None = None) -> str:
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
        with pytest.raises(ProbeFailed) as failed:
            await model_names(base or f"http://127.0.0.1:{port}")
        nursery.cancel_scope.cancel()
    return str(failed.value)


def http(body: bytes, status: str = "200 OK") -> bytes:
    return f"HTTP/1.1 {status}\r\ncontent-length: {len(body)}\r\n\r\n".encode() + body


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (http(b"<html>"), "did not answer with JSON"),
        (http(b"[" * 50_000), "did not answer with JSON"),
        (http(b"[]"), "list of models"),
        (http(b'{"data": {}}'), "list of models"),
        (http(b"no", "401 Unauthorized"), "answered 401"),
        (http(b"", "302 Found"), "answered 302"),
        (http(b"x" * 2_100_000), "more than 2000000 bytes"),
        (b"SSH-2.0-OpenSSH\r\n", "could not be asked"),
        (b"", "could not be asked"),
    ],
)
async def test_what_is_no_endpoint_is_refused_in_words(answer: bytes, said: str):
    assert said in await refused(answer)


async def test_a_silent_endpoint_is_waited_for_only_so_long(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(endpoint, "ENDPOINT_S", 0.5)
    assert "did not answer within 0.5 s" in await refused(None)


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "no url", "ftp://x", "http://[", ""])
async def test_an_address_that_leads_nowhere_is_refused_in_words(url: str):
    assert "could not be asked" in await refused(b"", base=url or " ")


async def test_odd_entries_of_a_list_are_skipped():
    body = b'{"data": [{"id": "a"}, {"id": 7}, 3, {}, {"id": ""}, {"id": "a"}, {"id": "b"}]}'

    async def serve(stream: trio.SocketStream) -> None:
        await stream.receive_some()
        await stream.send_all(http(body))

    async with trio.open_nursery() as nursery:
        listeners = await trio.open_tcp_listeners(0, host="127.0.0.1")
        nursery.start_soon(trio.serve_listeners, serve, listeners)
        assert await model_names(f"http://127.0.0.1:{listeners[0].socket.getsockname()[1]}") == ("a", "b")
        nursery.cancel_scope.cancel()
