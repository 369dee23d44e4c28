"""A prober with everything real around it: programs on a PATH of the test's own, processes, PostgreSQL."""

import os
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

from attrs import define, evolve, field, frozen

from actors.acp_probe import AcpAsker
from actors.probe_round import ProbeLimits, ProberParts
from actors.prober import Prober
from boocode.adapters.acp.wire import JsonRpcWire
from boocode.adapters.postgres import PostgresStore
from boocode.adapters.probes.folder import empty_repository
from boocode.adapters.probes.machine import LocalMachine
from boocode.adapters.processes.owner import LocalProcesses
from boocode.contracts.frames import ProviderUpdated
from boocode.contracts.resources import Provider
from boocode.domain.probing import Told
from boocode.kernel import ChildSpec, SupervisorSpec, System, open_tree
from boocode.ports.agents import ProviderSpec, SessionLimits
from boocode.ports.log import PublishHint
from boocode.ports.names import HUB, PROBER
from boocode.ports.probing import Askers, RefreshProviders
from tests.actors.agent_kit import ROOT, eventually
from tests.actors.store_kit import ear

REFRESH_S = 60.0


@frozen
class Place:
    """Where the programs of one test are."""

    folder: Path

    @property
    def bin(self) -> Path:
        return self.folder / "bin"

    def program(self, name: str, script: str) -> None:
        """A shell script on the PATH of the agents."""
        self.bin.mkdir(exist_ok=True)
        path = self.bin / name
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)

    def agent(self, name: str, version: str, *command: str) -> None:
        """A program that tells its version, and else is this command. Each start is noted."""
        words = " ".join(f"'{word}'" for word in command)
        started = self.folder / f"{name}.started"
        self.program(
            name,
            f'if [ "$1" = --version ]; then echo "{name} {version}"; exit; fi\necho >> {started}\nexec {words}',
        )

    def starts(self, name: str) -> int:
        """How often it was started for more than its version."""
        path = self.folder / f"{name}.started"
        return len(path.read_text().splitlines()) if path.exists() else 0

    def environment(self, spec: ProviderSpec) -> dict[str, str]:
        home = self.folder / "home"
        path = f"{self.bin}:{os.environ['PATH']}"
        return {"PATH": path, "HOME": str(home), "PYTHONPATH": str(ROOT), "LANG": "C.UTF-8", **spec.env}


@define
class Scene:
    system: System
    processes: LocalProcesses
    announced: list[tuple[Provider, ...]]
    heard: list[Any] = field(factory=list)

    @property
    def providers(self) -> dict[str, Provider]:
        """What is known now."""
        return {provider.id: provider for provider in self.announced[-1]}

    @property
    def published(self) -> list[Provider]:
        bodies = [each.body for each in self.heard if isinstance(each, PublishHint)]
        return [body.provider for body in bodies if isinstance(body, ProviderUpdated)]

    async def refresh(self) -> dict[str, Provider]:
        found = await self.system.whereis(PROBER).call(RefreshProviders(), timeout=REFRESH_S)
        return {provider.id: provider for provider in found}

    async def until_quiet(self) -> None:
        """Waits until no round runs."""

        async def is_quiet() -> bool:
            state = await self.system.get_state(self.system.whereis(PROBER).path, timeout=REFRESH_S)
            return state["round"] is None

        await eventually(is_quiet)


@asynccontextmanager
async def probing(
    place: Place,
    store: PostgresStore,
    *specs: ProviderSpec,
    base_url: str | None = None,
    limits: ProbeLimits | None = None,
    session_limits: SessionLimits | None = None,
    known: dict[str, Told] | None = None,
    askers: Askers | None = None,
) -> AsyncIterator[Scene]:
    """A running prober; afterwards no process of it is left."""
    processes = LocalProcesses()
    announced: list[tuple[Provider, ...]] = []
    heard: list[Any] = []
    environment = place.environment
    folder = partial(empty_repository, processes, str(place.folder / "probing"), dict(os.environ))
    asker = AcpAsker(
        processes, JsonRpcWire, environment, folder, "test", session_limits or SessionLimits(20.0, 20.0)
    )
    parts = ProberParts(
        specs=specs,
        store=store,
        processes=processes,
        machine=LocalMachine(environment, base_url),
        askers={"acp": asker, **(askers or {})},
        environment=environment,
        cwd=str(place.folder),
        announce=announced.append,
        known=known or {},
        transports=("acp", "stream-json", "native"),
        wall=time.time,
        limits=evolve(limits or ProbeLimits(), ask_after_s=0.0),
    )
    children = (
        ear(HUB, heard),
        ChildSpec(id="prober", start=lambda: Prober(parts), name=PROBER, shutdown=6.0),
    )
    async with open_tree(SupervisorSpec(children=children)) as system:
        yield Scene(system, processes, announced, heard)
    assert processes.owned() == ()
    probes = place.folder / "probing"
    assert not probes.exists() or list(probes.iterdir()) == []


def acp(id_: str, *command: str, **more: Any) -> ProviderSpec:
    return ProviderSpec(id_, id_.capitalize(), "acp", command or (id_, "--acp"), **more)


PRACTICE = (sys.executable, "-m", "boocode.practice")
