"""What a turn says and asks, made from what happened to it; pure."""

from boocode.contracts.resources import AgentStatus, Diff, Part, PermissionOption, Task
from boocode.domain.events import Cancelled, Completed, Failed, Interrupted, Outcome, PermissionAsked
from boocode.domain.ids import new_id
from boocode.kernel import Crashed, Exit, describe
from boocode.ports.agents import AgentDied, AgentKeepsDying, AgentStartFailed
from boocode.ports.store import NewPermission
from boocode.ports.worktrees import WorkspaceError


def failed_start(error: Exception) -> Failed:
    """Why a turn could not begin, in words for people."""
    match error:
        case AgentKeepsDying():
            return Failed("agent_keeps_dying", str(error))
        case AgentStartFailed(stderr_tail=tail):
            return Failed("agent_start_failed", f"{error}\n{tail.strip()}" if tail.strip() else str(error))
        case WorkspaceError():
            return Failed("workspace_failed", str(error))
        case _:
            return Failed("internal_error", f"The turn could not begin: {error}")


def outcome_of_exit(exit_: Exit) -> Outcome:
    """How a turn ended that was itself ended: it crashed, or the runtime stops."""
    if isinstance(exit_, Crashed):
        return Interrupted("internal_error", f"BooCode failed while it ran this turn: {exit_.cause!r}")
    return Interrupted("runtime_stopped", f"BooCode stopped while this turn was running ({describe(exit_)}).")


def words_of_rung(outcome: Outcome) -> str | None:
    """What people are told when asking was not enough to end a turn."""
    match outcome:
        case Cancelled(rung="given_up"):
            return (
                "The agent was asked to stop and did not answer in time. The turn was ended without it; "
                "the agent is replaced before the next prompt."
            )
        case Cancelled(rung="killed"):
            return (
                "The agent did not stop when it was asked, so it was killed. The next prompt starts it again."
            )
        case _:
            return None


def death_of(exit_: Exit) -> str | None:
    """How an agent ended by itself; None when BooCode ended it."""
    match exit_:
        case Crashed(cause=AgentDied() as cause):
            return f"{cause}."
        case _:
            return None


def status_after(outcome: Outcome) -> AgentStatus:
    return "idle" if isinstance(outcome, Completed | Cancelled) else "error"


def permission_of(event: PermissionAsked, task: Task, expires_at: float) -> NewPermission:
    """The question as it is stored and shown; `expires_at` in UTC seconds."""
    assert task.chat_id is not None
    call = event.tool
    return NewPermission(
        id=new_id("perm"),
        chat_id=task.chat_id,
        task_id=task.id,
        agent=task.agent,
        request_key=event.request_key,
        title=event.title,
        tool=Part(
            type="tool",
            tool_call_id=call.tool_call_id,
            title=call.title,
            kind=call.kind,
            status=call.status,
            input=None if call.input is None else dict(call.input),
            locations=call.locations,
            diff=None if call.diff is None else Diff(call.diff.path, call.diff.old_text, call.diff.new_text),
        ),
        options=tuple(PermissionOption(o.id, o.label, o.kind) for o in event.options),
        expires_at=expires_at,
    )
