"""From a fresh process to an open agent session: initialize, then resume, load or a new session.

Not an actor: a helper task of the agent session runs it. Each phase has its deadline; what fails names its phase.
"""

from collections.abc import Callable

import trio
from attrs import frozen

from actors.agent_requests import AgentRequests, NoAnswer, RequestFailed
from boocode.domain.acp.handshake import (
    METHOD_OF_OPENING,
    Opening,
    Traits,
    initialize_params,
    openings,
    traits,
)
from boocode.domain.acp.messages import InitializeResult, SessionResult
from boocode.domain.acp.offers import Offer, offer
from boocode.ports.agents import AgentStartFailed, SessionLimits, SessionPlan

REPLAY_QUIET_S = 0.1
"""No news for so long after session/load was answered: the replay is over."""
REPLAY_S = 2.0
"""The longest that is waited for that, and for its beginning."""


@frozen
class Opened:
    """An open agent session."""

    agent_session_id: str
    resumed: bool
    offer: Offer
    traits: Traits


class Handshake:
    """One handshake; `phase` says how far it is, for people and for errors."""

    def __init__(self, plan: SessionPlan, limits: SessionLimits, version: str) -> None:
        self.phase = "initialize"
        self._plan = plan
        self._limits = limits
        self._version = version

    def failure(self, what: object, stderr_tail: str = "") -> AgentStartFailed:
        """The error of the present phase, in words."""
        words = f"{self._plan.provider.label} could not be started ({self.phase}): {what}"
        return AgentStartFailed(self.phase, words, stderr_tail)

    async def run(self, requests: AgentRequests, replayed: Callable[[], int]) -> Opened:
        """Raises AgentStartFailed. `replayed` says how many updates have been dropped as history so far."""
        try:
            told = await requests.ask(
                "initialize", initialize_params(self._version), self._limits.initialize_s, InitializeResult
            )
            known = traits(told)
            self.phase = METHOD_OF_OPENING["new"]
            with trio.fail_after(self._limits.open_s):
                return await self._open(requests, known, replayed)
        except (RequestFailed, NoAnswer) as error:
            raise self.failure(error) from error
        except trio.TooSlowError as error:
            raise self.failure(NoAnswer(self.phase, self._limits.open_s)) from error

    async def _open(self, requests: AgentRequests, known: Traits, replayed: Callable[[], int]) -> Opened:
        *ways_back, last = openings(known, self._plan.resume_id)
        for way in ways_back:
            try:
                result = await self._try(requests, way)
            except RequestFailed:
                continue  # advertised and not there, or the conversation is gone: the next way
            assert self._plan.resume_id is not None
            # Qwen Code (seen in 0.15.10) "loads" a conversation that it does not know: an empty one, under that id.
            remembers = way == "resume" or await _history_came(replayed)
            return Opened(result.session_id or self._plan.resume_id, remembers, offer(result), known)
        result = await self._try(requests, last)
        if result.session_id is None:
            raise self.failure("The agent's answer holds no sessionId.")
        return Opened(result.session_id, False, offer(result), known)

    async def _try(self, requests: AgentRequests, way: Opening) -> SessionResult:
        self.phase = METHOD_OF_OPENING[way]
        params: dict[str, object] = {"cwd": self._plan.cwd, "mcpServers": []}
        if way != "new":
            params["sessionId"] = self._plan.resume_id
        return await requests.ask(self.phase, params, self._limits.open_s, SessionResult)


async def _history_came(replayed: Callable[[], int]) -> bool:
    """Waits until the replay of a loaded conversation is over; False = nothing was replayed: it holds nothing.

    Some agents answer session/load first and replay afterwards: a prompt's events must not mix with that.
    """
    with trio.move_on_after(REPLAY_S):
        seen = 0
        while replayed() == 0 or seen != replayed():
            seen = replayed()
            await trio.sleep(REPLAY_QUIET_S)
    return replayed() > 0
