"""Records what the real opencode server says: `python -m tools.opencode_samples`, after `make agents`.

Each sample is one turn against the scripted model: a first line that says of what, the events of the stream as they
came, and the session's messages afterwards. Paths and ports of this machine are replaced.
"""

import json
import os
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from random import Random
from typing import Any

import trio
from attrs import frozen

from actors.opencode_start import locked, server_command, where_it_listens
from boocode.adapters.opencode.client import HttpOpencode
from boocode.adapters.processes.owner import LocalProcesses
from boocode.domain.opencode.message_ids import MessageIds
from boocode.ports.opencode import PromptChoices
from boocode.ports.processes import LaunchSpec
from tests.kit.model_endpoint import serve_model
from tools.agents import AGENTS, environment, version

TARGET = Path(__file__).resolve().parent.parent / "tests" / "domain" / "opencode" / "samples"
NOISE = ("plugin.added", "catalog.updated", "server.heartbeat", "reference.updated", "integration.updated")
ASK = ({"permission": "edit", "pattern": "*", "action": "ask"},)
PASSWORD = "sample"  # noqa: S105 - of a server that lives for this recording


@frozen
class Scene:
    name: str
    prompt: str
    model: str | None = None
    reply: str | None = None
    """What a permission request is answered with."""
    aborts: bool = False
    """Abort when the first text has come."""


SCENES = (
    Scene("text", "reason let me think then say good morning then count 20"),
    Scene(
        "tools",
        "write {dir}/a.txt: one then edit {dir}/a.txt: one => two then shell echo out; exit 3 then say done",
    ),
    Scene("failed_tool", "read {dir}/missing.txt then say so"),
    Scene("allowed", "write {dir}/b.txt: one then say done", reply="once"),
    Scene("rejected", "write {dir}/c.txt: one then say done", reply="reject"),
    Scene("aborted", "count 500 every 20 ms", aborts=True),
    Scene("http_400", "http 400"),
    Scene("retried", "http 500 once then say after all"),
    Scene("unknown_model", "say nothing", model="scripted/nowhere"),
    Scene(
        "plan",
        'call todowrite {"todos":[{"content":"look","status":"completed","priority":"high"},'
        '{"content":"leap","status":"in_progress","priority":"low"}]} then say planned',
    ),
)


async def record() -> None:
    owner = LocalProcesses()
    with tempfile.TemporaryDirectory(prefix="boocode-samples-") as folder:
        home, place = Path(folder, "home"), Path(folder, "project")
        for needed in (home, place):
            await trio.Path(needed).mkdir()
        async with serve_model() as model:
            env = {**environment("opencode", model.url), **locked(PASSWORD), "HOME": str(home)}
            env |= {f"XDG_{kind}_HOME": str(home / kind) for kind in ("CONFIG", "DATA", "STATE", "CACHE")}
            env["PATH"] = os.environ["PATH"]
            command = server_command((str(AGENTS["opencode"].program()), "serve"))
            async with owner.launch(LaunchSpec(command, "/", env, "samples", stdin=False)) as child:
                api = HttpOpencode(await where_it_listens(child), PASSWORD)
                await api.providers(str(place))
                for number, scene in enumerate(SCENES):
                    await Recorder(api, scene, str(place), number).run(
                        {folder: "/somewhere", folder[1:]: "somewhere", model.url: "http://model"}
                    )
                await api.aclose()
    owner.close()


class Recorder:
    def __init__(self, api: HttpOpencode, scene: Scene, directory: str, number: int) -> None:
        self._api = api
        self._scene = scene
        self._directory = directory
        self._message_id = MessageIds(Random(number)).new(int(time.time() * 1000))  # noqa: S311 - no secret
        self._session_id = ""
        self._lines: list[str] = []
        self._idle = 0

    async def run(self, replaced: Mapping[str, str]) -> None:
        scene, directory = self._scene, self._directory
        rules = ASK if scene.reply else ()
        async with trio.open_nursery() as nursery:
            await nursery.start(self._listen)
            self._session_id = (await self._api.create(directory, scene.name, rules)).id
            prompt = scene.prompt.replace("{dir}", directory)
            await self._api.prompt(
                directory, self._session_id, self._message_id, prompt, PromptChoices(scene.model)
            )
        messages = await self._api._call(  # as it comes, not decoded
            "GET", f"/session/{self._session_id}/message", directory
        )
        head = {
            "program": "opencode",
            "version": version(AGENTS["opencode"]),
            "prompt": prompt,
            "session_id": self._session_id,
            "message_id": self._message_id,
        }
        whole = "\n".join([json.dumps(head), *self._lines, f'{{"messages":{messages.decode()}}}']) + "\n"
        for found, written in replaced.items():
            whole = whole.replace(found, written)
        TARGET.mkdir(parents=True, exist_ok=True)
        (TARGET / f"{scene.name}.jsonl").write_text(whole, encoding="utf-8")
        sys.stdout.write(f"{scene.name}: {len(self._lines)} events\n")

    async def _listen(self, task_status: trio.TaskStatus[None]) -> None:
        with trio.fail_after(60):
            async with self._api.events() as stream:
                await stream.receive()
                task_status.started()
                while (data := await stream.receive()) is not None:
                    await self._take(data.decode())
                    if self._idle and (not self._is_twice or self._idle == 2):
                        return

    @property
    def _is_twice(self) -> bool:
        """After an abort or an error opencode says idle twice."""
        return self._scene.aborts or self._scene.name == "http_400"

    async def _take(self, line: str) -> None:
        payload: dict[str, Any] = json.loads(line)["payload"]
        kind, properties = payload.get("type"), payload.get("properties", {})
        if kind in NOISE:
            return
        self._lines.append(line)
        if kind == "session.idle":
            self._idle += 1
        elif kind == "permission.asked" and self._scene.reply:
            await self._api.reply(self._directory, properties["id"], self._scene.reply)
        elif kind == "message.part.delta" and self._scene.aborts:
            await self._api.abort(self._directory, self._session_id)


if __name__ == "__main__":
    trio.run(record)
