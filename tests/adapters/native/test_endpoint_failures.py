"""Everything that can go wrong between BooCode and a model: named, in words, after the pieces that had come."""

import json

import pytest
import trio

from boocode.adapters.native import answer as module
from boocode.domain.native.failures import FailureKind
from boocode.ports.model_endpoint import Finished, ModelFailed, TextPiece, UsageTold
from tests.adapters.native.asking import PATIENT_S, events, hear, http, opened, request, saying, whole_request
from tests.kit.model_endpoint import serve_model
from tests.kit.model_endpoint.failures import REFUSALS

SHORT_S = 0.4


def chunk(text: str, finish: str | None = None, **more: object) -> str:
    choice = {"index": 0, "delta": {"content": text}, "finish_reason": finish}
    return json.dumps({"choices": [choice], **more})


@pytest.mark.parametrize("kind", sorted(REFUSALS))
async def test_a_refusal_is_told_by_its_kind_in_both_ways_of_asking(kind: FailureKind):
    async with serve_model() as model, opened(model.url) as endpoint:
        heard = await hear(endpoint, request(f"fail {kind}"))
        assert heard.failure is not None
        assert (heard.failure.kind, heard.pieces) == (kind, [])
        assert str(REFUSALS[kind].status) in heard.failure.message
        with pytest.raises(ModelFailed) as failed:
            await endpoint.whole(request(f"fail {kind}"), PATIENT_S)
        assert failed.value.failure == heard.failure
    assert len(model.requests) == 2, "nothing is asked again by itself"


@pytest.mark.parametrize("kind", sorted(REFUSALS))
async def test_an_error_in_the_middle_is_told_after_what_had_come(kind: FailureKind):
    async with serve_model() as model, opened(model.url) as endpoint:
        heard = await hear(endpoint, request(f"break {kind}"))
    assert heard.failure is not None
    assert (heard.failure.kind, heard.text) == (kind, "started ")
    assert len(model.requests) == 1


async def test_a_connection_that_is_cut_is_told_after_what_had_come():
    async with serve_model() as model, opened(model.url) as endpoint:
        heard = await hear(endpoint, request("drop"))
    assert heard.failure is not None
    assert (heard.failure.kind, heard.text) == ("connection", "started ")
    assert len(model.requests) == 1


@pytest.mark.parametrize(("text", "begun"), [("hang", ""), ("stall", "started ")])
async def test_silence_is_a_stall(text: str, begun: str):
    async with serve_model() as model, opened(model.url, stall_s=SHORT_S) as endpoint:
        heard = await hear(endpoint, request(text))
        assert heard.failure is not None
        assert (heard.failure.kind, heard.text) == ("stall", begun)
        with trio.fail_after(PATIENT_S):
            while not model.requests[0].client_gone:
                await trio.lowlevel.checkpoint()
    assert len(model.requests) == 1


async def test_a_slow_answer_is_no_stall_as_long_as_something_comes():
    async with serve_model() as model, opened(model.url, stall_s=1.0) as endpoint:
        heard = await hear(endpoint, request("count 15 every 100 ms"))
    assert heard.failure is None


async def test_comments_of_a_server_that_keeps_the_line_open_are_no_answer():
    async def pinging(stream: trio.SocketStream) -> None:
        async with stream:
            await stream.receive_some()
            await stream.send_all(http(b""))
            while True:
                await stream.send_all(b": ping\n\n")
                await trio.sleep(SHORT_S / 8)

    async with trio.open_nursery() as nursery:
        listeners = await trio.open_tcp_listeners(0, host="127.0.0.1")
        nursery.start_soon(trio.serve_listeners, pinging, listeners)
        async with opened(
            f"http://127.0.0.1:{listeners[0].socket.getsockname()[1]}", stall_s=SHORT_S
        ) as endpoint:
            heard = await hear(endpoint, request("x"))
        nursery.cancel_scope.cancel()
    assert heard.failure is not None
    assert heard.failure.kind == "stall"


async def test_an_answer_that_is_not_streamed_has_its_own_time():
    async with serve_model() as model, opened(model.url) as endpoint:
        with pytest.raises(ModelFailed) as failed:
            await endpoint.whole(request("hang"), SHORT_S)
    assert failed.value.failure.kind == "stall"


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1", "http://there-is-no-such-host.invalid", "ftp://x", "nonsense", "http://["]
)
async def test_an_address_that_leads_nowhere_is_a_failure_of_the_connection(url: str):
    async with opened(url) as endpoint:
        heard = await hear(endpoint, request("x"))
    assert heard.failure is not None
    assert heard.failure.kind == "connection"
    assert "base_url in [model]" in heard.failure.message


@pytest.mark.parametrize(
    ("answer", "kind", "said"),
    [
        (b"", "connection", "lost"),
        (b"SSH-2.0-OpenSSH\r\n", "connection", "lost"),
        (http(b"<html>welcome", "text/html"), "server", "a web page"),
        (http(b""), "server", "answered with nothing"),
        (http(b"", "text/plain"), "server", "answered with nothing"),
        (http(events("{not json")), "server", "no JSON"),
        (
            http(events('{"choices":[{"delta":{"content":' + "[" * 500 + "]" * 500 + "}}]}")),
            "server",
            "too deep",
        ),
        (http(events('{"error": {"message": "no such thing", "code": 404}}')), "refused", "no such thing"),
        (
            http(b'error: {"code": 500, "message": "CUDA error", "type": "server_error"}\n\n'),
            "server",
            "CUDA error",
        ),
        (
            http(
                b'{"object":"error","message":"The model `x` does not exist.","code":404}', "application/json"
            ),
            "model_not_loaded",
            "does not exist",
        ),
        (http(b"", status="302 Found"), "refused", "answered 302"),
        (
            http(b'{"error"', "application/json", "500 Internal Server Error", length=100),
            "connection",
            "lost",
        ),
        (http(b'{"choi', "application/json", length=100), "connection", "lost"),
    ],
)
async def test_what_is_no_answer_is_refused_in_words(answer: bytes, kind: FailureKind, said: str):
    async with saying(answer) as url, opened(url) as endpoint:
        heard = await hear(endpoint, request("x", "qwen"))
    assert heard.failure is not None
    assert (heard.failure.kind, said in heard.failure.message, heard.pieces) == (kind, True, []), (
        heard.failure
    )


async def test_an_end_without_a_finish_is_a_cut_and_one_with_done_is_none():
    async with saying(http(events(chunk("half a sen")))) as url, opened(url) as endpoint:
        heard = await hear(endpoint, request("x"))
    assert heard.text == "half a sen"
    assert heard.failure is not None
    assert heard.failure.kind == "connection"
    async with saying(http(events(chunk("whole"), "[DONE]"))) as url, opened(url) as endpoint:
        heard = await hear(endpoint, request("x"))
    assert (heard.failure, heard.text, heard.end[1]) == (None, "whole", "stop")


async def test_what_breaks_after_the_end_of_an_answer_takes_nothing_from_it():
    broken = http(events(chunk("whole", "stop")), length=10_000)
    async with saying(broken) as url, opened(url) as endpoint:
        heard = await hear(endpoint, request("x"))
    assert (heard.failure, heard.text, heard.end[1]) == (None, "whole", "stop")


async def test_a_server_that_does_not_hang_up_after_the_end_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(module, "AFTERMATH_S", 0.2)

    async def lingering(stream: trio.SocketStream) -> None:
        async with stream:
            await stream.receive_some()
            await stream.send_all(http(events(chunk("whole", "stop"))))
            await trio.sleep_forever()

    async with trio.open_nursery() as nursery:
        listeners = await trio.open_tcp_listeners(0, host="127.0.0.1")
        nursery.start_soon(trio.serve_listeners, lingering, listeners)
        async with opened(f"http://127.0.0.1:{listeners[0].socket.getsockname()[1]}") as endpoint:
            with trio.fail_after(PATIENT_S / 2):
                heard = await hear(endpoint, request("x"))
        nursery.cancel_scope.cancel()
    assert (heard.failure, heard.text) == (None, "whole")


async def test_an_answer_in_one_piece_is_taken_though_a_stream_was_asked_for():
    whole = {
        "choices": [{"message": {"content": "all of it"}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 3, "completion_tokens": 4},
    }
    body = json.dumps(whole).encode()
    async with saying(http(body, "application/json", length=len(body))) as url, opened(url) as endpoint:
        heard = await hear(endpoint, request("x"))
    assert heard.pieces == [TextPiece("all of it"), UsageTold(3, 4), Finished("stop")]


@pytest.mark.parametrize("status", ["200 OK", "500 Internal Server Error"])
async def test_an_answer_in_one_piece_of_no_end_is_broken_off(status: str):
    """Also one that refuses, and one where a stream was asked for."""
    endless = http(b" " * (33 << 20), "application/json", status)
    async with saying(endless) as url, opened(url) as endpoint:
        with pytest.raises(ModelFailed) as failed:
            await endpoint.whole(request("x"), PATIENT_S)
        heard = await hear(endpoint, request("x"))
    assert heard.failure is not None
    for failure in (failed.value.failure, heard.failure):
        assert (failure.kind, "larger than 32 MB" in failure.message) == ("connection", True)


async def test_a_piece_of_no_end_is_refused_instead_of_left_out():
    endless = http(events(chunk("a")) + b"data: " + b"x" * (33 << 20) + b"\n\n" + events(chunk("b", "stop")))
    async with saying(endless) as url, opened(url) as endpoint:
        heard = await hear(endpoint, request("x"))
    assert heard.text == "a"
    assert heard.failure is not None
    assert (heard.failure.kind, "32 MB" in heard.failure.message) == ("server", True)


async def test_one_connection_serves_one_answer_after_another():
    connections = 0
    answer = b"".join(
        f"{len(part):x}\r\n".encode() + part + b"\r\n" for part in (events(chunk("a", "stop"), "[DONE]"), b"")
    )
    head = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"

    async def serve(stream: trio.SocketStream) -> None:
        nonlocal connections
        connections += 1
        async with stream:
            while await whole_request(stream):
                await stream.send_all(head + answer)

    async with trio.open_nursery() as nursery:
        listeners = await trio.open_tcp_listeners(0, host="127.0.0.1")
        nursery.start_soon(trio.serve_listeners, serve, listeners)
        async with opened(f"http://127.0.0.1:{listeners[0].socket.getsockname()[1]}") as endpoint:
            for _ in range(3):
                assert (await hear(endpoint, request("x"))).text == "a"
        nursery.cancel_scope.cancel()
    assert connections == 1


async def test_usage_in_every_piece_is_told_once():
    told = [chunk("a", usage={"prompt_tokens": 1, "completion_tokens": n}) for n in range(3)]
    last = chunk("", "stop", usage={"prompt_tokens": 1, "completion_tokens": 3})
    async with saying(http(events(*told, last, "[DONE]"))) as url, opened(url) as endpoint:
        heard = await hear(endpoint, request("x"))
    assert heard.pieces[-2:] == [UsageTold(1, 3), Finished("stop")]
    assert sum(isinstance(piece, UsageTold) for piece in heard.pieces) == 1


async def test_a_wrong_key_is_a_failure_of_auth_and_the_key_is_never_told():
    key = "sk-very-secret"
    echo = json.dumps({"error": {"message": f"Incorrect API key provided: {key}"}}).encode()
    async with serve_model() as model:
        model.key = "another"
        async with opened(model.url, key) as endpoint:
            heard = await hear(endpoint, request("say a"))
    assert heard.failure is not None
    assert heard.failure.kind == "auth"
    for answer in (
        http(echo, "application/json", "401 Unauthorized", length=len(echo)),
        http(events(echo.decode())),
    ):
        async with saying(answer) as url, opened(url, key) as endpoint:
            heard = await hear(endpoint, request("x"))
            with pytest.raises(ModelFailed) as failed:
                await endpoint.models()
        assert heard.failure is not None
        assert "Incorrect API key" in heard.failure.message
        assert key not in heard.failure.message + str(failed.value)


async def test_a_request_that_is_too_long_for_the_window_is_told_so():
    async with serve_model() as model, opened(model.url) as endpoint:
        model.window = 1_000
        assert (await hear(endpoint, request("say a"))).failure is None
        heard = await hear(endpoint, request("say " + "long " * 2_000))
    assert heard.failure is not None
    assert heard.failure.kind == "context_too_long"


async def test_after_every_failure_the_endpoint_can_be_asked_again():
    async with serve_model() as model, opened(model.url, stall_s=SHORT_S) as endpoint:
        for text in ("fail server", "drop", "stall", "break refused", "hang"):
            assert (await hear(endpoint, request(text))).failure is not None
            assert (await hear(endpoint, request("say again"))).failure is None
