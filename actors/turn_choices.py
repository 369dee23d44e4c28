"""Model and mode of a turn: set where they differ from what the agent has now. Not an actor."""

from typing import Any, Literal

from actors.agent_requests import AgentRequests, NoAnswer, RequestFailed
from actors.session_facts import SessionFacts
from boocode.domain.acp.handshake import Choice
from boocode.domain.events import Notice
from boocode.ports.agents import AgentStartFailed, StartTurn


class TurnChoices:
    def __init__(self, requests: AgentRequests, facts: SessionFacts, label: str, timeout: float) -> None:
        self._requests = requests
        self._facts = facts
        self._label = label
        self._timeout = timeout

    async def make(self, start: StartTurn) -> list[Notice]:
        """What a turn does not ask for falls back to the agent's own choice; what is not offered is told.

        Raises AgentStartFailed when the agent refuses what it had offered.
        """
        offer = self._facts.offer
        notices = [
            await self._make("model", offer.model, start.model, self._facts.default_model),
            await self._make("mode", offer.mode, start.mode, self._facts.default_mode),
        ]
        return [notice for notice in notices if notice is not None]

    async def _make(
        self, what: Literal["model", "mode"], choice: Choice | None, asked: str | None, default: str | None
    ) -> Notice | None:
        now = self._facts.model if what == "model" else self._facts.mode
        wanted = asked or default
        if wanted is None or wanted == now:
            return None
        if choice is None or not choice.offers(wanted):
            rest = f"it goes on with {now}" if now else "it goes on with its own"
            return Notice(f"{self._label} does not offer the {what} {wanted}; {rest}.") if asked else None
        await self._set(choice, wanted)
        if what == "model":
            self._facts.model = wanted
        else:
            self._facts.mode = wanted
        return None

    async def _set(self, choice: Choice, wanted: str) -> None:
        params = choice.params(self._facts.agent_session_id, wanted)
        try:
            await self._requests.ask(choice.method, params, self._timeout, Any)
        except (RequestFailed, NoAnswer) as error:
            words = f"{self._label} did not take {wanted} ({choice.method}): {error}"
            raise AgentStartFailed(choice.method, words) from error
