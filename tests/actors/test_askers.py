"""Asking each kind of agent: Claude's own program, and what goes wrong with programs that are none."""

import json
import os
import sys
from functools import partial
from pathlib import Path

import pytest

from actors.claude_probe import ClaudeAsker
from actors.opencode_probe import OpencodeAsker
from boocode.adapters.opencode import connect_opencode
from boocode.adapters.probes.folder import empty_repository
from boocode.adapters.processes.owner import LocalProcesses
from boocode.adapters.stream_json.lines import JsonLines
from boocode.bundled_claude import bundled_claude
from boocode.compose_prober import askers
from boocode.ports.agents import ProviderSpec
from boocode.ports.probing import ProbeFailed
from tests.kit.model_endpoint import serve_model
from tools.agents import AGENTS, environment, home_files

CLAUDE_QUIET = {
    "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
    "DISABLE_AUTOUPDATER": "1",
    "DISABLE_TELEMETRY": "1",
    "DISABLE_ERROR_REPORTING": "1",
    "ANTHROPIC_BASE_URL": "http://127.0.0.1:9",
    "ANTHROPIC_API_KEY": "sk-ant-none",
}


@pytest.fixture
def processes() -> LocalProcesses:
    return LocalProcesses()


def program(tmp_path: Path, script: str) -> tuple[str, ...]:
    path = tmp_path / "program"
    path.write_text(f"#!{sys.executable}\nimport sys, time\n{script}\n")
    path.chmod(0o755)
    return (str(path),)


def homed(tmp_path: Path, spec: ProviderSpec) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "HOME": str(tmp_path / "home"), **spec.env}


def claude_asker(tmp_path: Path, processes: LocalProcesses, answer_s: float = 20.0) -> ClaudeAsker:
    place = partial(empty_repository, processes, str(tmp_path / "probing"), dict(os.environ))
    env = partial(homed, tmp_path)
    return ClaudeAsker(processes, JsonLines, env, place, lambda _: ("default", "plan"), answer_s)


@pytest.mark.skipif(bundled_claude() is None, reason="the Agent SDK brought no program along")
async def test_claude_tells_models_and_commands_without_a_prompt(tmp_path: Path, processes: LocalProcesses):
    claude = bundled_claude()
    assert claude is not None
    spec = ProviderSpec("claude", "Claude", "claude-sdk", (claude,), CLAUDE_QUIET)
    told = await claude_asker(tmp_path, processes)(spec)
    assert "default" in [model.id for model in told.models]
    assert {"low", "high"} < {*told.thinking}
    assert told.modes == ("default", "plan")
    assert "review" in " ".join(command.name for command in told.commands)
    assert processes.owned() == ()


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("sys.exit('no licence')", "no licence"),
        ("time.sleep(600)", "did not answer within 1 s"),
        ("print('hello'); print('{}'); time.sleep(600)", "did not answer within 1 s"),
        ("sys.stdin.close(); time.sleep(600)", "did not answer within 1 s"),
        (
            """sys.stdin.readline()
print('{"type":"control_response","response":{"request_id":"what-is-there","subtype":"error","error":"not now"}}')""",
            "not now",
        ),
        ("sys.stdout.write('x' * 40_000_000)", "more than"),
    ],
)
async def test_what_is_no_claude_is_refused_in_words_and_gone(
    tmp_path: Path, processes: LocalProcesses, script: str, said: str
):
    spec = ProviderSpec("claude", "Claude", "claude-sdk", program(tmp_path, script))
    with pytest.raises(ProbeFailed, match=said):
        await claude_asker(tmp_path, processes, answer_s=1.0)(spec)
    assert processes.owned() == ()


@pytest.mark.parametrize("answer", ["7", '"text"', '{"models": 3, "commands": [1, {}, {"name": 2}]}', "null"])
async def test_an_odd_answer_of_claude_holds_nothing(tmp_path: Path, processes: LocalProcesses, answer: str):
    response = f'{{"request_id":"what-is-there","subtype":"success","response":{answer}}}'
    script = f"""sys.stdin.readline()
print('{{"type":"control_response","response":{response}}}', flush=True)
sys.stdin.read()"""
    spec = ProviderSpec("claude", "Claude", "claude-sdk", program(tmp_path, script))
    told = await claude_asker(tmp_path, processes)(spec)
    assert (told.models, told.commands) == ((), ())


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("sys.exit('no licence')", "no licence"),
        ("time.sleep(600)", "did not say where it listens within 1 s"),
        ("print('listening on http://127.0.0.1:1 now', flush=True); time.sleep(600)", "could not be asked"),
    ],
)
async def test_what_is_no_opencode_is_refused_in_words_and_gone(
    tmp_path: Path, processes: LocalProcesses, script: str, said: str
):
    place = partial(empty_repository, processes, str(tmp_path / "probing"), dict(os.environ))
    asker = OpencodeAsker(processes, connect_opencode, partial(homed, tmp_path), place, listen_s=1.0)
    with pytest.raises(ProbeFailed, match=said):
        await asker(ProviderSpec("o", "Opencode", "opencode", program(tmp_path, script)))
    assert processes.owned() == ()


def scripted(**script: object) -> tuple[str, ...]:
    agent = Path(__file__).parents[1] / "kit" / "scripted_acp.py"
    return (sys.executable, str(agent), json.dumps(script))


def choice(category: str, *values: str) -> dict[str, object]:
    options = [{"value": value, "name": value} for value in values]
    return {"id": category, "name": "x", "category": category, "type": "select", "currentValue": values[0],
            "options": options}  # fmt: skip


async def test_an_acp_agent_tells_how_it_can_think_and_what_it_takes_by_itself(
    tmp_path: Path, processes: LocalProcesses
):
    choices = [choice("model", "m1", "m2"), choice("mode", "plan"), choice("thought_level", "low", "high")]
    command = scripted(session={"configOptions": choices})
    told = await askers(processes, str(tmp_path))["acp"](ProviderSpec("a", "A", "acp", command))
    assert (told.thinking, told.default_model, told.default_mode) == (("low", "high"), "m1", "plan")
    told = await askers(processes, str(tmp_path))["acp"](ProviderSpec("a", "A", "acp", scripted()))
    assert (told.thinking, told.default_model, told.default_mode) == ((), None, None)


@pytest.mark.parametrize(
    ("command", "thinking", "mode"),
    [(("claude",), "max", "default"), (("qwen",), None, "default"), (("mine",), None, None)],
)
async def test_what_a_one_shot_program_takes_is_known(
    tmp_path: Path,
    processes: LocalProcesses,
    command: tuple[str, ...],
    thinking: str | None,
    mode: str | None,
):
    told = await askers(processes, str(tmp_path))["stream-json"](
        ProviderSpec("a", "A", "stream-json", command)
    )
    assert (told.thinking[-1] if told.thinking else None, told.default_mode) == (thinking, mode)


REAL = [
    *[("opencode", transport) for transport in ("opencode", "acp")],
    ("qwen", "acp"),
    ("goose", "acp"),
]


@pytest.mark.parametrize(
    ("name", "transport"),
    [pytest.param(*each, marks=pytest.mark.real_agent(each[0]), id=" ".join(each)) for each in REAL],
)
async def test_a_real_agent_tells_the_model_it_is_configured_with(
    tmp_path: Path, processes: LocalProcesses, name: str, transport: str
):
    command = AGENTS[name].command() if transport == "acp" else (str(AGENTS[name].program()), "serve")
    async with serve_model() as model:
        home = {
            "HOME": str(tmp_path),
            "XDG_CONFIG_HOME": str(tmp_path / "c"),
            "XDG_DATA_HOME": str(tmp_path / "d"),
        }
        for path, text in home_files(name, model.url).items():
            (tmp_path / path).parent.mkdir()
            (tmp_path / path).write_text(text)
        spec = ProviderSpec(name, name, transport, command, {**environment(name, model.url), **home})
        told = await askers(processes, str(tmp_path / "probing"))[transport](spec)
    assert any("scripted-1" in each.id for each in told.models)
    assert len(told.modes) >= 2
    assert told.default_mode in told.modes
    assert all((model.thinking is None) == (transport == "acp") for model in told.models)
    assert bool(told.commands) == (name != "goose")
    assert processes.owned() == ()
