"""How an opencode session is had: a server, its directory's instance, the old conversation or a new one.

Not an actor: the session runs it as a helper task, with one deadline over all of it.
"""

import trio
from attrs import frozen

from boocode.domain.opencode.offers import Offers, commands_of, models_of, modes_of, variants_of
from boocode.domain.opencode.permissions import RULES
from boocode.kernel import Context, KernelError
from boocode.ports.agents import AgentStartFailed, SessionLimits, SessionPlan
from boocode.ports.names import OPENCODE
from boocode.ports.opencode import (
    FollowSession,
    OpencodeRefused,
    OpencodeUnreachable,
    ServerDoubted,
    ServerInUse,
    UseServer,
)

FOLLOW_S = 5.0
SETTLE_S = 0.1
"""Between two looks at a session that was left at work by an earlier run."""

DOUBT_S = 15.0
"""How long a server may take to be found deaf and to be gone."""


class _ServerGone(AgentStartFailed):
    """The server that was to have the session is gone; there will be another one."""


@frozen
class OpenedSession:
    session_id: str
    resumed: bool
    in_use: ServerInUse
    offers: Offers
    newest_message: str | None
    """The id of the conversation's last message, after which ours have to come."""


class OpencodeOpening:
    def __init__(self, ctx: Context, plan: SessionPlan, limits: SessionLimits) -> None:
        self.phase = "launch"
        """What it is at, for people."""
        self._ctx = ctx
        self._plan = plan
        self._limits = limits

    async def run(self) -> OpenedSession:
        """Raises AgentStartFailed, whose phase is the one that failed. A server that turns out to be deaf or dies
        meanwhile is left for the next one, once."""
        with trio.move_on_after(self._limits.initialize_s + self._limits.open_s) as scope:
            try:
                return await self._try()
            except _ServerGone:
                return await self._try()
        assert scope.cancelled_caught
        raise self._failure("it took too long")

    async def _try(self) -> OpenedSession:
        self.phase = "launch"
        in_use = await self._server()
        try:
            with trio.fail_after(self._limits.open_s):
                return await self._open(in_use)
        except OpencodeRefused as refused:
            raise self._failure(str(refused)) from refused
        except (OpencodeUnreachable, KernelError, trio.TooSlowError) as error:
            failure = self._failure(str(error) or f"it took more than {self._limits.open_s:g} s")
            in_use.server.cast(ServerDoubted())
            with trio.move_on_after(DOUBT_S):
                await in_use.server.stopped()
                raise _ServerGone(failure.phase, failure.message) from error
            raise failure from error

    async def _server(self) -> ServerInUse:
        keeper = self._ctx.whereis(OPENCODE)
        timeout = self._limits.initialize_s + self._limits.open_s
        try:
            return await keeper.call(UseServer(self._plan, self._ctx.ref), timeout=timeout)
        except KernelError as error:
            raise self._failure(str(error)) from error

    async def _open(self, in_use: ServerInUse) -> OpenedSession:
        self.phase = "config/providers"
        offers = await self._offers(in_use)
        self.phase = "session/resume"
        session_id = await self._resume(in_use)
        resumed, newest = session_id is not None, None
        if session_id is None:
            self.phase = "session/new"
            title = f"BooCode {self._plan.key.chat_id}"
            session_id = (await in_use.api.create(self._plan.cwd, title, RULES)).id
        else:
            last = await in_use.api.messages(self._plan.cwd, session_id, limit=1)
            newest = last[-1].info.id if last else None
        await in_use.server.call(FollowSession(session_id, self._ctx.ref), timeout=FOLLOW_S)
        return OpenedSession(session_id, resumed, in_use, offers, newest)

    async def _offers(self, in_use: ServerInUse) -> Offers:
        """Asks for the providers before everything else: see `OpencodeApi.providers`."""
        api, directory = in_use.api, self._plan.cwd
        providers = await api.providers(directory)
        return Offers(
            models=models_of(providers),
            variants=variants_of(providers),
            modes=modes_of(await api.agents(directory)),
            commands=commands_of(await api.commands(directory)),
            default_model=await api.default_model(directory),
        )

    async def _resume(self, in_use: ServerInUse) -> str | None:
        """The old session's id, free for a prompt; None when it is not there, or belongs to another directory."""
        known, api, directory = self._plan.resume_id, in_use.api, self._plan.cwd
        if known is None:
            return None
        found = await api.session(directory, known)
        if found is None or found.directory != directory:
            return None
        while known in await api.statuses(directory):
            await api.abort(directory, known)
            await trio.sleep(SETTLE_S)
        return known

    def _failure(self, how: str) -> AgentStartFailed:
        words = f"{self._plan.provider.label} could not be made ready ({self.phase}): {how}"
        return AgentStartFailed(self.phase, words)
