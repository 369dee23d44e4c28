"""The sub-tree of one agent, the supervisor of all of them, and their pool.

sessions (dynamic)
└─ AGENT-CHAT-N   rest_for_one, no restart: whatever of it dies, the rest goes too, and the pool starts
   ├─ process        the next one when somebody needs it
   ├─ reader
   ├─ terminals      dynamic: the commands that the agent has us run, an actor each
   └─ session
session_pool
"""

import shutil
from collections.abc import Callable, Mapping
from functools import partial
from typing import TypeAlias

from attrs import field, frozen

from actors.agent_process import AgentProcess
from actors.agent_session import AgentSession
from actors.event_reader import EventReader
from actors.session_pool import SessionPool
from actors.terminal import Terminal
from actors.terminal_service import TerminalPlace
from boocode.domain.agent_environment import agent_environment
from boocode.kernel import ChildSpec, DynamicSpec, Ref, Restart
from boocode.ports.agent_wire import AgentFiles, AgentWire
from boocode.ports.agents import SessionLimits, SessionPlan
from boocode.ports.names import SESSION_POOL, SESSIONS
from boocode.ports.processes import BUN_SCRATCH, LaunchSpec, ProcessOwner
from boocode.ports.terminals import TerminalCommand
from supervisors.agent_tree import SESSION_SHUTDOWN_S, agent_tree, process_child

ACP = "acp"
Backends: TypeAlias = Mapping[str, Callable[[SessionPlan, str], ChildSpec]]
"""By transport: what makes the sub-tree of one agent session, from its plan and the sub-tree's child id. Its session
speaks `boocode.ports.agents`, whatever the agent speaks."""
TERMINAL_GRACE_S = 1.0
"""For a command to end after SIGTERM."""


@frozen
class AgentParts:
    """What the composition root gives for agents to be run."""

    owner: ProcessOwner
    make_wire: Callable[[], AgentWire]
    make_files: Callable[[str], AgentFiles]
    """By the worktree's path."""
    environment: Mapping[str, str]
    """BooCode's own; agents get the part of it that `agent_environment` lists."""
    version: str
    limits: SessionLimits = field(factory=SessionLimits)
    term_grace_s: float = 2.0
    shell: str = field(factory=lambda: shutil.which("bash") or "sh")
    """What runs an agent's shell lines: they are written for bash where there is one."""


def agent_child(parts: AgentParts, plan: SessionPlan, child_id: str) -> ChildSpec:
    """process → reader → session of one agent; the session registers its siblings' names in its own."""
    launch = LaunchSpec(
        command=plan.provider.command,
        cwd=plan.cwd,
        env=agent_environment(parts.environment, plan.provider.env),
        label=f"{SESSIONS}/{child_id}",
        term_grace_s=parts.term_grace_s,
        scratch=BUN_SCRATCH,
    )
    process, reader = f"{child_id}/process", f"{child_id}/reader"
    place = TerminalPlace(
        f"{child_id}/terminals",
        partial(terminal_child, parts, f"{SESSIONS}/{child_id}"),
        launch.env,
        parts.shell,
    )

    def session() -> AgentSession:
        return AgentSession(
            plan,
            parts.make_wire(),
            parts.make_files(plan.cwd),
            place,
            parts.limits,
            parts.version,
            process=process,
            reader=reader,
            pool=SESSION_POOL,
        )

    return agent_tree(
        child_id,
        process_child(lambda: AgentProcess(parts.owner, launch), process, launch),
        ChildSpec(id="reader", start=lambda: EventReader(process, parts.make_wire()), name=reader),
        ChildSpec(id="terminals", start=DynamicSpec(), name=place.name),
        ChildSpec(id="session", start=session, shutdown=SESSION_SHUTDOWN_S),
    )


def terminal_child(parts: AgentParts, label: str, command: TerminalCommand, session: Ref) -> ChildSpec:
    """One terminal of an agent session, `label` says whose."""
    launch = LaunchSpec(
        command=command.words,
        cwd=command.cwd,
        env=command.env,
        label=f"{label}/{command.terminal_id}",
        term_grace_s=TERMINAL_GRACE_S,
        stdin=False,
        merge_stderr=True,
    )
    return ChildSpec(
        id=command.terminal_id,
        start=lambda: Terminal(parts.owner, command, launch, session),
        restart=Restart.TEMPORARY,
        shutdown=launch.stop_bound_s + 1.0,
    )


def sessions_child() -> ChildSpec:
    """The dynamic supervisor of every agent's sub-tree."""
    return ChildSpec(id=SESSIONS, start=DynamicSpec(), name=SESSIONS)


def acp_only(parts: AgentParts) -> Backends:
    return {ACP: partial(agent_child, parts)}


def pool_child(backends: Backends, idle_ttl_s: float = 900.0, max_warm: int = 8) -> ChildSpec:
    """The pool; after `sessions` in its supervisor's list. A plan's transport must be one of `backends`."""

    def child(plan: SessionPlan, child_id: str) -> ChildSpec:
        return backends[plan.provider.transport](plan, child_id)

    return ChildSpec(
        id=SESSION_POOL, start=lambda: SessionPool(child, idle_ttl_s, max_warm), name=SESSION_POOL
    )
