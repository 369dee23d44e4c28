"""What a supervisor decided, as a sentence for people. Not an actor."""

from collections.abc import Sequence
from typing import Final

from boocode.kernel import Decision, Restart

_NAMED: Final = 4


def words(decision: Decision) -> str:
    """One or two sentences."""
    return _verdict(decision) + _company(decision)


def _verdict(decision: Decision) -> str:
    match decision.verdict:
        case "restarted":
            return f"It was started again at once: {_count(decision)}."
        case "backing_off":
            return f"It starts again after {_seconds(decision.delay or 0.0)}: {_count(decision)}."
        case "escalated":
            return _escalated(decision)
        case "left_stopped":
            return "It ended as it was meant to, and is not started again until somebody asks for it."
        case "removed":
            return _removed(decision)
        case "stopped_as_asked":
            why = f", for {decision.supervisor} ends ({decision.because})" if decision.because else ""
            return f"It had been told to stop{why}."
        case "restarted_with_group":
            return "It was stopped to be started again, with a sibling or by an operator."
        case "start_refused":
            return "Whoever had asked for its start was told that it failed; nothing else happens."
        case "start_failed":
            return f"{decision.supervisor} was just starting and cannot do without it: it failed as well."
        case "supervisor_ends":
            return f"{decision.supervisor} ends with it."


def _escalated(decision: Decision) -> str:
    above = decision.supervisor
    if not decision.budget.max_restarts:
        return f"{above} starts nobody again and ends with it. What happens next is decided above that."
    return f"{above} gave up and ends: this was {_count(decision)}. What happens next is decided above it."


def _removed(decision: Decision) -> str:
    if decision.restart is Restart.TEMPORARY:
        return "It is temporary: nobody starts it again by itself, and whoever needs one starts a new one."
    return "It ended as it was meant to, and nothing of it stays."


def _count(decision: Decision) -> str:
    budget = decision.budget
    return (
        f"restart {decision.counting} where at most {budget.max_restarts} are allowed "
        f"within {_seconds(budget.period)}"
    )


def _company(decision: Decision) -> str:
    stopped, started = decision.also_stopped, decision.also_started
    if not stopped:
        return ""
    told = f" {_names(stopped)} stopped with it"
    if set(started) == set(stopped):
        return f"{told} and started again."
    return f"{told}; {_names(started)} started again." if started else f"{told}."


def _names(ids: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and 7 more`, with the verb that fits."""
    if len(ids) == 1:
        return f"{ids[0]} is"
    if len(ids) <= _NAMED:
        return f"{', '.join(ids[:-1])} and {ids[-1]} are"
    return f"{', '.join(ids[: _NAMED - 1])} and {len(ids) - _NAMED + 1} more are"


def _seconds(value: float) -> str:
    return f"{value * 1000:.0f} ms" if 0 < value < 1 else f"{value:.3g} s"
