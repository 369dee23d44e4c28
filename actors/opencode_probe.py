"""Asking opencode what it offers: a fresh server, its lists for an empty directory, and its end.

Not an actor: the prober's helper task runs it, as a call. Nothing is prompted.
"""

import secrets
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

import trio
from attrs import frozen

from actors.opencode_start import NotListening, locked, server_command, where_it_listens
from boocode.contracts.resources import CommandInfo, Model
from boocode.domain.opencode.offers import commands_of, models_of, modes_of
from boocode.domain.probing import Told
from boocode.ports.agents import ProviderSpec
from boocode.ports.opencode import OpencodeApi, OpencodeRefused, OpencodeUnreachable
from boocode.ports.probing import ProbeFailed
from boocode.ports.processes import LaunchSpec, OwnedProcess, ProcessOwner

LISTEN_S = 30.0
ASK_S = 30.0
TERM_GRACE_S = 0.5


@frozen
class OpencodeAsker:
    """The Asker of the transport `opencode`. `folder` gives an empty git repository for as long as its block
    lasts."""

    processes: ProcessOwner
    connect: Callable[[str, str], OpencodeApi]
    environment: Callable[[ProviderSpec], dict[str, str]]
    folder: Callable[[], AbstractAsyncContextManager[str]]

    async def __call__(self, spec: ProviderSpec) -> Told:
        password = secrets.token_urlsafe(24)
        launch = LaunchSpec(
            server_command(spec.command),
            "/",
            {**self.environment(spec), **locked(password)},
            f"probe of {spec.id}",
            term_grace_s=TERM_GRACE_S,
            stdin=False,
        )
        async with self.folder() as directory, self.processes.launch(launch) as child:
            url = await self._listening(spec, child)
            api = self.connect(url, password)
            try:
                with trio.fail_after(ASK_S):
                    return await _told(api, directory)
            except (OpencodeRefused, OpencodeUnreachable) as error:
                raise ProbeFailed(str(error)) from error
            except trio.TooSlowError as error:
                raise ProbeFailed(f"{spec.label} did not answer within {ASK_S:g} s.") from error
            finally:
                await api.aclose()

    async def _listening(self, spec: ProviderSpec, child: OwnedProcess) -> str:
        try:
            with trio.fail_after(LISTEN_S):
                return await where_it_listens(child)
        except NotListening as error:
            raise ProbeFailed(f"{spec.label} could not be started: it {error}") from error
        except trio.TooSlowError as error:
            raise ProbeFailed(f"{spec.label} did not say where it listens within {LISTEN_S:g} s.") from error


async def _told(api: OpencodeApi, directory: str) -> Told:
    models = models_of(await api.providers(directory))
    modes = modes_of(await api.agents(directory))
    commands = commands_of(await api.commands(directory))
    return Told(
        tuple(Model(id_, label) for id_, label in models),
        modes,
        tuple(CommandInfo(command.name, command.description) for command in commands),
    )
