"""What is said of an agent that could not be had or is gone; pure."""

from boocode.domain.events import Interrupted, Outcome
from boocode.kernel import Crashed, Exit, describe
from boocode.ports.agents import AgentDied, AgentStartFailed, AgentUnruly, SessionPlan


def outcome_of_end(label: str, exit_: Exit) -> Outcome:
    """What the running turn is told by a session that ends."""
    match exit_:
        case Crashed(cause=AgentDied() as cause):
            return Interrupted("agent_died", f"{cause}.")
        case Crashed(cause=AgentUnruly() as cause):
            return Interrupted("agent_error", f"{label} had to be ended: {cause}")
        case Crashed(cause=cause):
            return Interrupted("internal_error", f"BooCode failed while it talked to {label}: {cause!r}")
        case _:
            return Interrupted("runtime_stopped", f"{label} was stopped ({describe(exit_)}).")


def start_failure(cause: BaseException | None, plan: SessionPlan) -> AgentStartFailed:
    """The agent's own reason out of whatever the supervisors wrapped around it."""
    seen: list[BaseException] = [cause] if cause is not None else []
    for error in seen:
        if isinstance(error, AgentStartFailed):
            return AgentStartFailed(error.phase, error.message, error.stderr_tail, died=error.died)
        inner = (error.__cause__, error.__context__, getattr(error, "cause", None))
        seen += [each for each in inner if isinstance(each, BaseException) and each not in seen]
    words = f"{plan.provider.label} could not be started: {cause or 'its session was stopped'}"
    return AgentStartFailed("launch", words)
