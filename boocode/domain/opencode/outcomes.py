"""How a turn ended, from the error or the last word of its assistant messages."""

import json
from collections.abc import Mapping

from boocode.domain.events import Completed, Failed, Outcome
from boocode.domain.opencode.vendor import VendorError

ABORTED = "MessageAbortedError"
TOO_LONG = "MessageOutputLengthError"
POISONED = "All fibers interrupted without error"
"""What every prompt of a directory says after its first one was aborted while the providers were loading."""
_STOPS = {"length": "max_tokens", "content-filter": "refusal", "max-steps": "max_turn_requests"}
_LONGEST = 2_000


def outcome_of(error: VendorError | None, finish: str | None) -> Outcome:
    if error is None:
        return Completed(_STOPS.get(finish or "", "end_turn"))
    if error.name == TOO_LONG:
        return Completed("max_tokens")
    if error.name == ABORTED:
        return Failed("agent_error", "The turn was aborted in opencode, though nobody here did.")
    return Failed("agent_error", error_text(error))


def error_text(error: VendorError) -> str:
    """opencode's own words for people, with what the model's server said where it is told."""
    data = error.data if isinstance(error.data, Mapping) else {}
    message = data.get("message")
    words = message if isinstance(message, str) and message else error.name
    status = data.get("statusCode")
    body = _body(data.get("responseBody"))
    if isinstance(status, int | float):
        words = f"{words} (HTTP {status:g})"
    if body and body not in words:
        words = f"{words}: {body}"
    return words[:_LONGEST]


def is_poisoned(outcome: Outcome | None) -> bool:
    """Whether the directory's instance has to be disposed of before a prompt can work there again."""
    return isinstance(outcome, Failed) and POISONED in outcome.message


def _body(raw: object) -> str | None:
    if not isinstance(raw, str):
        return None
    try:
        parsed = json.loads(raw)
    except ValueError:
        return raw.strip() or None
    error = parsed.get("error") if isinstance(parsed, Mapping) else None
    message = error.get("message") if isinstance(error, Mapping) else error
    return message if isinstance(message, str) else None
