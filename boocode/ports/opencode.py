"""An opencode server: its interface as actors need it, and what keeper, server and sessions say to each other.

The adapter is `boocode.adapters.opencode`; the composition root hands its factory to the sub-tree.
"""

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from attrs import field, frozen

from boocode.domain.opencode.offers import AgentEntry, CommandEntry, ProviderEntry
from boocode.domain.opencode.vendor import (
    PermissionRequested,
    SessionInfo,
    VendorEvent,
    WholeMessage,
)
from boocode.kernel import Ref, Request
from boocode.ports.agents import SessionPlan


class OpencodeRefused(Exception):
    """The server answered with an error; str() is for people."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        """The HTTP status; 200 for an answer that is not what was asked for."""


class OpencodeUnreachable(Exception):
    """The server did not answer in time, or its connection broke; str() is for people."""


@frozen
class PromptChoices:
    """What goes with a prompt; None = opencode's own choice."""

    model: str | None = None
    """`provider/model`"""
    agent: str | None = None
    variant: str | None = None
    """How hard the model thinks."""


class EventStream(Protocol):
    async def receive(self) -> bytes | None:
        """The data of the next event; None when the stream has ended. Raises OpencodeUnreachable."""
        ...

    @property
    def skipped(self) -> int:
        """How many events were left out because they were larger than an event may be."""
        ...


class OpencodeApi(Protocol):
    """One server. Every call has a deadline of its own and raises OpencodeRefused or OpencodeUnreachable.

    `directory` is the absolute path of the project, whose instance in the server boots at the first call for it.
    """

    def events(self) -> AbstractAsyncContextManager[EventStream]:
        """The events of all directories, from now on."""
        ...

    async def check_health(self, timeout_s: float) -> None: ...
    async def providers(self, directory: str) -> list[ProviderEntry]:
        """Has to be asked before the directory's first prompt: an abort while its providers load would break the
        directory's instance for good."""
        ...

    async def agents(self, directory: str) -> list[AgentEntry]: ...
    async def commands(self, directory: str) -> list[CommandEntry]: ...
    async def default_model(self, directory: str) -> str | None: ...
    async def create(self, directory: str, title: str, rules: Sequence[Mapping[str, str]]) -> SessionInfo: ...
    async def session(self, directory: str, session_id: str) -> SessionInfo | None:
        """None when there is no such session."""
        ...

    async def statuses(self, directory: str) -> Mapping[str, str]:
        """`busy` or `retry` by session; an idle session is absent."""
        ...

    async def messages(self, directory: str, session_id: str, limit: int) -> list[WholeMessage]:
        """The newest `limit` messages, oldest first."""
        ...

    async def prompt(
        self, directory: str, session_id: str, message_id: str, text: str, choices: PromptChoices
    ) -> None: ...
    async def run_command(
        self,
        directory: str,
        session_id: str,
        message_id: str,
        command: tuple[str, str],
        choices: PromptChoices,
    ) -> None:
        """Returns when the command's turn is over; without a deadline, it is its caller's to cancel."""
        ...

    async def abort(self, directory: str, session_id: str) -> None: ...
    async def permissions(self, directory: str) -> list[PermissionRequested]: ...
    async def reply(self, directory: str, request_id: str, reply: str) -> None: ...
    async def reject_question(self, directory: str, request_id: str) -> None: ...
    async def dispose(self, directory: str) -> None:
        """Ends the directory's instance, and whatever runs in it."""
        ...

    async def aclose(self) -> None: ...


@frozen
class OpencodeLimits:
    """Seconds that an opencode server may take in its parts."""

    listen_s: float = 30.0
    """From its launch until it says where it listens: 1.4 s alone, many times that on a busy machine."""
    connect_s: float = 15.0
    """For the first event of its stream."""
    silence_s: float = 25.0
    """Without any event; a heartbeat comes every 10 s."""
    health_s: float = 5.0
    """For the answer that shows that a silent server is alive."""


@frozen
class ServerInUse:
    server: Ref
    """Monitored by whoever uses it: its end is the end of every session in it."""
    api: OpencodeApi


@frozen
class UseServer(Request[ServerInUse]):
    """Call to the keeper: the server of this provider, started if need be (single flight).

    Refused with AgentStartFailed when it could not be started.
    """

    plan: SessionPlan
    user: Ref
    """Monitored by the keeper: a server whose users have all gone ends after a while."""


@frozen
class ServerUsed:
    """Cast to the keeper: a turn begins or ends in a server."""

    user: Ref


@frozen
class MeetServer(Request[OpencodeApi]):
    """Call to a server actor: the way to speak with its server."""


@frozen
class FollowSession(Request[None]):
    """Call to a server actor: from now on `follower` hears the events of this session and of those that it makes."""

    session_id: str
    follower: Ref


@frozen
class ServerDoubted:
    """Cast to a server actor: it did not answer somebody; find out whether it is alive, and end it if not."""


@frozen
class OpencodeHeard(Request[None]):
    """Call by a server actor to a session: what its stream said of it, in order; the next comes after the reply."""

    events: tuple[VendorEvent, ...] = field(default=())
    has_gap: bool = False
    """Before these events others were lost: the messages have to be read again."""
