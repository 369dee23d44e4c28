"""Permission questions: which option a deadline chooses, and how an outcome is written down."""

from collections.abc import Sequence
from typing import Literal

from boocode.contracts.resources import PermissionOption

OnTimeout = Literal["deny", "allow"]

_PREFERRED: dict[OnTimeout, tuple[str, ...]] = {
    "deny": ("reject_once", "reject_always"),
    "allow": ("allow_once",),
}


def timeout_option(options: Sequence[PermissionOption], on_timeout: OnTimeout) -> str | None:
    """The option id that answers for a person who did not; None = none fits, the question is cancelled.

    Chosen by kind, never by id or place. A timeout never allows for ever.
    """
    for kind in _PREFERRED[on_timeout]:
        for option in options:
            if option.kind == kind:
                return option.id
    return None


def selected(option_id: str) -> str:
    return f"selected:{option_id}"


def selection_of(outcome: str) -> str | None:
    """The option that a person chose; None for every other outcome."""
    how, _, option_id = outcome.partition(":")
    return option_id if how == "selected" else None


def timed_out(option_id: str | None) -> str:
    return f"timed_out:{option_id or 'cancelled'}"


def withdrawn(why: str) -> str:
    return f"withdrawn:{why}"
