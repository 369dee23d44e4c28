"""Permission questions: which option a deadline chooses, how an outcome is written down, and how it is said."""

from collections.abc import Sequence
from typing import Literal

from boocode.contracts.resources import AnsweredBy, PermissionOption
from boocode.domain.events import Cancelled, Completed, Failed, Interrupted, Outcome

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
    """The option that a person or the policy chose; None for every other outcome."""
    how, _, option_id = outcome.partition(":")
    return option_id if how == "selected" else None


def timed_out(option_id: str | None) -> str:
    return f"timed_out:{option_id or 'cancelled'}"


def timed_out_selection(outcome: str, options: Sequence[PermissionOption]) -> str | None:
    """The option that a deadline chose; None when it chose none."""
    how, _, option_id = outcome.partition(":")
    known = how == "timed_out" and any(option.id == option_id for option in options)
    return option_id if known else None


def withdrawn(why: str) -> str:
    return f"withdrawn:{why}"


def why_over(outcome: Outcome) -> str:
    """Why nobody waits for an answer any more, when a turn has ended so."""
    match outcome:
        case Completed():
            return "The turn is over."
        case Cancelled():
            return "The turn was stopped."
        case Failed(message=message) | Interrupted(message=message):
            return message


def withdrawn_with(outcome: Outcome) -> str:
    return withdrawn(why_over(outcome))


def in_words(outcome: str, answered_by: AnsweredBy | None, options: Sequence[PermissionOption]) -> str:
    """An outcome for people and agents: a deadline is never called a denial."""
    how, _, what = outcome.partition(":")
    chosen = next((option for option in options if option.id == what), None)
    said = f"'{chosen.label}'" if chosen else "cancelled"
    match how:
        case "timed_out":
            return f"Timed out: nobody answered in time, so the answer was {said}."
        case "selected" if answered_by == "policy":
            return f"Allowed by the project's permission policy: {said}."
        case "selected":
            return f"Answered by a person: {said}."
        case _:
            return f"Withdrawn: {what}"
