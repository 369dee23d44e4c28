"""The backends under test: how each is launched against the scripted model, and what it cannot have."""

from collections.abc import Callable, Mapping
from pathlib import Path

from attrs import Factory, frozen

from supervisors.agent import AgentParts, acp_only
from tests.actors.agent_kit import PRACTICE, ROOT, Backing
from tests.contract.prompts import PracticePrompts, Prompts, ScriptedPrompts
from tests.contract.rows import Row
from tools.agents import AGENTS, environment, home_files


@frozen
class Place:
    """Where a backend runs in a test: a home of its own, the model's address, what it keeps in a folder."""

    home: Path
    state: Path
    url: str


@frozen
class Modes:
    """Ids of modes; None = the agent needs none for it, its configuration says so."""

    asking: str | None
    free: str | None
    read_only: str | None


def acp(parts: AgentParts, place: Place) -> Backing:
    return Backing(acp_only(parts))


@frozen
class BackendUnderTest:
    name: str
    """Its column in the table: the agent, and how it is spoken to."""
    agent: str
    transport: str
    command: Callable[[], tuple[str, ...]]
    env: Callable[[Place], Mapping[str, str]]
    modes: Modes
    backing: Callable[[AgentParts, Place], Backing] = acp
    home_files: Callable[[str], Mapping[str, str]] = lambda url: {}
    prompts: Prompts = Factory(ScriptedPrompts)
    second_model: str | None = None
    """As the agent calls it; `model_wire_name` is in it."""
    is_real: bool = True
    """Has to be installed, and runs with --agents only."""
    program: Callable[[], Path] | None = None
    cannot: Mapping[Row, str] = Factory(dict)
    cancel_s: float = 3.0


def _own_home(place: Place) -> dict[str, str]:
    kinds = ("CONFIG", "DATA", "STATE", "CACHE")
    return {
        "HOME": str(place.home),
        **{f"XDG_{kind}_HOME": str(place.home / kind.lower()) for kind in kinds},
    }


def _npm(name: str) -> Callable[[Place], Mapping[str, str]]:
    return lambda place: {**environment(name, place.url), **_own_home(place)}


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

BACKENDS = (PRACTICE_AGENT, OPENCODE_ACP, QWEN_ACP, GOOSE_ACP)
"""In the order of the table's columns."""
