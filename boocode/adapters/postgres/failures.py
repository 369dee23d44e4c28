"""Which of the driver's errors mean that the database is away, and which are ours."""

import asyncio

import asyncpg

from boocode.ports.database import OutcomeUnknown, StoreRejected
from boocode.ports.store import StoreError, StoreUnavailable

_AWAY = (
    OSError,  # no socket, refused, reset; TimeoutError too
    asyncio.TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
    asyncpg.QueryCanceledError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.InternalClientError,
)
_MISCONFIGURED = (
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InvalidCatalogNameError,
    asyncpg.InsufficientPrivilegeError,
    asyncpg.ClientConfigurationError,
)
_AGAIN = (asyncpg.DeadlockDetectedError, asyncpg.SerializationError)


class NotConnected(Exception):
    """No connection could be had: the unit of work did not start."""

    def __init__(self, cause: BaseException) -> None:
        super().__init__(str(cause))
        self.cause = cause


def is_away(error: BaseException) -> bool:
    """True for errors of the connection or the server's life, not of the statement."""
    if isinstance(error, asyncpg.InterfaceError):
        # One class for broken connections and for our own mistakes; only the text tells them apart.
        return "clos" in str(error) or "terminated" in str(error)
    return isinstance(error, _AWAY)


def is_transient(error: BaseException) -> bool:
    """True when the server rolled back only because of a race: the same unit may simply run again."""
    return isinstance(error, _AGAIN)


def is_misconfigured(error: BaseException) -> bool:
    return isinstance(error, _MISCONFIGURED)


def as_store_error(error: Exception) -> StoreError | None:
    """The port's error for a driver's error; None for what is neither (a bug: let it be seen)."""
    if isinstance(error, NotConnected):
        cause = error.cause
        return StoreUnavailable(_brief(cause)) if is_away(cause) else StoreRejected(_brief(cause))
    if is_away(error):
        return OutcomeUnknown(_brief(error))
    if isinstance(error, asyncpg.PostgresError | asyncpg.InterfaceError):
        return StoreRejected(_brief(error))
    return None


def _brief(error: BaseException) -> str:
    text = str(error).strip().split("\n")[0]
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
