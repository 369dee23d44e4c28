"""The `result` message: how a turn ended, and what it cost."""

from collections.abc import Mapping

from boocode.domain.acp.usage import UsageNote
from boocode.domain.events import Cancelled, Completed, Failed, Outcome

_LIMITS = {
    "error_max_turns": "The agent stopped at its limit of steps.",
    "error_max_budget_usd": "The agent stopped at its limit of money.",
    "error_max_structured_output_retries": "The agent could not give its answer in the form that was asked for.",
}
_INPUT = ("input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")
"""Counted apart: together they are what the model has read."""


def outcome_of(result: Mapping[str, object], *, cancel_asked: bool) -> Outcome:
    """After a cancel every end means cancelled: an interrupted turn ends as an error."""
    if cancel_asked:
        return Cancelled("asked")
    reason = str(result.get("terminal_reason") or "")
    if result.get("is_error") or str(result.get("subtype") or "success") != "success":
        return Failed("agent_error", error_text(result))
    if reason.startswith("aborted"):
        return Failed("agent_error", f"The agent stopped its turn by itself ({reason}).")
    return Completed(str(result.get("stop_reason") or "end_turn"))


def error_text(result: Mapping[str, object]) -> str:
    """What went wrong, for people: the errors listed, the answer in their place, or the kind of error."""
    errors = result.get("errors")
    listed = [_words(error) for error in errors] if isinstance(errors, list) else []
    told = "; ".join(words for words in listed if words)
    subtype = str(result.get("subtype") or "")
    error = result.get("error")
    if told and subtype in _LIMITS:
        return f"{_LIMITS[subtype]} {told}"
    if subtype in _LIMITS:
        return _LIMITS[subtype]
    if told:
        return told
    if isinstance(error, Mapping | str) and _words(error):
        return _words(error)
    answer = result.get("result")
    if isinstance(answer, str) and answer.strip():
        return answer.strip()
    status = result.get("api_error_status")
    if status is not None:
        return f"The model's server answered with status {status}."
    reason = result.get("terminal_reason") or subtype or "no reason given"
    return f"The agent ended its turn with an error ({reason})."


def usage_notes(result: Mapping[str, object]) -> tuple[UsageNote, ...]:
    """Tokens of this turn, and the cost so far of the process that says it (a turn's share is the difference)."""
    notes: list[UsageNote] = []
    usage, cost = result.get("usage"), result.get("total_cost_usd")
    if isinstance(usage, Mapping):
        read = [count for name in _INPUT if (count := _count(usage.get(name))) is not None]
        written = _count(usage.get("output_tokens"))
        if read or written is not None:
            notes.append(UsageNote("turn", sum(read) if read else None, written))
    if isinstance(cost, int | float) and not isinstance(cost, bool) and cost >= 0:
        notes.append(UsageNote("session", cost=float(cost)))
    return tuple(notes)


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _words(error: object) -> str:
    if isinstance(error, Mapping):
        return str(error.get("message") or error.get("type") or "").strip()
    return str(error).strip()
