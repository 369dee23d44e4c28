"""The backends under test: how each is launched against the scripted model, and what it cannot have."""

import os
import signal
from collections.abc import Callable, Mapping
from pathlib import Path

from attrs import Factory, frozen

from boocode.domain.events import Cause
from boocode.ports.agents import Lease
from supervisors.agent import AgentParts
from tests.actors.agent_kit import PRACTICE, ROOT, Backing, Rig
from tests.contract import backings
from tests.contract.backings import Place
from tests.contract.prompts import PracticePrompts, Prompts, ScriptedPrompts
from tests.contract.rows import Row
from tools.agents import AGENTS, claude_environment, claude_program, environment, home_files


@frozen
class Death:
    """How the backend's agent is killed in a test, and how its running turn tells it."""

    kill: Callable[[Rig, Lease], None]
    cause: Cause
    words: str


def kill_processes(agents: Rig, lease: Lease) -> None:
    """SIGKILL to each agent's own process, not to what it has started."""
    killed = [process.pid for process in agents.owner.owned() if process.pid == process.pgid]
    assert killed, "no agent runs that could be killed"
    for pid in killed:
        os.kill(pid, signal.SIGKILL)


def kill_session(agents: Rig, lease: Lease) -> None:
    """For an agent that has no process: the actor that it lives in."""
    lease.session.kill("killed in a test")


@frozen
class Modes:
    """Ids of modes; None = the agent needs none for it, its configuration says so."""

    asking: str | None
    free: str | None
    read_only: str | None


@frozen
class BackendUnderTest:
    name: str
    """Its column in the table: the agent, and how it is spoken to."""
    agent: str
    transport: str
    command: Callable[[], tuple[str, ...]]
    env: Callable[[Place], Mapping[str, str]]
    modes: Modes
    backing: Callable[[AgentParts, Place], Backing] = backings.acp
    home_files: Callable[[str], Mapping[str, str]] = lambda url: {}
    prompts: Prompts = Factory(ScriptedPrompts)
    second_model: str | None = None
    """As the agent calls it; `model_wire_name` is in it."""
    is_real: bool = True
    """Has to be installed, and runs with --agents only."""
    program: Callable[[], Path] | None = None
    cannot: Mapping[Row, str] = Factory(dict)
    cancel_s: float = 3.0
    death: Death = Death(kill_processes, "agent_died", "9")
    needs_database: bool = False


def _own_home(place: Place) -> dict[str, str]:
    kinds = ("CONFIG", "DATA", "STATE", "CACHE")
    return {
        "HOME": str(place.home),
        **{f"XDG_{kind}_HOME": str(place.home / kind.lower()) for kind in kinds},
    }


def _npm(name: str) -> Callable[[Place], Mapping[str, str]]:
    return lambda place: {**environment(name, place.url), **_own_home(place)}


def _claude(place: Place) -> Mapping[str, str]:
    return {
        **claude_environment(place.url),
        **_own_home(place),
        "CLAUDE_CONFIG_DIR": str(place.home / "claude"),
    }


PRACTICE_AGENT = BackendUnderTest(
    name="practice",
    agent="practice",
    transport="acp",
    command=lambda: PRACTICE,
    env=lambda place: {"PYTHONPATH": str(ROOT), "BOOCODE_PRACTICE_STATE": str(place.state)},
    modes=Modes(asking="default", free="auto", read_only="plan"),
    prompts=PracticePrompts(),
    second_model="practice-slow",
    is_real=False,
)

NATIVE = BackendUnderTest(
    name="boocode",
    agent="boocode",
    transport="native",
    command=lambda: (),
    env=lambda place: {},
    modes=Modes(asking="ask", free="edit", read_only="plan"),
    backing=backings.native,
    second_model="scripted-2",
    is_real=False,
    death=Death(kill_session, "runtime_stopped", "killed in a test"),
    needs_database=True,
)

OPENCODE_ACP = BackendUnderTest(
    name="opencode (ACP)",
    agent="opencode",
    transport="acp",
    command=AGENTS["opencode"].command,
    program=AGENTS["opencode"].program,
    env=_npm("opencode"),
    modes=Modes(asking="careful", free="build", read_only="plan"),
    second_model="scripted/scripted-2",
    cannot={Row.USAGE_SUM: "tells the last call's only"},
)

OPENCODE_SERVER = BackendUnderTest(
    name="opencode (server)",
    agent="opencode",
    transport="opencode",
    command=lambda: (str(AGENTS["opencode"].program()), "serve"),
    program=AGENTS["opencode"].program,
    env=_npm("opencode"),
    modes=Modes(asking="careful", free="build", read_only="plan"),
    backing=backings.opencode_server,
    second_model="scripted/scripted-2",
)

QWEN_ACP = BackendUnderTest(
    name="qwen (ACP)",
    agent="qwen",
    transport="acp",
    command=AGENTS["qwen"].command,
    program=AGENTS["qwen"].program,
    env=_npm("qwen"),
    home_files=lambda url: home_files("qwen", url),
    modes=Modes(asking="default", free="yolo", read_only="plan"),
    second_model="scripted-2(openai)",
)

GOOSE_ACP = BackendUnderTest(
    name="goose (ACP)",
    agent="goose",
    transport="acp",
    command=AGENTS["goose"].command,
    program=AGENTS["goose"].program,
    env=_npm("goose"),
    modes=Modes(asking="approve", free="auto", read_only="chat"),
    second_model="scripted-2",
    cannot={
        Row.USAGE_SUM: "tells the last call's only",
        Row.COMMANDS: "its list is empty",
    },
)

NO_QUESTIONS = "a one-shot run asks nobody: what its mode does not allow is refused"
ONE_SHOT = {
    **dict.fromkeys((Row.CANCEL_ASKING, Row.ALLOWED, Row.DENIED, Row.UNANSWERED), NO_QUESTIONS),
    Row.KILLED_IDLE: "no process lives between its turns",
}
"""What no agent can have of which each turn is a process of its own."""

QWEN_STREAM_JSON = BackendUnderTest(
    name="qwen (stream-json)",
    agent="qwen",
    transport="stream-json",
    command=lambda: (str(AGENTS["qwen"].program()),),
    program=AGENTS["qwen"].program,
    env=_npm("qwen"),
    home_files=lambda url: home_files("qwen", url),
    modes=Modes(asking=None, free="yolo", read_only="plan"),
    backing=backings.stream_json,
    second_model="scripted-2",
    cannot=ONE_SHOT,
)

CLAUDE_STREAM_JSON = BackendUnderTest(
    name="claude (stream-json)",
    agent="claude",
    transport="stream-json",
    command=lambda: (str(claude_program()),),
    program=claude_program,
    env=_claude,
    modes=Modes(asking=None, free="bypassPermissions", read_only="plan"),
    backing=backings.stream_json,
    second_model="scripted-2",
    cannot=ONE_SHOT,
)

CLAUDE_SDK = BackendUnderTest(
    name="claude (SDK)",
    agent="claude",
    transport="claude-sdk",
    command=lambda: (str(claude_program()),),
    program=claude_program,
    env=lambda place: {**_claude(place), "ANTHROPIC_DEFAULT_OPUS_MODEL": "scripted-2"},
    modes=Modes(asking="default", free="acceptEdits", read_only="plan"),
    backing=backings.claude_sdk,
    second_model="opus",
)

BACKENDS = (
    PRACTICE_AGENT,
    NATIVE,
    OPENCODE_SERVER,
    OPENCODE_ACP,
    QWEN_ACP,
    QWEN_STREAM_JSON,
    GOOSE_ACP,
    CLAUDE_SDK,
    CLAUDE_STREAM_JSON,
)
"""In the order of the table's columns."""
