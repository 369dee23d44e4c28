"""Record what the real agents write: `python -m tools.agent_samples [NAME …]`, after `make agents`.

Each agent is driven over its pipes against the scripted model, in a folder and a home of its own: a turn
with a tool call, one that asks for permission and is allowed, one that is refused, and one that is
cancelled. What went through the pipes becomes tests/adapters/acp/samples/NAME-VERSION.ndjson, one line
`{"dir": "in|out", "msg": {...}}` each (`in` is what the agent wrote), without the paths of this machine and
cut where it is long. The mapper's tests read the files; nothing else needs an agent or npm.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import trio
from attrs import Factory, define

from tests.kit.model_endpoint import serve_model
from tools.agents import AGENTS, ROOT, environment

SAMPLES = ROOT / "tests" / "adapters" / "acp" / "samples"
ANSWER_TIMEOUT_S = 60.0
SETTLE_S = 1.0
"""How long notifications are still taken in after an answer: commands come late."""
MAX_ITEMS = 4
MAX_TEXT = 400
ASKING = {"qwen": "default", "goose": "approve"}
FREE = {"qwen": "yolo", "goose": "auto"}
Message = dict[str, object]


@define
class Recorder:
    """One agent at the other end of two pipes; every line both ways is kept."""

    process: trio.Process
    lines: list[tuple[str, Message]] = Factory(list)
    choose: str = "allow_once"
    _next_id: int = 0
    _answers: dict[object, Message] = Factory(dict)
    _news: trio.Condition = Factory(trio.Condition)

    async def call(self, method: str, params: Message) -> Message:
        """Send a request and wait for its answer. Raises trio.TooSlowError after ANSWER_TIMEOUT_S."""
        self._next_id += 1
        number = self._next_id
        await self.send({"id": number, "method": method, "params": params})
        with trio.fail_after(ANSWER_TIMEOUT_S):
            async with self._news:
                while number not in self._answers:
                    await self._news.wait()
        return self._answers[number]

    async def send(self, message: Message) -> None:
        message = {"jsonrpc": "2.0", **message}
        self.lines.append(("out", message))
        assert self.process.stdin is not None
        await self.process.stdin.send_all(json.dumps(message).encode() + b"\n")

    async def until_streaming(self) -> None:
        start = len(self.lines)
        with trio.fail_after(ANSWER_TIMEOUT_S):
            async with self._news:
                while not any("message_chunk" in json.dumps(msg) for _, msg in self.lines[start:]):
                    await self._news.wait()

    async def read(self) -> None:
        """Take in lines until the agent ends; permission questions are answered with an option of `choose`."""
        assert self.process.stdout is not None
        rest = b""
        async for data in self.process.stdout:
            *whole, rest = (rest + data).split(b"\n")
            for line in whole:
                await self._take(line)

    async def _take(self, line: bytes) -> None:
        try:
            message = json.loads(line)
        except ValueError:
            print(f"  not JSON: {line[:200]!r}", file=sys.stderr)
            return
        self.lines.append(("in", message))
        if "method" in message and "id" in message and message["method"] != "session/request_permission":
            error = {"code": -32601, "message": f"this client has no {message['method']}"}
            await self.send({"id": message["id"], "error": error})
        if message.get("method") == "session/request_permission":
            options = message["params"]["options"]
            chosen = next(option["optionId"] for option in options if option["kind"] == self.choose)
            outcome = {"outcome": {"outcome": "selected", "optionId": chosen}}
            await self.send({"id": message["id"], "result": outcome})
        async with self._news:
            if "method" not in message:
                self._answers[message.get("id")] = message
            self._news.notify_all()


@asynccontextmanager
async def running(name: str, url: str, cwd: str, home: str) -> AsyncIterator[Recorder]:
    """The agent with a home of its own; ended with its group, whatever happens."""
    env = {
        "PATH": os.environ["PATH"],
        "HOME": home,
        "LANG": "C.UTF-8",
        **environment(name, url),
        **({"GOOSE_MODE": ASKING["goose"]} if name == "goose" else {}),
    }
    if name == "opencode":
        config = json.loads(env["OPENCODE_CONFIG_CONTENT"])
        env["OPENCODE_CONFIG_CONTENT"] = json.dumps(config | {"permission": {"edit": "ask"}})
    process = await trio.lowlevel.open_process(
        AGENTS[name].command(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=cwd,
        env=env,
        start_new_session=True,
    )
    recorder = Recorder(process)
    try:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(recorder.read)
            yield recorder
            nursery.cancel_scope.cancel()
    finally:
        os.killpg(process.pid, 9)
        with trio.CancelScope(shield=True):
            await process.wait()


async def record(name: str, url: str, cwd: str, home: str) -> list[tuple[str, Message]]:
    """Drive all scenarios; the lines in order."""
    async with running(name, url, cwd, home) as agent:
        capabilities = {"fs": {"readTextFile": False, "writeTextFile": False}, "terminal": False}
        client = {"name": "boocode", "version": "0.1.0"}
        await agent.call(
            "initialize", {"protocolVersion": 1, "clientCapabilities": capabilities, "clientInfo": client}
        )
        answer = await agent.call("session/new", {"cwd": cwd, "mcpServers": []})
        result = answer["result"]
        assert isinstance(result, dict), answer
        session = result["sessionId"]
        await trio.sleep(SETTLE_S)
        await _turn(agent, session, f"write {cwd}/asked.txt: first then say written")
        agent.choose = "reject_once"
        await _turn(agent, session, f"write {cwd}/refused.txt: second then say tried")
        agent.choose = "allow_once"
        if name in FREE:
            await agent.call("session/set_mode", {"sessionId": session, "modeId": FREE[name]})
        await _turn(agent, session, "reason let me look then shell echo hello then say looked")
        await _cancelled_turn(agent, session)
        return agent.lines


async def _turn(agent: Recorder, session: str, text: str) -> None:
    prompt = [{"type": "text", "text": text}]
    answer = await agent.call("session/prompt", {"sessionId": session, "prompt": prompt})
    print(f"  {text.split()[0]}: {json.dumps(answer.get('result') or answer)[:160]}")
    await trio.sleep(SETTLE_S)


async def _cancelled_turn(agent: Recorder, session: str) -> None:
    async with trio.open_nursery() as nursery:
        nursery.start_soon(_turn, agent, session, "count 600 every 50 ms")
        await agent.until_streaming()
        await agent.send({"method": "session/cancel", "params": {"sessionId": session}})


def scrubbed(value: object, paths: Mapping[str, str]) -> object:
    """Without this machine's paths; long lists and texts cut."""
    if isinstance(value, dict):
        return {_renamed(key, paths): scrubbed(item, paths) for key, item in value.items()}
    if isinstance(value, list):
        return [scrubbed(item, paths) for item in value[:MAX_ITEMS]]
    if isinstance(value, str):
        text = _renamed(value, paths)
        return text if len(text) <= MAX_TEXT else text[:MAX_TEXT] + "…"
    return value


def _renamed(text: str, paths: Mapping[str, str]) -> str:
    for real, shown in paths.items():
        text = text.replace(real, shown)
    return text


async def main(names: list[str]) -> None:
    async with serve_model() as endpoint:
        for name in names or list(AGENTS):
            with tempfile.TemporaryDirectory(prefix="boocode-samples-") as folder:
                cwd, home = trio.Path(folder, "repo"), trio.Path(folder, "home")
                await cwd.mkdir()
                await home.mkdir()
                await trio.run_process(["git", "init", "-q", str(cwd)])
                print(name)
                lines = await record(name, endpoint.url, str(cwd), str(home))
                print(f"  files: {sorted(path.name for path in await cwd.iterdir())}")
            paths = {
                str(cwd): "/repo",
                str(home): "/home/user",
                str(ROOT): "/opt",
                endpoint.url: "http://model",
            }
            kept = ({"dir": way, "msg": scrubbed(message, paths)} for way, message in lines)
            text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in kept)
            await trio.Path(SAMPLES, f"{name}-{AGENTS[name].version_said}.ndjson").write_text(text)


if __name__ == "__main__":
    trio.run(main, sys.argv[1:])
