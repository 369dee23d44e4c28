"""The sub-tree of one Claude through its SDK.

AGENT-CHAT-N   rest_for_one, no restart: whatever of it dies, the rest goes too, and the pool starts the next one when
├─ process     somebody needs it
└─ session
"""

from collections.abc import Mapping

from attrs import field, frozen

from actors.claude_process import ClaudeProcess
from actors.claude_session import ClaudeSession
from boocode.domain.agent_environment import agent_environment
from boocode.kernel import ChildSpec
from boocode.ports.agents import SessionLimits, SessionPlan
from boocode.ports.claude import ClaudeClients
from boocode.ports.names import SESSION_POOL, SESSIONS
from boocode.ports.processes import LaunchSpec, ProcessOwner
from supervisors.agent_tree import agent_tree, process_child

CLAUDE_SDK = "claude-sdk"
SESSION_SHUTDOWN_S = 6.0
"""Longer than a session's last words and the last write of its memory."""


@frozen
class ClaudeParts:
    """What the composition root gives for Claude to be run."""

    owner: ProcessOwner
    clients: ClaudeClients
    environment: Mapping[str, str]
    """BooCode's own; agents get the part of it that `agent_environment` lists."""
    limits: SessionLimits = field(factory=SessionLimits)
    term_grace_s: float = 2.0


def claude_child(parts: ClaudeParts, plan: SessionPlan, child_id: str) -> ChildSpec:
    """process → session; the session finds its sibling by its registered name."""
    launch = LaunchSpec(
        command=plan.provider.command,
        cwd=plan.cwd,
        env=agent_environment(parts.environment, plan.provider.env),
        label=f"{SESSIONS}/{child_id}",
        term_grace_s=parts.term_grace_s,
    )
    process = f"{child_id}/process"
    return agent_tree(
        child_id,
        process_child(
            lambda: ClaudeProcess(parts.owner, launch, parts.clients, plan.resume_id), process, launch
        ),
        ChildSpec(
            id="session",
            start=lambda: ClaudeSession(
                plan, parts.clients, parts.limits, process=process, pool=SESSION_POOL
            ),
            shutdown=SESSION_SHUTDOWN_S,
        ),
    )
