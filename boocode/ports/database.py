"""The database's life, as actors see it: a pool to keep open, notices to hear, a server to run.

The errors here are those of ports.store with finer grain.
"""

from collections.abc import Callable, Sequence
from typing import Literal, NoReturn, Protocol

from attrs import frozen

from boocode.ports.processes import LaunchSpec
from boocode.ports.store import StoreError, StoreUnavailable


class OutcomeUnknown(StoreUnavailable):
    """The connection broke while a unit of work was under way: it may have been committed or not."""

    def __init__(self, reason: str, retry_in: float = 1.0) -> None:
        super().__init__(reason, retry_in)


class StoreRejected(StoreError):
    """The database answered and said no (a constraint, a value it cannot keep); trying again is no use."""


class StoreMisconfigured(StoreError):
    """The database is there but cannot be used as configured: wrong login, no such database, a newer schema."""


@frozen
class PoolStatus:
    """`down` = the last check failed: calls are refused at once until one succeeds."""

    state: Literal["closed", "up", "down"]
    size: int = 0
    idle: int = 0
    waiting: int = 0
    """Units of work that wait for a connection."""
    server_version: str | None = None
    schema_version: int | None = None
    last_error: str | None = None


class DatabasePool(Protocol):
    """A pool of connections behind the store."""

    async def open(self) -> tuple[str, ...]:
        """Connects and migrates; returns the names of the migrations that were applied now.
        Raises StoreUnavailable while the server is away, StoreMisconfigured when waiting will not help."""
        ...

    async def close(self) -> None:
        """Ends all connections; running units get StoreUnavailable. Does nothing when closed."""
        ...

    async def check(self) -> None:
        """One round trip. Raises StoreUnavailable, and from then on calls are refused until a check succeeds."""
        ...

    async def suspected(self) -> None:
        """Returns when a unit of work met a broken connection since the last check."""
        ...

    def status(self) -> PoolStatus: ...


@frozen
class Notice:
    """One NOTIFY; `payload` as it was sent."""

    channel: str
    payload: str


class NoticeSource(Protocol):
    """LISTEN on a connection of its own."""

    async def listen(
        self, channels: Sequence[str], take: Callable[[Notice], None], listening: Callable[[], None]
    ) -> NoReturn:
        """Calls `listening` once it listens, then `take` for each notice in order, until cancelled.

        Both are called from the driver's loop: they must not wait and should not raise. Raises
        StoreUnavailable when the connection cannot be had or ends: what was told in between is lost.
        """
        ...


class EmbeddedServer(Protocol):
    """A PostgreSQL of our own, in BooCode's home. Runs nothing itself: the server is a child of an actor."""

    @property
    def url(self) -> str:
        """Where it can be reached once it runs."""
        ...

    async def prepare(self) -> "Preparation":
        """What has to run before the server may be started; stops or removes what an earlier BooCode left
        behind. Raises StoreMisconfigured with the ways out when this machine cannot run one."""
        ...

    async def initialised(self) -> None:
        """After `initdb` succeeded: the new cluster takes its place."""
        ...

    def server(self) -> LaunchSpec: ...

    async def ready(self) -> None:
        """Returns when it accepts connections and has BooCode's database; never times out by itself."""
        ...

    async def release(self) -> None:
        """The server is gone: another BooCode may use the cluster."""
        ...


@frozen
class Preparation:
    """`initdb` is the command that makes a new cluster, None when there is one."""

    initdb: LaunchSpec | None
