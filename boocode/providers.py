"""The registry of agents: those that BooCode knows by name, and how entries of config.toml change or add to them.

Built-ins come first, each changed key by key by the entry of its id; a launch command in config wins. An entry of
another id is an agent of its own: it needs a command and no code. Only transport "native" takes no command.
"""

import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, TypeAlias

from attrs import evolve, field, frozen

from boocode.ports.agents import ProviderSpec
from boocode.settings_error import SettingsError

Transport: TypeAlias = Literal["acp", "stream-json", "opencode", "claude-sdk", "native"]

_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")


@frozen
class Provider:
    """One entry `[providers.ID]`; what is left out comes from the built-in of the same id, if there is one."""

    label: str | None = None
    command: tuple[str, ...] | None = None
    transport: Transport | None = None
    env: dict[str, str] = field(factory=dict)
    models: tuple[str, ...] = ()
    fallback: tuple[str, ...] | None = None


PRACTICE = ProviderSpec(
    id="practice",
    label="Practice",
    transport="acp",
    command=(sys.executable, "-m", "boocode.practice"),
)

NATIVE = ProviderSpec(id="boocode", label="BooCode", transport="native", command=())
"""BooCode's own agent on the model endpoint of `[model]`: it starts no program of its own. It comes first: whoever has
set up an endpoint wants it, and without one it does not count as installed."""

BUILT_IN = (
    NATIVE,
    PRACTICE,
    ProviderSpec(
        id="opencode",
        label="opencode",
        transport="opencode",
        command=("opencode", "serve"),
        env={
            "OPENCODE_DISABLE_AUTOUPDATE": "1",
            # A repository's plugins would be run, and installed first: without an answer where npm does not answer.
            "OPENCODE_DISABLE_PROJECT_CONFIG": "1",
            "OPENCODE_DISABLE_EMBEDDED_WEB_UI": "1",
        },
        how_to_get="npm install -g opencode-ai",
    ),
    ProviderSpec(
        id="goose",
        label="Goose",
        transport="acp",
        command=("goose", "acp", "--with-builtin", "developer"),
        env={"GOOSE_DISABLE_KEYRING": "1", "GOOSE_TELEMETRY_ENABLED": "false"},
        how_to_get="npm install -g @aaif/goose",
    ),
    ProviderSpec(
        id="qwen",
        label="Qwen Code",
        transport="acp",
        command=("qwen", "--acp"),
        env={"QWEN_CODE_NO_RELAUNCH": "true"},
        how_to_get="npm install -g @qwen-code/qwen-code",
    ),
    ProviderSpec(
        id="claude",
        label="Claude Code",
        transport="claude-sdk",
        command=("claude",),
        env={
            "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
            "DISABLE_AUTOUPDATER": "1",
            "DISABLE_TELEMETRY": "1",
            "DISABLE_ERROR_REPORTING": "1",
            # What goes on after a turn would change the worktree unseen, and begin turns that nobody asked for.
            "CLAUDE_CODE_DISABLE_BACKGROUND_TASKS": "1",
            "CLAUDE_CODE_DISABLE_CRON": "1",
            "CLAUDE_CODE_ENABLE_TODO_TOOLS": "1",  # else it shows no plan
        },
        how_to_get="pip install claude-agent-sdk",
    ),
)
"""The agents that BooCode can run without configuration, when their program is on PATH."""

LAUNCHES: Mapping[str, Mapping[Transport, tuple[str, ...]]] = {
    "opencode": {"acp": ("opencode", "acp"), "opencode": ("opencode", "serve")},
    "qwen": {"acp": ("qwen", "--acp"), "stream-json": ("qwen",)},
    "claude": {"claude-sdk": ("claude",), "stream-json": ("claude",)},
}
"""How a built-in is launched when config.toml gives it another transport and no command. The other way round a
command that continues like one of these says which transport is meant."""


def merge_providers(configured: Mapping[str, Provider], path: Path) -> tuple[ProviderSpec, ...]:
    """The registry, in the order in which people see it; `path` is for messages. Raises SettingsError."""
    specs = {spec.id: spec for spec in BUILT_IN}
    for id_, entry in configured.items():
        if not _ID.fullmatch(id_):
            raise SettingsError(
                f"{path}: [providers.{id_}]: an id has 1 to 32 of a-z, 0-9, '-' and '_' "
                "and starts with a letter or digit."
            )
        specs[id_] = _merged(id_, entry, specs.get(id_), path)
    return tuple(specs.values())


def _merged(id_: str, entry: Provider, base: ProviderSpec | None, path: Path) -> ProviderSpec:
    if (entry.transport or (base.transport if base else None)) == NATIVE.transport:
        return _native(id_, entry, base, path)
    command = entry.command
    if command is not None and entry.transport is None:
        entry = evolve(entry, transport=_meant(id_, command))
    if command is None and base is not None:
        moved = entry.transport is not None and entry.transport != base.transport
        command = base.command
        if moved and entry.transport is not None:
            command = LAUNCHES.get(id_, {}).get(entry.transport, base.command)
    if not command:
        raise SettingsError(
            f"{path}: [providers.{id_}] has no command. Say how the agent is started, for example: "
            'command = ["my-agent", "--acp"]'
        )
    if not command[0]:
        raise SettingsError(f"{path}: [providers.{id_}] has a command that starts with an empty word.")
    if base is None:
        return ProviderSpec(
            id_,
            entry.label or id_,
            entry.transport or "acp",
            command,
            entry.env,
            entry.models,
            fallback=entry.fallback or None,
        )
    return evolve(
        base,
        label=entry.label or base.label,
        transport=entry.transport or base.transport,
        command=command,
        env={**base.env, **entry.env},
        models=entry.models or base.models,
        fallback=entry.fallback or base.fallback,
        how_to_get=base.how_to_get if command[:1] == base.command[:1] else "",
    )


def _native(id_: str, entry: Provider, base: ProviderSpec | None, path: Path) -> ProviderSpec:
    """BooCode's own agent under this id, for example with a label and models of its own."""
    for key, given in (("command", entry.command), ("env", entry.env), ("fallback", entry.fallback)):
        if given:
            raise SettingsError(
                f'{path}: [providers.{id_}] has transport "native", which starts no program: leave its {key} out.'
            )
    is_built_in = base is not None and base.transport == NATIVE.transport
    label, models = (base.label, base.models) if base is not None and is_built_in else (id_, ())
    return ProviderSpec(id_, entry.label or label, NATIVE.transport, (), models=entry.models or models)


def _meant(id_: str, command: tuple[str, ...]) -> Transport | None:
    for transport, launch in LAUNCHES.get(id_, {}).items():
        if len(launch) > 1 and command[1 : len(launch)] == launch[1:]:
            return transport
    return None


def keeping_state(spec: ProviderSpec, home: Path) -> ProviderSpec:
    """The practice agent's own memory of its conversations belongs into the home, like everything of ours."""
    if spec.id != PRACTICE.id:
        return spec
    return evolve(spec, env={"BOOCODE_PRACTICE_STATE": str(home / PRACTICE.id), **spec.env})
