"""opencode: its servers and their keeper, and the sub-tree of one session in one of them.

opencode             one_for_all: without its keeper a server belongs to nobody
├─ servers           dynamic
│  └─ PROVIDER-N     rest_for_one, no restart of its own: the keeper starts the next one when somebody needs it
│     ├─ process
│     └─ server      reads the event stream, watches the health
└─ keeper
sessions (dynamic)
└─ AGENT-CHAT-N
   └─ session        one conversation; several share a server, each in a directory of its own
"""

import secrets
from collections.abc import Callable, Mapping

from attrs import field, frozen

from actors.agent_process import AgentProcess
from actors.opencode_keeper import OpencodeKeeper
from actors.opencode_server import OpencodeServer
from actors.opencode_session import OpencodeSession
from actors.opencode_start import locked, server_command
from boocode.domain.agent_environment import agent_environment
from boocode.kernel import Backoff, ChildSpec, DynamicSpec, Strategy, SupervisorSpec
from boocode.ports.agents import ProviderSpec, SessionLimits, SessionPlan
from boocode.ports.names import OPENCODE, OPENCODE_SERVERS, SESSION_POOL
from boocode.ports.opencode import OpencodeApi, OpencodeLimits
from boocode.ports.processes import BUN_SCRATCH, LaunchSpec, ProcessOwner
from supervisors.agent_tree import SESSION_SHUTDOWN_S, agent_tree, process_child

OPENCODE_TRANSPORT = "opencode"
SERVER_SHUTDOWN_S = 2.0
_PASSWORD_BYTES = 24


@frozen
class OpencodeParts:
    """What the composition root gives for opencode servers to be run."""

    owner: ProcessOwner
    connect: Callable[[str, str], OpencodeApi]
    """By the server's URL and password."""
    environment: Mapping[str, str]
    """BooCode's own; servers get the part of it that `agent_environment` lists."""
    cwd: str
    """Where servers run: no worktree, for they serve many."""
    limits: SessionLimits = field(factory=SessionLimits)
    server_limits: OpencodeLimits = field(factory=OpencodeLimits)
    backoff: Backoff = field(factory=Backoff)
    term_grace_s: float = 2.0


def opencode_child(parts: OpencodeParts, idle_ttl_s: float = 900.0) -> ChildSpec:
    """The servers and their keeper; before `sessions` in their supervisor's list."""

    def make_server(provider: ProviderSpec, child_id: str) -> tuple[ChildSpec, str]:
        return _server(parts, provider, child_id)

    return ChildSpec(
        id="opencode",
        start=SupervisorSpec(
            strategy=Strategy.ONE_FOR_ALL,
            children=(
                ChildSpec(id="servers", start=DynamicSpec(), name=OPENCODE_SERVERS),
                ChildSpec(
                    id="keeper",
                    start=lambda: OpencodeKeeper(make_server, idle_ttl_s, parts.backoff),
                    name=OPENCODE,
                ),
            ),
        ),
    )


def _server(parts: OpencodeParts, provider: ProviderSpec, child_id: str) -> tuple[ChildSpec, str]:
    password = secrets.token_urlsafe(_PASSWORD_BYTES)
    launch = LaunchSpec(
        command=server_command(provider.command),
        cwd=parts.cwd,
        env={**agent_environment(parts.environment, provider.env), **locked(password)},
        label=f"opencode/{child_id}",
        term_grace_s=parts.term_grace_s,
        stdin=False,
        scratch=BUN_SCRATCH,
    )
    limits = parts.server_limits
    process, server = f"{OPENCODE_SERVERS}/{child_id}/process", f"{OPENCODE_SERVERS}/{child_id}/server"

    def make_server() -> OpencodeServer:
        return OpencodeServer(provider.label, process, lambda url: parts.connect(url, password), limits)

    spec = agent_tree(
        child_id,
        process_child(lambda: AgentProcess(parts.owner, launch), process, launch),
        ChildSpec(
            id="server",
            start=make_server,
            name=server,
            shutdown=SERVER_SHUTDOWN_S,
            start_timeout=limits.listen_s + limits.connect_s + 5.0,
        ),
    )
    return spec, server


def opencode_session_child(parts: OpencodeParts, plan: SessionPlan, child_id: str) -> ChildSpec:
    """The sub-tree of one session. Its server is no part of it: others use that, too."""
    session = ChildSpec(
        id="session",
        start=lambda: OpencodeSession(plan, parts.limits, SESSION_POOL),
        shutdown=SESSION_SHUTDOWN_S,
    )
    return agent_tree(child_id, session)
