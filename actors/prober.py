"""The prober: which agents this machine has. It asks each program for its version, a few at a time, each bounded.

What it found last time is known at once after a start; looking again happens behind. A program that hangs or
crashes when asked costs its own entry a version, nothing else.
"""

import shutil
from collections.abc import Callable, Mapping
from typing import Any

import trio
from attrs import evolve, frozen

from boocode.contracts.resources import Model, Provider
from boocode.domain.probing import version_command, version_in
from boocode.kernel import Actor, ReplyTo
from boocode.ports.agents import ProviderSpec
from boocode.ports.probing import RefreshProviders
from boocode.ports.processes import LaunchSpec, ProcessOwner
from boocode.ports.store import Store, StoreUnavailable

VERSION_S = 10.0
AT_ONCE = 2
OUTPUT_LIMIT = 4096


@frozen
class _Probed:
    providers: tuple[Provider, ...]


class Prober(Actor):
    """Registered as `prober`. `environ` is what the programs see, `cwd` where they are asked;
    `announce` is told whenever something is known anew."""

    def __init__(
        self,
        specs: tuple[ProviderSpec, ...],
        store: Store,
        processes: ProcessOwner,
        announce: Callable[[tuple[Provider, ...]], None],
        *,
        environ: Mapping[str, str],
        cwd: str,
    ) -> None:
        self._specs = specs
        self._store = store
        self._processes = processes
        self._announce = announce
        self._environ = environ
        self._cwd = cwd
        self._providers: tuple[Provider, ...] = ()
        self._waiting: list[ReplyTo] = []
        self._probing = False

    async def init(self) -> None:
        known = await self._stored()
        self._providers = tuple(_remembered(self._look(spec), known.get(spec.id)) for spec in self._specs)
        self._announce(self._providers)
        self._probe()

    async def handle(self, message: Any) -> None:
        match message:
            case RefreshProviders():
                self._waiting.append(self.ctx.defer())
                self._probe()
            case _Probed(providers=providers):
                await self._learn(providers)

    def inspect(self) -> dict[str, object]:
        return {p.id: p.version or ("installed" if p.installed else "not installed") for p in self._providers}

    async def _stored(self) -> dict[str, Provider]:
        try:
            return {provider.id: provider for provider in await self._store.list_providers()}
        except StoreUnavailable:
            return {}

    def _probe(self) -> None:
        if not self._probing:
            self._probing = True
            self.ctx.start_task(self._probe_all, name="probe agents")

    async def _learn(self, providers: tuple[Provider, ...]) -> None:
        self._probing = False
        self._providers = providers
        self._announce(providers)
        waiting, self._waiting = self._waiting, []
        for reply in waiting:
            reply.reply(providers)
        try:
            for provider in providers:
                await self._store.save_provider(provider)
        except StoreUnavailable:
            return  # only a memory for the next start

    async def _probe_all(self) -> None:
        slots = trio.CapacityLimiter(AT_ONCE)
        found: dict[str, Provider] = {}

        async def one(spec: ProviderSpec) -> None:
            async with slots:
                found[spec.id] = await self._ask(spec)

        async with trio.open_nursery() as nursery:
            for spec in self._specs:
                nursery.start_soon(one, spec)
        self.ctx.ref.cast(_Probed(tuple(found[spec.id] for spec in self._specs)))

    async def _ask(self, spec: ProviderSpec) -> Provider:
        seen = self._look(spec)
        command = version_command(spec.command)
        if not seen.installed or command is None:
            return seen
        launch = LaunchSpec(
            command, self._cwd, {**self._environ, **spec.env}, f"version of {spec.id}", stdin=False
        )
        output = b""
        try:
            with trio.fail_after(VERSION_S):
                async with self._processes.launch(launch) as process:
                    while len(output) < OUTPUT_LIMIT and (some := await process.receive()):
                        output += some
        except trio.TooSlowError:
            return evolve(seen, error=f"'{' '.join(command)}' did not answer within {VERSION_S:.0f} s.")
        except OSError as error:
            return evolve(seen, error=str(error))
        return evolve(seen, version=version_in(output.decode("utf-8", "replace")))

    def _look(self, spec: ProviderSpec) -> Provider:
        """What PATH and the settings tell, without starting anything."""
        program = spec.command[0]
        installed = shutil.which(program, path=self._environ.get("PATH")) is not None
        return Provider(
            id=spec.id,
            label=spec.label,
            installed=installed,
            version=None,
            transport=spec.transport,
            models=tuple(Model(id=name, label=name) for name in spec.models),
            modes=(),
            commands=(),
            error=None if installed else f"'{program}' is not on PATH.",
        )


def _remembered(now: Provider, before: Provider | None) -> Provider:
    """What is seen now, with what only asking can tell taken from the last time."""
    if before is None or not now.installed:
        return now
    return evolve(now, version=before.version, models=now.models or before.models, modes=before.modes)
