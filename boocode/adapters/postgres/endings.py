"""How an outcome is written down: the states of message and task, and the terminal frame."""

from attrs import frozen

from boocode.contracts.frames import MessageComplete, Rung
from boocode.contracts.resources import MessageStatus, TaskState
from boocode.domain.events import Cancelled, Completed, Failed, Interrupted, Outcome
from boocode.ports.log import Settlement

SUMMARY_CHARS = 300
LARGEST_COUNT = 2**63 - 1


@frozen
class Ending:
    message_status: MessageStatus
    task_state: TaskState
    error: str | None
    cause: str | None
    rung: Rung | None = None


def ending_of(outcome: Outcome) -> Ending:
    match outcome:
        case Completed():
            return Ending("complete", "completed", None, None)
        case Cancelled(rung=rung):
            return Ending("cancelled", "cancelled", None, "cancelled", rung)
        case Failed(cause=cause, message=message):
            return Ending("error", "failed", message, cause)
        case Interrupted(cause=cause, message=message):
            return Ending("interrupted", "failed", message, cause)


def terminal_frame(settlement: Settlement, ending: Ending, model: str | None) -> MessageComplete:
    return MessageComplete(
        settlement.message_id, ending.message_status, model, ending.error, ending.cause, ending.rung
    )


def summary_of(text: str) -> str:
    """The first words of an answer, for lists; cut at a word where there is one."""
    text = text.strip()
    if len(text) <= SUMMARY_CHARS:
        return text
    head = text[:SUMMARY_CHARS]
    return (head.rsplit(None, 1)[0] if " " in head[SUMMARY_CHARS // 2 :] else head) + "…"


def count(tokens: int | None) -> int | None:
    """Agents have been seen to report anything; a column holds 0 to 2⁶³-1."""
    return None if tokens is None else max(0, min(tokens, LARGEST_COUNT))
