"""The steps of a turn: each is one answer of the model, and what its calls came to.

    answer                                  | and then
    ----------------------------------------+-----------------------------------------------------
    with calls                              | they are made, and the model goes on
    with what looked like a call and is none | the model is told how calls are made, once in a row
    anything else                           | the turn is over
    the limit of steps, and calls again     | they are made, then one last answer without tools

Also how a conversation is mended that was cut off between a call and its result.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Literal, TypeAlias

from attrs import evolve, frozen

from boocode.domain.events import Cause, Completed
from boocode.domain.native.conversation import AssistantSaid, CallAsked, Entry, ToolSaid
from boocode.domain.native.failures import Failure
from boocode.domain.native.modes import Effect

Next: TypeAlias = Literal["again", "last", "over"]
LAST_WORDS = (
    "You have used up the steps of this turn: you cannot call tools any more now. Say what you have done, what is "
    "not done yet, and how to go on."
)
CUT_OFF = (
    "This call was cut off before its result was there. What it did so far is not known: look before you "
    "repeat it."
)
EMPTY = "The model ended its answer without a word."
THOUGHT_ONLY = "The model ended its answer after thinking, without a word."


@frozen
class Steps:
    limit: int
    """Answers with tools; one more may follow."""
    taken: int = 0
    is_last: bool = False
    """The answer that is asked for now is the one without tools."""
    was_explained: bool = False
    """The model was told just now how calls are made."""


def next_step(steps: Steps, *, calls: bool, unmade: bool) -> tuple[Steps, Next]:
    """After an answer. `unmade`: it held what looked like a call and could not be made."""
    taken = steps.taken + 1
    explains = unmade and not calls and not steps.was_explained
    after = evolve(steps, taken=taken, was_explained=explains)
    if steps.is_last or not (calls or explains):
        return after, "over"
    if taken >= steps.limit:
        return evolve(after, is_last=True), "last"
    return after, "again"


def limit_words(limit: int) -> str:
    return f"The limit of {limit} steps is reached: the agent may say what it has done, and stops."


def completed(reason: str, *, is_last: bool) -> Completed:
    """`reason` as the endpoint says it."""
    if is_last:
        return Completed("max_turn_requests")
    match reason:
        case "length":
            return Completed("max_tokens")
        case "content_filter":
            return Completed("refusal")
        case _:
            return Completed("end_turn")


def cause_of(failure: Failure) -> Cause:
    return "stalled" if failure.kind == "stall" else "agent_error"


def emptiness(said: AssistantSaid) -> str | None:
    """Words for people about an answer that says nothing and does nothing."""
    if said.text.strip() or said.calls:
        return None
    return THOUGHT_ONLY if said.reasoning.strip() else EMPTY


def with_own_ids(
    calls: Sequence[CallAsked], taken: Collection[str], new_id: Callable[[], str]
) -> tuple[CallAsked, ...]:
    """Some endpoints count their calls anew in each answer: no id may be there twice in one conversation."""
    seen, out = set(taken), []
    for call in calls:
        own = call if call.id and call.id not in seen else evolve(call, id=new_id())
        seen.add(own.id)
        out.append(own)
    return tuple(out)


def call_ids(entries: Iterable[Entry]) -> frozenset[str]:
    return frozenset(call.id for entry in entries if isinstance(entry, AssistantSaid) for call in entry.calls)


def batches(calls: Sequence[CallAsked], effect: Callable[[str], Effect]) -> tuple[tuple[CallAsked, ...], ...]:
    """Neighbours that only read may be made together; whatever else is made alone, in the order of the answer."""
    out: list[list[CallAsked]] = []
    for call in calls:
        reads = effect(call.name) == "read"
        if reads and out and all(effect(other.name) == "read" for other in out[-1]):
            out[-1].append(call)
        else:
            out.append([call])
    return tuple(tuple(batch) for batch in out)


def unanswered(entries: Sequence[Entry], words: str = CUT_OFF) -> tuple[ToolSaid, ...]:
    """Results for the calls of the last answer that have none: what was cut off is told as that."""
    for at in range(len(entries) - 1, -1, -1):
        entry = entries[at]
        if isinstance(entry, AssistantSaid):
            known = {said.call_id for said in entries[at:] if isinstance(said, ToolSaid)}
            return tuple(
                ToolSaid(call.id, call.name, words, failed=True)
                for call in entry.calls
                if call.id not in known
            )
        if not isinstance(entry, ToolSaid):
            return ()
    return ()
