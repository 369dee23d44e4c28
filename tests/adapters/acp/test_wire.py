"""JSON-RPC lines in and out: typed, in order, and unmoved by what does not fit."""

import itertools
import json

import pytest
from acp import schema
from hypothesis import given
from hypothesis import strategies as st

from boocode.adapters.acp.wire import JsonRpcWire
from boocode.domain.acp.handshake import initialize_params
from boocode.domain.acp.incoming import (
    Answer,
    AskedOfTerminal,
    AskedPermission,
    AskedToRead,
    AskedToRun,
    AskedToWrite,
    AskedUnknown,
    Garbage,
    Incoming,
    Mapped,
    Updates,
)
from boocode.domain.events import Text
from boocode.ports.agent_wire import BrokenWire


def line(**message: object) -> bytes:
    return json.dumps({"jsonrpc": "2.0", **message}).encode() + b"\n"


def chunk(text: str, session: str = "s1") -> bytes:
    update = {"sessionUpdate": "agent_message_chunk", "content": {"type": "text", "text": text}}
    return line(method="session/update", params={"sessionId": session, "update": update})


def decoded(data: bytes) -> list[Incoming]:
    return JsonRpcWire().feed(data)


def test_consecutive_updates_of_one_session_come_together_and_sessions_apart() -> None:
    data = chunk("a") + chunk("b") + chunk("c", "s2") + chunk("d")
    assert decoded(data) == [
        Updates("s1", (Text("ab"),)),
        Updates("s2", (Text("c"),)),
        Updates("s1", (Text("d"),)),
    ]


def test_an_answer_stays_after_the_updates_that_came_before_it() -> None:
    items = decoded(chunk("a") + line(id=3, result={"stopReason": "end_turn"}) + chunk("late"))
    assert [type(item) for item in items] == [Updates, Answer, Updates]
    assert isinstance(items[1], Answer)
    assert json.loads(bytes(items[1].result)) == {"stopReason": "end_turn"}


def test_an_error_answer_is_read_however_odd() -> None:
    (item,) = decoded(line(id="x", error={"code": "odd", "message": None, "data": 3}))
    assert isinstance(item, Answer)
    assert item.error is not None
    assert (item.id, item.error.code) == ("x", 0)


def test_requests_of_the_agent_are_typed() -> None:
    tool = {"toolCallId": "t", "title": "x"}
    items = decoded(
        line(
            id=1,
            method="session/request_permission",
            params={"sessionId": "s", "toolCall": tool, "options": []},
        )
        + line(
            id=2,
            method="fs/read_text_file",
            params={"sessionId": "s", "path": "/a", "line": 3, "limit": None},
        )
        + line(id=3, method="fs/write_text_file", params={"sessionId": "s", "path": "/a", "content": "x"})
        + line(id=4, method="terminal/create", params={})
        + line(id=5, method="fs/read_text_file", params={"path": 7})
        + line(
            id=6, method="terminal/create", params={"sessionId": "s", "command": "ls", "outputByteLimit": 9}
        )
        + line(id=7, method="terminal/wait_for_exit", params={"sessionId": "s", "terminalId": "t"})
    )
    kinds = [
        AskedPermission,
        AskedToRead,
        AskedToWrite,
        AskedUnknown,
        AskedUnknown,
        AskedToRun,
        AskedOfTerminal,
    ]
    assert [type(item) for item in items] == kinds
    assert isinstance(items[4], AskedUnknown)
    assert items[4].problem is not None


@pytest.mark.parametrize(
    "data",
    [
        b"Welcome to agent 1.0\n",
        b"{not json\n",
        b"[1, 2]\n",
        b'"text"\n',
        b'{"jsonrpc":"2.0"}\n',
        b'{"jsonrpc":"2.0","id":null,"result":1}\n',
        b"\xff\xfe\x00\n",
        b'{"a":' * 5_000 + b"\n",
        b'{"jsonrpc":"2.0","method":"session/update","params":7}\n',
    ],
)
def test_a_line_that_is_no_message_is_garbage_and_the_next_one_is_read(data: bytes) -> None:
    items = decoded(data + chunk("after"))
    assert [type(item) for item in items] == [Garbage, Updates]
    assert isinstance(items[0], Garbage)
    assert len(items[0].sample) <= 200


@pytest.mark.parametrize(
    "data", [b"\n", b"  \r\n", line(method="session/other", params={}), line(method="x")]
)
def test_blank_lines_and_unknown_notifications_say_nothing(data: bytes) -> None:
    assert decoded(data) == []


def test_windows_line_ends_are_fine() -> None:
    assert decoded(chunk("a").replace(b"\n", b"\r\n")) == [Updates("s1", (Text("a"),))]


def test_the_last_line_may_lack_its_newline() -> None:
    wire = JsonRpcWire()
    assert wire.feed(chunk("a")[:-1]) == []
    assert wire.finish() == [Updates("s1", (Text("a"),))]
    assert wire.finish() == []


def test_an_endless_line_breaks_the_wire_with_words() -> None:
    wire = JsonRpcWire(max_line_bytes=1_048_576)
    with pytest.raises(BrokenWire, match="more than 1 MiB"):
        wire.feed(b"x" * 1_048_577)


def test_what_we_send_is_valid_acp() -> None:
    wire = JsonRpcWire()
    sent = json.loads(wire.request(1, "initialize", initialize_params("1.0")))
    schema.InitializeRequest.model_validate(sent["params"])
    assert (sent["jsonrpc"], sent["id"], sent["method"]) == ("2.0", 1, "initialize")
    assert json.loads(wire.result("a", None)) == {"jsonrpc": "2.0", "id": "a", "result": None}
    assert json.loads(wire.refusal(1, -32601, "no"))["error"] == {"code": -32601, "message": "no"}
    assert "id" not in json.loads(wire.notification("session/cancel", {"sessionId": "s"}))
    assert wire.result(1, "line\nbreak").count(b"\n") == 1


STREAM = (
    chunk("Hello ")
    + chunk("wörld <dcp-")
    + b"noise\n"
    + line(id=1, result={})
    + chunk("x", "s2")
    + line(id=9, method="fs/read_text_file", params={"sessionId": "s1", "path": "/a"})
    + chunk("end")
)


def joined(items: tuple[Mapped, ...]) -> tuple[Mapped, ...]:
    """Pieces of text that follow each other as one; a read may have cut them apart."""
    out: list[Mapped] = []
    for item in items:
        if isinstance(item, Text) and out and isinstance(out[-1], Text):
            out[-1] = Text(out[-1].text + item.text)
        else:
            out.append(item)
    return tuple(out)


def flat(items: list[Incoming]) -> list[object]:
    """Without the borders between reads: runs of one session's updates joined."""
    out: list[object] = []
    for item in items:
        last = out[-1] if out else None
        if isinstance(item, Updates) and isinstance(last, Updates) and last.session_id == item.session_id:
            out[-1] = Updates(item.session_id, joined(last.items + item.items))
        elif isinstance(item, Answer):
            out.append((item.id, bytes(item.result), item.error))
        else:
            out.append(item)
    return out


@given(st.lists(st.integers(0, len(STREAM)), max_size=12))
def test_any_cut_of_the_bytes_gives_the_same_messages(cuts: list[int]) -> None:
    wire = JsonRpcWire()
    edges = [0, *sorted(cuts), len(STREAM)]
    items: list[Incoming] = []
    for a, b in itertools.pairwise(edges):
        items += wire.feed(STREAM[a:b])
    assert flat(items) == flat(decoded(STREAM))
