"""A bare ACP client for tests of agents: lines over the pipes of one process, everything kept.

It knows nothing of BooCode's own client, which other tests hold against the same agents.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

import trio
from attrs import Factory, define

TIMEOUT_S = 30.0
Message = dict[str, Any]


@define(eq=False)
class AcpPipe:
    """One agent. `lines` is all that went through, ("in" | "out", message), in order.

    Permission questions are answered with the first option whose kind is `choose`; with "" they are left
    open; with "cancelled" they get that outcome. Other requests of the agent's are refused as unknown.
    Every wait raises trio.TooSlowError after TIMEOUT_S.
    """

    process: trio.Process
    lines: list[tuple[str, Message]] = Factory(list)
    not_json: list[bytes] = Factory(list)
    choose: str = "allow_once"
    ended: bool = False
    _next_id: int = 0
    _news: trio.Condition = Factory(trio.Condition)

    async def start(self, cwd: object) -> Message:
        """Handshake and a new session; the result of session/new."""
        client = {"name": "boocode", "version": "0.1.0"}
        capabilities = {"fs": {"readTextFile": False, "writeTextFile": False}, "terminal": False}
        await self.call(
            "initialize", {"protocolVersion": 1, "clientCapabilities": capabilities, "clientInfo": client}
        )
        answer = await self.call("session/new", {"cwd": str(cwd), "mcpServers": []})
        result: Message = answer["result"]
        return result

    async def prompt(self, session: str, text: str) -> Message:
        """The whole answer to a prompt: `{"result": …}` or `{"error": …}`."""
        return await self.answer_to(await self.begin(session, text))

    async def begin(self, session: str, text: str) -> int:
        """Send a prompt, and give the id of the request."""
        prompt = [{"type": "text", "text": text}]
        return await self.ask("session/prompt", {"sessionId": session, "prompt": prompt})

    async def cancel(self, session: str) -> None:
        await self.send({"method": "session/cancel", "params": {"sessionId": session}})

    async def call(self, method: str, params: Message) -> Message:
        return await self.answer_to(await self.ask(method, params))

    async def ask(self, method: str, params: Message) -> int:
        self._next_id += 1
        await self.send({"id": self._next_id, "method": method, "params": params})
        return self._next_id

    async def answer_to(self, request: int) -> Message:
        return await self.until(lambda m: m.get("id") == request and "method" not in m)

    async def until(self, wanted: Callable[[Message], bool], *, since: int = 0) -> Message:
        """The first message of the agent's, from that line on, that is wanted. Raises EOFError at its end."""
        with trio.fail_after(TIMEOUT_S):
            async with self._news:
                while True:
                    while since < len(self.lines):
                        way, message = self.lines[since]
                        since += 1
                        if way == "in" and wanted(message):
                            return message
                    if self.ended:
                        raise EOFError(f"the agent has ended with {self.process.returncode}")
                    await self._news.wait()

    async def until_update(self, kind: str, *, since: int = 0) -> Message:
        """The next session/update of a kind: its update."""
        message = await self.until(
            lambda m: m.get("method") == "session/update" and m["params"]["update"]["sessionUpdate"] == kind,
            since=since,
        )
        update: Message = message["params"]["update"]
        return update

    def updates(self, kind: str, *, since: int = 0) -> list[Message]:
        return [
            message["params"]["update"]
            for way, message in self.lines[since:]
            if way == "in"
            and message.get("method") == "session/update"
            and message["params"]["update"]["sessionUpdate"] == kind
        ]

    def text(self, *, since: int = 0, kind: str = "agent_message_chunk") -> str:
        """What the agent said, its chunks joined."""
        return "".join(update["content"]["text"] for update in self.updates(kind, since=since))

    async def send(self, message: Message) -> None:
        message = {"jsonrpc": "2.0", **message}
        self.lines.append(("out", message))
        assert self.process.stdin is not None
        await self.process.stdin.send_all(json.dumps(message).encode() + b"\n")

    async def close(self) -> int:
        """Close its standard input, wait for its end and read what it still said; the exit code."""
        assert self.process.stdin is not None
        await self.process.stdin.aclose()
        with trio.fail_after(TIMEOUT_S):
            async with self._news:
                while not self.ended:
                    await self._news.wait()
            return await self.process.wait()

    async def read(self) -> None:
        """Take in lines until the agent closes its output."""
        assert self.process.stdout is not None
        rest = b""
        try:
            async for data in self.process.stdout:
                *whole, rest = (rest + data).split(b"\n")
                for line in whole:
                    await self._take(line)
        finally:
            self.not_json += [rest] if rest else []
            self.ended = True
            with trio.CancelScope(shield=True, deadline=trio.current_time() + 1):
                async with self._news:
                    self._news.notify_all()

    async def _take(self, line: bytes) -> None:
        try:
            message = json.loads(line)
        except ValueError:
            message = None
        if not isinstance(message, dict):
            self.not_json.append(line)
            return
        async with self._news:
            self.lines.append(("in", message))
            self._news.notify_all()
        if "method" in message and "id" in message:
            with suppress(trio.BrokenResourceError):  # it may have asked with its last breath
                await self._reply(message)

    async def _reply(self, request: Message) -> None:
        if request["method"] != "session/request_permission":
            error = {"code": -32601, "message": f"this client has no {request['method']}"}
            await self.send({"id": request["id"], "error": error})
        elif self.choose == "cancelled":
            await self.send({"id": request["id"], "result": {"outcome": {"outcome": "cancelled"}}})
        elif self.choose:
            options = request["params"]["options"]
            chosen = next(option["optionId"] for option in options if option["kind"] == self.choose)
            outcome = {"outcome": {"outcome": "selected", "optionId": chosen}}
            await self.send({"id": request["id"], "result": outcome})


@asynccontextmanager
async def acp_pipe(
    command: Sequence[str],
    *,
    cwd: object = None,
    env: Mapping[str, str] | None = None,
    stderr: int | None = None,
) -> AsyncIterator[AcpPipe]:
    """A started agent; ended with its process group at the end of the block, whatever happens.

    `env` is the whole environment; None = the test's own.
    """
    process = await trio.lowlevel.open_process(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=stderr,
        cwd=None if cwd is None else str(cwd),
        env=env,
        start_new_session=True,
    )
    pipe = AcpPipe(process)
    try:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(pipe.read)
            yield pipe
            nursery.cancel_scope.cancel()
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        with trio.CancelScope(shield=True):
            await process.wait()
            await pipe_ends(process)


async def pipe_ends(process: trio.Process) -> None:
    for end in (process.stdin, process.stdout, process.stderr):
        if end is not None:
            await end.aclose()


def practice_command() -> list[str]:
    return [sys.executable, "-m", "boocode.practice"]
