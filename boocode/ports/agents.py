"""Agent sessions: what a turn says to the actor that owns one agent's conversation, and what it hears.

A turn leases a warm agent session from the pool, starts one turn in it, hears its events in order and
exactly one TurnOver, and gives the lease back. If the agent session dies, the turn's monitor tells it.
"""

from collections.abc import Mapping

from attrs import field, frozen

from boocode.contracts.supervision import WarmPool
from boocode.domain.events import AgentEvent, Outcome
from boocode.kernel import Ref, Request


@frozen
class ProviderSpec:
    """How an agent is launched: a built-in or an entry of config.toml."""

    id: str
    label: str
    transport: str
    """`acp`; other transports have their own backends."""
    command: tuple[str, ...]
    env: Mapping[str, str] = field(factory=dict)
    models: tuple[str, ...] = ()
    how_to_get: str = ""
    """The command that installs it, for people; empty when we do not know."""
    fallback: tuple[str, ...] | None = None
    """The command of a program that prints lines of JSON: it runs work without a chat when the agent's handshake
    fails. None: the agent's own program, where it is known to have such a way."""


@frozen
class SessionKey:
    """The warm pool's key: one agent session per (chat, agent)."""

    chat_id: str
    agent: str


@frozen
class SessionPlan:
    """What an agent session must be like. A different `config_hash` retires the warm one."""

    key: SessionKey
    provider: ProviderSpec
    cwd: str
    config_hash: str
    resume_id: str | None = None
    """The agent's own session id from before, to be resumed where the agent can."""
    led_elsewhere: str | None = None
    """What an agent has missed that was warm before: the last turn of the conversation that another BooCode ran,
    and the last time that the chat went back to a checkpoint, anywhere."""
    one_shot: bool = False
    """For one turn only: the agent ends when its lease does."""


@frozen
class Acquire(Request["Lease"]):
    """Call to the pool: a ready agent session, started if need be (single flight), pinned until released.

    Raises AgentStartFailed (as a refused call) when the agent could not be started.
    """

    plan: SessionPlan
    holder: Ref
    """Monitored by the pool: the lease ends with its holder at the latest."""


@frozen
class Lease:
    id: str
    session: Ref
    agent_session_id: str
    fresh: bool
    """True when the agent has no memory of earlier turns (neither warm nor resumed)."""


@frozen
class Release:
    """Cast to the pool: the lease is over; the session is idle from now."""

    lease_id: str


class AgentStartFailed(Exception):
    """The agent's process, handshake, session or prompt could not be had; str() is for people and names the
    phase: `launch`, `initialize`, `session/new`, `session/set_model`, `session/prompt`, …"""

    def __init__(self, phase: str, message: str, stderr_tail: str = "", *, died: bool = False) -> None:
        super().__init__(message)
        self.phase = phase
        self.message = message
        self.stderr_tail = stderr_tail
        self.died = died
        """The agent ended by itself; it counts against its chat's crash budget."""


class AgentKeepsDying(AgentStartFailed):
    """The agent of this chat died too often in a short time: it is not started again for now."""

    def __init__(self, message: str) -> None:
        super().__init__("restart", message)


class AgentDied(Exception):
    """The agent's process ended by itself; str() says how, for people. The exit cause of its session."""


class AgentUnruly(Exception):
    """The agent broke the rules so that its process has to go: it ignored a cancel, or sent an endless line."""


@frozen
class SessionLimits:
    """Seconds that an agent may take in its parts."""

    initialize_s: float = 30.0
    open_s: float = 60.0
    """For resuming or making the session, all ways that are tried together."""
    choose_s: float = 15.0
    """For each of set_model and set_mode."""
    cancel_s: float = 5.0
    """From session/cancel until it is given up on or killed."""
    listen_s: float = 120.0
    """How long the listener of a turn may take over one batch of events."""


@frozen
class StartTurn(Request["TurnStarted"]):
    """Call to an agent session: send this prompt. Refused (AgentStartFailed) while another turn runs in it, when
    it does not offer this model or mode, and when it does not take what it offered."""

    task_id: str
    prompt: str
    listener: Ref
    model: str | None = None
    mode: str | None = None
    thinking: str | None = None
    """How hard to think, in the agent's own words; what it does not offer is told and passed over."""


@frozen
class TurnStarted:
    """The prompt was written to the agent."""

    agent_session_id: str
    model: str | None


@frozen
class TurnEvents(Request[None]):
    """Call by an agent session to the listener: events in the agent's order. The reply is the flow control:
    the next batch comes only after it."""

    task_id: str
    events: tuple[AgentEvent, ...]


@frozen
class TurnOver:
    """Cast to the listener, after the last TurnEvents of the turn: it is over, exactly once."""

    task_id: str
    outcome: Outcome


@frozen
class CancelTurn:
    """Cast to an agent session: end this turn now; the session stays usable if the agent obeys.

    Ladder: the agent is asked, after a deadline given up on (late answer ignored), and killed if it is deaf.
    """

    task_id: str


@frozen
class AnswerPermission:
    """Cast to an agent session: a person's, the policy's or the deadline's answer; None = cancelled."""

    request_key: str
    option_id: str | None
    timed_out: bool = False
    """Nobody answered: an agent that can be told a reason hears this one, not that it was denied."""
    words: str | None = None
    """How it was answered, for agents that can be told."""


@frozen
class ReadPool(Request[WarmPool]):
    """Call to the pool: who is warm, and who goes first."""


@frozen
class Forgive:
    """Cast to the pool: a person tries again, so the agent's deaths in this chat count no more."""

    key: SessionKey


CHAT_GONE = "its chat is deleted"


@frozen
class ChatsGone:
    """Cast to the pool: these chats were deleted, perhaps by another process; their agents end when free."""

    chat_ids: tuple[str, ...]


@frozen
class EndAgents(Request[None]):
    """Call to the pool: like ChatsGone, for chats that are about to go; replies when no agent of them is left."""

    chat_ids: tuple[str, ...]
    why: str = CHAT_GONE


@frozen
class AgentWarmed:
    """Cast by an agent session to its pool: handshake done."""

    key: SessionKey
    session: Ref
    agent_session_id: str
    resumed: bool
    """The agent remembers the turns of `resume_id`."""
    models: tuple[tuple[str, str], ...]
    modes: tuple[str, ...]


@frozen
class AgentOwesAnswer:
    """Cast by an agent session to its pool: a cancelled prompt was given up on (`owes`), or answered after all.

    Until then nobody may send it another prompt: the pool replaces it when it is wanted.
    """

    key: SessionKey
    session: Ref
    owes: bool


@frozen
class AgentPrompted:
    """Cast by an agent session to its pool: from now on the agent remembers something."""

    key: SessionKey
    session: Ref
