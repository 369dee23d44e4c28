"""Model, mode and thinking of a turn: set where they differ from what the agent has now. Not an actor."""

from typing import Literal, TypeAlias

from actors.agent_requests import AgentRequests, NoAnswer, RequestFailed
from actors.session_facts import SessionFacts
from boocode.domain.acp.messages import SettingsResult
from boocode.domain.acp.offers import Choice
from boocode.domain.events import Notice
from boocode.ports.agents import AgentStartFailed, StartTurn

What: TypeAlias = Literal["model", "mode", "thinking"]
_METHODS = {"model": "session/set_model", "mode": "session/set_mode", "thinking": "session/set_config_option"}


class TurnChoices:
    def __init__(self, requests: AgentRequests, facts: SessionFacts, label: str, timeout: float) -> None:
        self._requests = requests
        self._facts = facts
        self._label = label
        self._timeout = timeout

    async def make(self, start: StartTurn) -> list[Notice]:
        """What a turn does not ask for falls back to the agent's own choice.

        Raises AgentStartFailed when a model or mode is asked for that is not among those offered (which are named),
        when a mode is asked for and none is offered, and when the agent refuses what it had offered. A model of an
        agent that lets nobody choose, and thinking that is not offered, are told and passed over.
        """
        # In this order: another model may offer other levels of thinking.
        asked: tuple[tuple[What, str | None], ...] = (
            ("model", start.model),
            ("mode", start.mode),
            ("thinking", start.thinking),
        )
        notices = [await self._make(what, value) for what, value in asked]
        return [notice for notice in notices if notice is not None]

    async def _make(self, what: What, asked: str | None) -> Notice | None:
        choice = self._facts.choice(what)
        if asked is not None and asked == self._facts.value(what):
            return None
        if asked is not None and (choice is None or choice.find(asked) is None):
            return self._not_offered(what, choice, asked)
        wanted = self._facts.default(what) if asked is None or choice is None else choice.find(asked)
        if choice is None or wanted is None or wanted == self._facts.value(what) or not choice.offers(wanted):
            return None
        await self._set(choice, wanted)
        self._facts.choose(what, wanted)
        return None

    def _not_offered(self, what: What, choice: Choice | None, asked: str) -> Notice:
        if choice is not None and what != "thinking":
            words = f"{self._label} does not offer the {what} {asked}. It offers: {choice.listed()}."
            raise AgentStartFailed(choice.method, words)
        if what == "mode":  # whoever asks for a plan must not get an agent that writes
            words = f"{self._label} does not offer the mode {asked}, nor any other."
            raise AgentStartFailed(_METHODS[what], words)
        if choice is not None:
            return Notice(f"{self._label} does not offer thinking {asked}; it offers: {choice.listed()}.")
        if what == "thinking":
            return Notice(f"{self._label} does not let us choose how it thinks; {asked} was passed over.")
        return Notice(f"{self._label} does not let us choose its model; {asked} was passed over.")

    async def _set(self, choice: Choice, wanted: str) -> None:
        params = choice.params(self._facts.agent_session_id, wanted)
        try:
            result = await self._requests.ask(choice.method, params, self._timeout, SettingsResult)
        except (RequestFailed, NoAnswer) as error:
            words = f"{self._label} did not take {wanted} ({choice.method}): {error}"
            raise AgentStartFailed(choice.method, words) from error
        if result.config_options is not None:
            self._facts.renew(result.config_options)
