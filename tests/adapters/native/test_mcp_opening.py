"""Opening connections to what is no MCP server: each ends in words, soon, and in one plain exception."""

import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
import trio

from boocode.adapters.native.mcp_dialer import SdkDialer
from boocode.adapters.processes.owner import LocalProcesses
from boocode.domain.native.mcp_config import Http, McpEntry, Stdio
from boocode.ports.mcp import McpFailed

PATIENCE_S = 60.0
JSON = "application/json"
HELLO = (
    b'{"jsonrpc":"2.0","id":1,"result":{"protocolVersion":"2025-11-25","capabilities":{"tools":{}},'
    b'"serverInfo":{"name":"x","version":"1"}}}'
)


ANSWERS: dict[str, tuple[int, dict[str, str], bytes]] = {
    "/404": (404, {}, b"nope"),
    "/500": (500, {}, b""),
    "/html": (200, {"content-type": "text/html"}, b"<html>"),
    "/elsewhere": (302, {"location": "http://other.test/x?key=k-4711"}, b""),
    "/accepted": (202, {}, b""),
    "/nonsense": (200, {"content-type": JSON}, b"[1]"),
    "/cut": (200, {"content-type": JSON, "content-length": "100"}, b"{"),
    "/endless": (200, {"content-type": JSON}, b"x" * 17_000_000),
}


class Answers(BaseHTTPRequestHandler):
    """Answers every message as ANSWERS says of its path."""

    def do_POST(self) -> None:
        said = self.rfile.read(int(self.headers["content-length"]))
        path = self.path.partition("?")[0]
        status, headers, body = ANSWERS.get(path, (200, {"content-type": JSON}, HELLO))
        if path == "/forgetful":
            headers = {**headers, "mcp-session-id": "one"}
        if b'"initialize"' not in said:
            status, headers, body = {"/greeting": (500, {}, b""), "/forgetful": (404, {}, b"")}.get(
                path, (status, headers, body)
            )
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def dialer(tmp_path: Path) -> SdkDialer:
    environ = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path)}
    return SdkDialer(LocalProcesses(), environ, str(tmp_path), term_grace_s=0.2)


async def refused(dialer: SdkDialer, entry: McpEntry) -> str:
    with trio.fail_after(PATIENCE_S), pytest.raises(McpFailed) as caught:
        async with dialer.open(entry, lambda: None):
            pass
    assert caught.value.__cause__ is None
    return str(caught.value)


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("404", "HTTP 404 Not Found"),
        ("500", "HTTP 500 Internal Server Error"),
        ("html", "Unexpected content type: text/html"),
        ("elsewhere", "Redirect to http://other.test/x not followed"),
        ("accepted", "202 Accepted"),
        ("nonsense", "Failed to parse"),
        ("cut", "its connection broke (RemoteProtocolError)"),
        ("endless", "more than 16777216 bytes"),
    ],
)
@pytest.mark.filterwarnings("ignore:Async generator:ResourceWarning")
async def test_what_is_no_server_is_named(dialer: SdkDialer, port: int, path: str, words: str):
    told = await refused(dialer, McpEntry("x", Http(f"http://127.0.0.1:{port}/{path}?key=k-4711")))
    assert words in told
    assert "k-4711" not in told


async def test_a_server_that_refuses_later_fails_that_call_alone(dialer: SdkDialer, port: int):
    entry = McpEntry("x", Http(f"http://127.0.0.1:{port}/greeting"))
    with trio.fail_after(PATIENCE_S):
        async with dialer.open(entry, lambda: None) as link:
            for _ in range(2):
                with pytest.raises(McpFailed, match=r"refused: Server returned .* \(HTTP 500") as caught:
                    await link.call("t", {}, print, 30)
                assert caught.value.kind == "refused"


async def test_a_server_that_has_forgotten_us_is_left(dialer: SdkDialer, port: int):
    entry = McpEntry("x", Http(f"http://127.0.0.1:{port}/forgetful"))
    with trio.fail_after(PATIENCE_S):
        async with dialer.open(entry, lambda: None) as link:
            with pytest.raises(McpFailed, match="does not know our session any more") as caught:
                await link.call("t", {}, print, 30)
            assert caught.value.kind == "lost"
            assert await link.wait_ended() == "it does not know our session any more"


async def test_nobody_listening_is_named_without_the_address(dialer: SdkDialer):
    told = await refused(dialer, McpEntry("x", Http("http://127.0.0.1:1/mcp?key=k-4711")))
    assert told == "it could not be reached (ConnectError)"


async def test_a_program_that_is_not_there_is_named(dialer: SdkDialer):
    told = await refused(dialer, McpEntry("x", Stdio(("no-such-program-4711",))))
    assert "no-such-program-4711" in told


async def test_a_program_that_speaks_no_mcp_tells_its_last_words(dialer: SdkDialer):
    told = await refused(dialer, McpEntry("x", Stdio(("sh", "-c", "echo hello; echo what >&2; exit 4"))))
    assert told == "it exited with code 4; its last words: what"


async def test_a_place_that_is_not_there_is_named(dialer: SdkDialer, tmp_path: Path):
    told = await refused(dialer, McpEntry("x", Stdio(("sh",), cwd="nowhere")))
    assert str(tmp_path / "nowhere") in told


@pytest.mark.parametrize(("cwd", "place"), [(None, ""), ("~", ""), ("~/a", "a"), ("a", "a"), ("/x", "/x")])
def test_a_server_runs_where_its_entry_says(dialer: SdkDialer, tmp_path: Path, cwd: str | None, place: str):
    way = Stdio(("sh",), cwd=cwd)
    assert Path(dialer.launch(McpEntry("x", way), way).cwd) == tmp_path / place


async def test_leaving_early_leaves_nothing(dialer: SdkDialer):
    entry = McpEntry("x", Stdio(("sleep", "600")))
    with trio.move_on_after(0.3):
        async with dialer.open(entry, lambda: None):
            raise AssertionError("it cannot have shaken hands")
    assert dialer.owner.owned() == ()


def test_the_sdk_is_not_imported_before_a_server_is_opened():
    code = "import sys, boocode.compose; print([n for n in ('mcp', 'mcp_types', 'pydantic') if n in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout == "[]\n"
