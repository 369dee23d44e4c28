"""What this machine says of agents without starting one: PATH, settings files, the model endpoint."""

import hashlib
import os
import shutil
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path, PurePath
from uuid import uuid4

import trio
from attrs import field, frozen

from boocode.adapters.probes.endpoint import model_names
from boocode.domain.agent_settings import AgentSettings, agent_settings, settings_paths
from boocode.domain.native.failures import no_endpoint
from boocode.domain.probing import missing
from boocode.ports.agents import ProviderSpec
from boocode.ports.probing import Surroundings

MAX_SETTINGS_BYTES = 1_000_000


@frozen
class LocalMachine:
    """The Machine of BooCode's own host. `environment` is all that an agent's program sees; `config` is the path of
    config.toml, for words."""

    environment: Callable[[ProviderSpec], dict[str, str]]
    base_url: str | None = None
    api_key: str | None = None
    config: str = "config.toml"
    threads: trio.CapacityLimiter = field(factory=lambda: trio.CapacityLimiter(2))
    _start: str = field(factory=lambda: uuid4().hex)
    """In place of a digest for an agent that is no program: it is asked anew at each start, which costs little."""

    def missing(self, spec: ProviderSpec) -> str | None:
        if not spec.command:
            return no_endpoint(self.config) if self.base_url is None else None
        if self.program(spec) is None:
            return missing(spec.label, spec.command[0], spec.how_to_get)
        return None

    def program(self, spec: ProviderSpec) -> str | None:
        """The path of the agent's program, None when it is not there."""
        return shutil.which(spec.command[0], path=self.environment(spec).get("PATH"))

    async def surroundings(self, spec: ProviderSpec) -> Surroundings:
        if not spec.command:
            return Surroundings(AgentSettings(), self._start)
        read = partial(_surroundings, spec, self.program(spec), self.environment(spec))
        return await trio.to_thread.run_sync(read, limiter=self.threads, abandon_on_cancel=True)

    async def served_models(self) -> tuple[str, tuple[str, ...]]:
        if self.base_url is None:
            return "", ()
        return self.base_url, await model_names(self.base_url, self.api_key)


def _surroundings(spec: ProviderSpec, program: str | None, env: Mapping[str, str]) -> Surroundings:
    name = PurePath(spec.command[0]).name
    texts = tuple(text for path in settings_paths(name, env) if (text := _text(Path(path))) is not None)
    digest = hashlib.sha256(repr((_stamp(program), texts)).encode()).hexdigest()
    return Surroundings(agent_settings(name, spec.transport, texts, env), digest)


def _text(path: Path) -> str | None:
    """A settings file, as far as it is one: no pipe, no device, no giant."""
    try:
        if not path.is_file():
            return None
        with path.open("rb") as file:
            return file.read(MAX_SETTINGS_BYTES).decode("utf-8", "replace")
    except OSError:
        return None


def _stamp(program: str | None) -> tuple[object, ...]:
    """Another one when the program was replaced."""
    if program is None:
        return ()
    try:
        real = os.path.realpath(program)
        found = os.stat(real)
    except OSError:
        return ()
    return real, found.st_size, found.st_mtime_ns
