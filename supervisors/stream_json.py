"""The sub-tree of an agent that runs one prompt a process.

AGENT-CHAT-N   rest_for_one, no restart
├─ turns         dynamic: the process of the running turn, if there is one
└─ session
"""

from collections.abc import Callable, Mapping

from attrs import field, frozen

from actors.agent_process import AgentProcess
from actors.stream_json_session import StreamJsonSession
from actors.stream_json_turn import OneShotTools
from boocode.domain.agent_environment import agent_environment
from boocode.domain.stream_json.command import ENVIRONMENT, flavour_of
from boocode.kernel import ChildSpec, DynamicSpec
from boocode.ports.agents import SessionLimits, SessionPlan
from boocode.ports.message_lines import MessageLines
from boocode.ports.names import SESSION_POOL, SESSIONS
from boocode.ports.processes import BUN_SCRATCH, LaunchSpec, ProcessOwner
from supervisors.agent_tree import SESSION_SHUTDOWN_S, agent_tree

STREAM_JSON = "stream-json"


@frozen
class StreamJsonParts:
    """What the composition root gives for one-shot agents to be run."""

    owner: ProcessOwner
    make_lines: Callable[[], MessageLines]
    environment: Mapping[str, str]
    """BooCode's own; agents get the part of it that `agent_environment` lists."""
    limits: SessionLimits = field(factory=SessionLimits)
    term_grace_s: float = 2.0


def stream_json_child(parts: StreamJsonParts, plan: SessionPlan, child_id: str) -> ChildSpec:
    """turns → session; processes come and go below `turns`."""
    flavour = flavour_of(plan.provider.command)
    turns = f"{child_id}/turns"

    def launch(command: tuple[str, ...]) -> LaunchSpec:
        return LaunchSpec(
            command=command,
            cwd=plan.cwd,
            env=agent_environment(parts.environment, {**ENVIRONMENT[flavour], **plan.provider.env}),
            label=f"{SESSIONS}/{child_id}",
            term_grace_s=parts.term_grace_s,
            scratch=BUN_SCRATCH,
        )

    def process(spec: LaunchSpec) -> AgentProcess:
        # The session ends it: what it said last may wait longer for the turn than a process without a reader would.
        return AgentProcess(parts.owner, spec, afterlife_s=None)

    def session() -> StreamJsonSession:
        tools = OneShotTools(launch, process, parts.make_lines, turns=turns, pool=SESSION_POOL)
        return StreamJsonSession(plan, flavour, parts.limits, tools)

    return agent_tree(
        child_id,
        ChildSpec(id="turns", start=DynamicSpec(), name=turns),
        ChildSpec(id="session", start=session, shutdown=SESSION_SHUTDOWN_S),
    )
