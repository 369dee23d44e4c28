"""The prober's part of the composition root: how this machine is looked at, and who asks which kind of agent."""

import os
import time
from collections.abc import Callable, Collection, Mapping
from functools import partial

from actors.acp_probe import AcpAsker
from actors.claude_probe import ClaudeAsker
from actors.opencode_probe import OpencodeAsker
from actors.probe_round import ProberParts
from actors.prober import Prober
from boocode.adapters.acp.wire import JsonRpcWire
from boocode.adapters.opencode import connect_opencode
from boocode.adapters.probes.folder import empty_repository
from boocode.adapters.probes.machine import LocalMachine
from boocode.adapters.probes.native import NativeAsker
from boocode.adapters.probes.practice import practice_told
from boocode.adapters.stream_json.lines import JsonLines
from boocode.contracts.resources import Provider
from boocode.domain.agent_environment import agent_environment
from boocode.domain.claude.modes import offered_modes
from boocode.domain.probing import Told
from boocode.domain.stream_json.command import efforts_of, modes_of
from boocode.kernel import ChildSpec
from boocode.ports.agents import ProviderSpec
from boocode.ports.names import PROBER
from boocode.ports.probing import Askers
from boocode.ports.processes import ProcessOwner
from boocode.ports.store import Store
from boocode.providers import NATIVE, PRACTICE
from boocode.settings import CONFIG_NAME, Settings
from boocode.version import __version__

FOLDER = "probing"
PROBER_STOP_S = 6.0
"""Longer than the end of a program that is just being asked."""


def prober_child(
    settings: Settings,
    store: Store,
    processes: ProcessOwner,
    transports: Collection[str],
    announce: Callable[[tuple[Provider, ...]], None],
) -> ChildSpec:
    """`transports`: what there is a backend for; `announce` is told whenever something is known anew."""
    model = settings.config.model
    parts = ProberParts(
        specs=settings.providers,
        store=store,
        processes=processes,
        machine=LocalMachine(_environment, model.base_url, model.api_key, str(settings.home / CONFIG_NAME)),
        askers={**askers(processes, str(settings.home / FOLDER)), NATIVE.transport: _native(settings)},
        environment=_environment,
        cwd=str(settings.home),
        announce=announce,
        known={spec.id: practice_told() for spec in settings.providers if spec.command == PRACTICE.command},
        transports=transports,
        wall=time.time,
    )
    return ChildSpec(id="prober", start=partial(Prober, parts), name=PROBER, shutdown=PROBER_STOP_S)


def askers(processes: ProcessOwner, folder: str) -> Askers:
    """By transport. Below `folder` each agent gets an empty repository of its own while it is asked."""
    place = partial(empty_repository, processes, folder, agent_environment(os.environ, {}))
    return {
        "acp": AcpAsker(processes, JsonRpcWire, _environment, place, __version__),
        "opencode": OpencodeAsker(processes, connect_opencode, _environment, place),
        "claude-sdk": ClaudeAsker(processes, JsonLines, _environment, place, _claude_modes),
        "stream-json": _one_shot,
    }


async def _one_shot(spec: ProviderSpec) -> Told:
    """A program that only works when it is prompted is not started for a question: what it takes is known."""
    modes = modes_of(spec.command)
    return Told(modes=modes, thinking=efforts_of(spec.command), default_mode=next(iter(modes), None))


def _native(settings: Settings) -> NativeAsker:
    model = settings.config.model
    mode = settings.config.native.mode
    return NativeAsker(settings.home, model.base_url or "", model.api_key, model.default, mode)


def _claude_modes(env: Mapping[str, str]) -> tuple[str, ...]:
    return offered_modes(env, is_root=os.geteuid() == 0)


def _environment(spec: ProviderSpec) -> dict[str, str]:
    return agent_environment(os.environ, spec.env)
