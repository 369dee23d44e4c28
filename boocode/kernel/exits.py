"""How an incarnation ends: a closed union of four exits.

An exit is *clean* when the child ended by itself or was asked to (`Normal`, `Shutdown`) and *abnormal* when it
was interrupted or failed (`Killed`, `Crashed`). A supervisor that used up its restart budget exits
`Crashed(RestartsExhausted)`: escalation is abnormal, so that its parent acts on it.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from attrs import frozen


@frozen
class Normal:
    """The child returned or asked to end."""


@frozen
class Shutdown:
    """The child was asked to stop and did."""

    reason: str = "shutdown"


@frozen
class Killed:
    """The child was interrupted: by an outsider, or by its supervisor at its stop deadline."""

    reason: str = "killed"


@frozen
class Crashed:
    """The child failed; `cause` is the exception as raised, traceback included."""

    cause: BaseException


Exit: TypeAlias = Normal | Shutdown | Killed | Crashed
ExitKind: TypeAlias = Literal["normal", "shutdown", "killed", "crashed"]


def kind(exit: Exit) -> ExitKind:
    """The exit's name on the wire."""
    match exit:
        case Normal():
            return "normal"
        case Shutdown():
            return "shutdown"
        case Killed():
            return "killed"
        case Crashed():
            return "crashed"


def is_clean(exit: Exit) -> bool:
    return isinstance(exit, Normal | Shutdown)


def is_abnormal(exit: Exit) -> bool:
    return not is_clean(exit)


def is_fatal(exit: Exit) -> bool:
    """True for a cause that no supervisor may swallow: KeyboardInterrupt, SystemExit and their like."""
    return isinstance(exit, Crashed) and not isinstance(exit.cause, Exception)


def describe(exit: Exit) -> str:
    """One line for people: the kind and what is known about it."""
    match exit:
        case Normal():
            return "normal"
        case Shutdown(reason):
            return f"shutdown: {reason}"
        case Killed(reason):
            return f"killed: {reason}"
        case Crashed(cause):
            return f"crashed: {named(cause)}"


def said(error: BaseException) -> str:
    """The message of an exception, also of one that cannot be turned into text: its end must be told all the same."""
    try:
        return str(error)
    except Exception as broken:  # noqa: BLE001 - whatever the code of a foreign class does
        return f"<str raised {type(broken).__name__}>"


def named(error: BaseException) -> str:
    """Its class and its message."""
    return f"{type(error).__name__}: {said(error)}"


def without_frames(exit: Exit) -> Exit:
    """The same exit for keeping: a crash's cause without its traceback, whose frames hold all the dead one had."""
    return Crashed(_bare(exit.cause)) if isinstance(exit, Crashed) else exit


def _bare(cause: BaseException) -> BaseException:
    kind_of = type(cause)
    try:
        if isinstance(cause, BaseExceptionGroup):
            return kind_of(cause.message, [_bare(each) for each in cause.exceptions])
        copy = kind_of.__new__(
            kind_of, *cause.args
        )  # not __init__: it may want other arguments, or do things
        copy.args = cause.args
        copy.__dict__.update(vars(cause))
    except Exception:  # noqa: BLE001 - a class that cannot be copied is named instead
        return RuntimeError(named(cause))
    return copy
