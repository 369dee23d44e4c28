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
from collections.abc import Mapping

import trio

from tests.kit.acp_pipe import AcpPipe, Message, acp_pipe
from tests.kit.model_endpoint import serve_model
from tools.agents import AGENTS, ROOT, environment

SAMPLES = ROOT / "tests" / "adapters" / "acp" / "samples"
SETTLE_S = 1.0
"""How long notifications are still taken in after an answer: commands come late."""
MAX_ITEMS = 4
MAX_TEXT = 400
ASKING = "approve"
FREE = {"qwen": "yolo", "goose": "auto"}


def environ(name: str, url: str, home: str) -> dict[str, str]:
    """The agent's environment in a home of its own, set up to ask before it edits."""
    env = {"PATH": os.environ["PATH"], "HOME": home, "LANG": "C.UTF-8", **environment(name, url)}
    if name == "goose":
        env["GOOSE_MODE"] = ASKING
    if name == "opencode":
        config = json.loads(env["OPENCODE_CONFIG_CONTENT"])
        env["OPENCODE_CONFIG_CONTENT"] = json.dumps(config | {"permission": {"edit": "ask"}})
    return env


async def record(name: str, url: str, cwd: str, home: str) -> list[tuple[str, Message]]:
    """Drive all scenarios; the lines in order."""
    command, env = AGENTS[name].command(), environ(name, url, home)
    async with acp_pipe(command, cwd=cwd, env=env, stderr=subprocess.DEVNULL) as agent:
        session = (await agent.start(cwd))["sessionId"]
        await trio.sleep(SETTLE_S)
        await _turn(agent, session, f"write {cwd}/asked.txt: first then say written")
        agent.choose = "reject_once"
        await _turn(agent, session, f"write {cwd}/refused.txt: second then say tried")
        agent.choose = "allow_once"
        if name in FREE:
            await agent.call("session/set_mode", {"sessionId": session, "modeId": FREE[name]})
        await _turn(agent, session, "reason let me look then shell echo hello then say looked")
        start = len(agent.lines)
        request = await agent.begin(session, "count 600 every 50 ms")
        await agent.until_update("agent_message_chunk", since=start)
        await agent.cancel(session)
        await agent.answer_to(request)
        await trio.sleep(SETTLE_S)
        return agent.lines


async def _turn(agent: AcpPipe, session: str, text: str) -> None:
    answer = await agent.prompt(session, text)
    print(f"  {text.split()[0]}: {json.dumps(answer.get('result') or answer)[:160]}")
    await trio.sleep(SETTLE_S)


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
