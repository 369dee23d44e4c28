"""Record what one-shot agents print: `python -m tools.one_shot_samples`, after `make agents`.

Each program runs once a scenario, as `boocode.domain.stream_json.command` would run it, against the scripted model and
in a folder and a home of its own. Its output becomes tests/domain/stream_json/samples/NAME-VERSION/SCENARIO.ndjson,
without the paths of this machine and cut where it is long. Tests read the files; nothing else needs an agent.
"""

import json
import os
import subprocess
import tempfile
import uuid
from collections.abc import Mapping
from pathlib import Path

import trio

from boocode.domain.stream_json.command import (
    ENVIRONMENT,
    Conversation,
    Flavour,
    command_line,
    flavour_of,
)
from tests.kit.model_endpoint import serve_model
from tools.agent_samples import scrubbed
from tools.agents import AGENTS, ROOT, claude_environment, claude_program, environment

SAMPLES = ROOT / "tests" / "domain" / "stream_json" / "samples"
FREE = {Flavour.CLAUDE: "bypassPermissions", Flavour.QWEN: "yolo"}
REFUSING = {Flavour.CLAUDE: "default", Flavour.QWEN: "plan"}
LEFT_OUT = ("messaging_socket_path", "memory_paths")
"""Members of messages that hold places of the machine."""
SCENARIOS = {
    "edit": ("free", "write {cwd}/new.txt: hello then reason let me think then say all done"),
    "shell": ("free", "together shell echo one & shell exit 3 then say both ran"),
    "refused": ("plan", 'call {write} {{"file_path": "{cwd}/no.txt", "content": "x"}} then say tried'),
    "bad-request": ("free", "http 400"),
    "retried": ("free", "http 500 once then say late"),
    "unknown-conversation": ("resume", "say nobody hears this"),
}
"""By name: the mode, and the prompt."""


def programs() -> dict[str, Path]:
    """Those that are here, by name."""
    known = {"qwen": AGENTS["qwen"].program(), "claude": claude_program()}
    return {name: path for name, path in known.items() if path.exists()}


def model_environment(name: str, url: str, home: str) -> dict[str, str]:
    """What the program needs to use the model at `url` (without `/v1`), in a home of its own."""
    own = claude_environment(url) if name == "claude" else environment(name, url)
    return {**own, "HOME": home}


async def record(name: str, program: Path, url: str, folder: str) -> Mapping[str, str]:
    """What it printed, by scenario."""
    cwd, home = f"{folder}/repo", f"{folder}/home"
    flavour = flavour_of((name,))
    env = {"PATH": os.environ["PATH"], **ENVIRONMENT[flavour], **model_environment(name, url, home)}
    printed = {}
    for scenario, (way, script) in SCENARIOS.items():
        mode = {"free": FREE[flavour], "refusing": REFUSING[flavour]}.get(way)
        conversation = Conversation(str(uuid.uuid4()), is_begun=way == "resume")
        prompt = script.format(cwd=cwd, write="write_file" if flavour is Flavour.QWEN else "Write")
        done = await trio.run_process(
            command_line((str(program),), flavour, conversation, mode=mode),
            stdin=prompt.encode(),
            capture_stdout=True,
            stderr=subprocess.DEVNULL,
            check=False,
            cwd=cwd,
            env=env,
        )
        printed[scenario] = done.stdout.decode()
        print(f"  {scenario}: exit {done.returncode}, {len(done.stdout)} bytes")
    return printed


async def version(program: Path, env: Mapping[str, str]) -> str:
    done = await trio.run_process([str(program), "--version"], capture_stdout=True, env=env)
    return done.stdout.decode().split()[0]


async def main() -> None:
    async with serve_model() as endpoint:
        for name, program in programs().items():
            with tempfile.TemporaryDirectory(prefix="boocode-samples-") as folder:
                for place in ("repo", "home"):
                    await trio.Path(folder, place).mkdir()
                await trio.run_process(["git", "init", "-q", f"{folder}/repo"])
                said = await version(program, {"PATH": os.environ["PATH"], "HOME": f"{folder}/home"})
                print(name, said)
                printed = await record(name, program, endpoint.url, folder)
            paths = {
                f"{folder}/repo": "/repo",
                folder: "/home/user",
                str(ROOT): "/opt",
                endpoint.url: "http://model",
            }
            folder_of = trio.Path(SAMPLES, f"{name}-{said}")
            await folder_of.mkdir(parents=True, exist_ok=True)
            for scenario, text in printed.items():
                kept = (_shown(line, paths) for line in text.splitlines())
                await (folder_of / f"{scenario}.ndjson").write_text("".join(f"{line}\n" for line in kept))


def _shown(line: str, paths: Mapping[str, str]) -> str:
    message = json.loads(line)
    kept = {key: value for key, value in message.items() if key not in LEFT_OUT}
    return json.dumps(scrubbed(kept, paths), ensure_ascii=False)


if __name__ == "__main__":
    trio.run(main)
