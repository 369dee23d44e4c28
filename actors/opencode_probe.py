"""Asking an opencode server what it offers: a server of its own for one empty folder, and its end.

Not an actor: the prober's helper task runs it, as a call. The servers of chats are left alone; a server that was only
started to be asked would stay in memory for nothing.
"""

import secrets
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

import trio
from attrs import frozen

from actors.opencode_start import NotListening, locked, server_command, where_it_listens
from boocode.contracts.resources import CommandInfo, Model
from boocode.domain.opencode.offers import Offers, commands_of, models_of, modes_of, variants_of
from boocode.domain.probing import Told
from boocode.ports.agents import ProviderSpec
from boocode.ports.opencode import OpencodeApi, OpencodeRefused, OpencodeUnreachable
from boocode.ports.probing import ProbeFailed
from boocode.ports.processes import BUN_SCRATCH, LaunchSpec, OwnedProcess, ProcessOwner

LISTEN_S = 20.0
TERM_GRACE_S = 1.0
STDERR_CHARS = 300


@frozen
class OpencodeAsker:
    """The Asker of the transport `opencode`. `folder` gives an empty git repository of this name while its block
    lasts."""

    processes: ProcessOwner
    connect: Callable[[str, str], OpencodeApi]
    """By the server's URL and password."""
    environment: Callable[[ProviderSpec], dict[str, str]]
    folder: Callable[[str], AbstractAsyncContextManager[str]]
    listen_s: float = LISTEN_S

    async def __call__(self, spec: ProviderSpec) -> Told:
        password = secrets.token_urlsafe(24)
        env = {**self.environment(spec), **locked(password)}
        async with self.folder(spec.id) as cwd:
            command, label = server_command(spec.command), f"probe of {spec.id}"
            launch = LaunchSpec(
                command, cwd, env, label, term_grace_s=TERM_GRACE_S, stdin=False, scratch=BUN_SCRATCH
            )
            async with self.processes.launch(launch) as child:
                api = self.connect(await self._address(spec, child), password)
                try:
                    return await _ask(api, cwd)
                except (OpencodeRefused, OpencodeUnreachable) as error:
                    raise ProbeFailed(f"{spec.label} could not be asked: {error}{_tail(child)}") from error
                finally:
                    await api.aclose()

    async def _address(self, spec: ProviderSpec, child: OwnedProcess) -> str:
        try:
            with trio.fail_after(self.listen_s):
                return await where_it_listens(child)
        except NotListening as error:
            raise ProbeFailed(f"{spec.label} could not be started: it {error}") from error
        except trio.TooSlowError:
            words = f"{spec.label} did not say where it listens within {self.listen_s:g} s.{_tail(child)}"
            raise ProbeFailed(words) from None


async def _ask(api: OpencodeApi, directory: str) -> Told:
    providers = await api.providers(directory)
    variants = variants_of(providers)
    modes = modes_of(await api.agents(directory))
    commands = commands_of(await api.commands(directory))
    return Told(
        models=tuple(Model(id_, label, variants.get(id_, ())) for id_, label in models_of(providers)),
        modes=modes,
        default_model=await api.default_model(directory),
        default_mode=Offers(modes=modes).default_mode,
        commands=tuple(CommandInfo(command.name, command.description) for command in commands),
    )


def _tail(child: OwnedProcess) -> str:
    tail = child.stderr_tail().strip()[-STDERR_CHARS:]
    return f" Its last words: {tail}" if tail else ""
