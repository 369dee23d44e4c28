"""The practice agent against the published protocol: its schema, and the ACP library's own client.

The library's client runs on plain asyncio in a process of its own: trio and trio_asyncio stay out of it.
"""

import json
import subprocess
import sys
from pathlib import Path

import acp.schema
import pytest
from pydantic import BaseModel

from tests.kit.acp_pipe import Message
from tests.practice.conftest import Practice

RESULTS: dict[str, type[BaseModel]] = {
    "initialize": acp.schema.InitializeResponse,
    "session/new": acp.schema.NewSessionResponse,
    "session/load": acp.schema.LoadSessionResponse,
    "session/resume": acp.schema.ResumeSessionResponse,
    "session/prompt": acp.schema.PromptResponse,
    "session/set_mode": acp.schema.SetSessionModeResponse,
    "session/set_config_option": acp.schema.SetSessionConfigOptionResponse,
}
SENTENCES = (
    "help",
    "create a.py that prints a then append x to a.py then read a.py then rename a.py to b.py then list",
    "run echo hi",
    "run exit 1",
    "think about names then plan a, b and c",
    "edit b.py replacing a with b then delete b.py",
    "ask then switch to auto mode then recall",
    "stamp 2 chunks then burst 3 then count to 3 fast",
    "something unknown",
    "fail with x",
)


def assert_in_schema(model: type[BaseModel], value: Message) -> None:
    """Valid, and nothing in it that the schema would drop: read and written again it is the same."""
    assert model.model_validate(value).model_dump(mode="json", by_alias=True, exclude_unset=True) == value


async def test_everything_it_writes_is_in_the_schema(practice: Practice) -> None:
    pipe = practice.pipe
    for sentence in SENTENCES:
        await pipe.prompt(practice.session, sentence)
    params: Message = {"sessionId": practice.session, "cwd": str(practice.cwd), "mcpServers": []}
    await pipe.call("session/load", params)
    await pipe.call("session/resume", params)
    await pipe.call("session/set_mode", {"sessionId": practice.session, "modeId": "default"})
    option = {"sessionId": practice.session, "configId": "model", "value": "practice-slow", "type": "select"}
    await pipe.call("session/set_config_option", option)
    methods = {m["id"]: m["method"] for way, m in pipe.lines if way == "out" and "method" in m}
    kinds = set()
    for way, message in pipe.lines:
        if way == "out" or "error" in message:
            continue
        assert message["jsonrpc"] == "2.0"
        if message.get("method") == "session/update":
            assert_in_schema(acp.schema.SessionNotification, message["params"])
            kinds.add(message["params"]["update"]["sessionUpdate"])
        elif message.get("method") == "session/request_permission":
            assert_in_schema(acp.schema.RequestPermissionRequest, message["params"])
        else:
            # `models` was in the protocol before config options were, and clients still read it
            result = {name: value for name, value in message["result"].items() if name != "models"}
            assert_in_schema(RESULTS[methods.pop(message["id"])], result)
    assert kinds == {
        *(
            "agent_message_chunk",
            "agent_thought_chunk",
            "user_message_chunk",
            "tool_call",
            "tool_call_update",
        ),
        *("plan", "available_commands_update", "usage_update", "current_mode_update"),
    }


CLIENT = """
import asyncio, os, sys
from typing import Any
import acp

class Client(acp.Client):
    text = ""
    asked = 0
    def __init__(self) -> None:
        self.streaming = asyncio.Event()
    async def session_update(self, session_id: str, update: Any, **kwargs: Any) -> None:
        if update.session_update == "agent_message_chunk":
            self.text += update.content.text
            self.streaming.set()
    async def request_permission(self, *, options: Any, session_id: str, tool_call: Any, **kwargs: Any) -> Any:
        self.asked += 1
        outcome = acp.schema.AllowedOutcome(outcome="selected", option_id=options[0].option_id)
        return acp.RequestPermissionResponse(outcome=outcome)

async def main(cwd: str) -> None:
    client = Client()
    async with acp.spawn_agent_process(
        client, sys.executable, "-m", "boocode.practice", env=dict(os.environ)
    ) as (agent, _):
        ready = await agent.initialize(protocol_version=acp.PROTOCOL_VERSION)
        assert ready.agent_capabilities.load_session
        session = await agent.new_session(cwd=cwd, mcp_servers=[])
        prompt = lambda text: agent.prompt(session_id=session.session_id, prompt=[acp.text_block(text)])
        done = await prompt("create hello.py that prints hello then run python3 hello.py")
        assert done.stop_reason == "end_turn", done
        assert client.asked == 1
        await agent.set_session_mode(session_id=session.session_id, mode_id="plan")
        client.streaming.clear()
        hanging = asyncio.ensure_future(prompt("say begun then hang"))
        await client.streaming.wait()
        await agent.cancel(session_id=session.session_id)
        assert (await hanging).stop_reason == "cancelled"
        await agent.load_session(session_id=session.session_id, cwd=cwd, mcp_servers=[])
        done = await prompt("recall")
        assert done.stop_reason == "end_turn"
    assert "`hello.py`" in client.text, client.text
    print("conforms")

asyncio.run(main(sys.argv[1]))
"""


def test_the_librarys_own_client_drives_it(work: Path, env: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", CLIENT, str(work)],
        env=env,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout == "conforms\n", done.stderr
    assert (work / "hello.py").exists()


def test_it_imports_the_standard_library_alone() -> None:
    code = (
        "import json, sys, boocode.practice.agent, boocode.practice.shell;"
        "print(json.dumps([n for n in sys.modules if n.partition('.')[0] not in sys.stdlib_module_names]))"
    )
    # -S: what site-packages start on their own (.pth files) is not the agent's doing
    done = subprocess.run([sys.executable, "-S", "-c", code], capture_output=True, text=True, check=True)
    foreign = {name for name in json.loads(done.stdout) if name != "__main__"}
    assert {name for name in foreign if not name.startswith("boocode.practice")} == {"boocode"}


@pytest.mark.parametrize(
    "line",
    [b"not json\n", b"\xff\n", b'{"jsonrpc":\n', b"[" * 100_000 + b"\n"],
    ids=["text", "bytes", "half", "deep"],
)
async def test_a_line_that_is_not_json_is_refused_and_the_next_is_served(
    practice: Practice, line: bytes
) -> None:
    assert practice.pipe.process.stdin is not None
    await practice.pipe.process.stdin.send_all(b"\n[]\n" + line)
    refusal = await practice.pipe.until(lambda m: "error" in m)
    assert (refusal["id"], refusal["error"]["code"]) == (None, -32700)
    assert await practice.ask("say on") == "on\n"
