"""How a prompt's answer becomes the turn's outcome. Whether it was cancelled is ours to know."""

from boocode.domain.acp.errors import error_text
from boocode.domain.acp.messages import PromptResult, RpcError
from boocode.domain.events import Cancelled, Completed, Failed, Outcome

_REMARKS = {
    "max_tokens": "The agent stopped at its limit of tokens.",
    "max_turn_requests": "The agent stopped at its limit of steps.",
    "refusal": "The agent refused to go on.",
    "cancelled": "The agent says that the turn was cancelled, though nobody here did.",
}


def outcome_of(answer: PromptResult | RpcError, *, cancel_asked: bool) -> Outcome:
    """goose answers a cancel with `end_turn`, qwen with an error: after a cancel both mean cancelled."""
    if cancel_asked:
        return Cancelled("asked")
    if isinstance(answer, RpcError):
        return Failed("agent_error", error_text(answer))
    return Completed(answer.stop_reason or "end_turn")


def remark(outcome: Outcome) -> str | None:
    """A line for the transcript about an end that is not the usual one."""
    return _REMARKS.get(outcome.stop_reason) if isinstance(outcome, Completed) else None
