"""Model, mode and thinking of a turn with Claude: set where they differ from what was chosen before. Not an actor."""

from collections.abc import Awaitable

import trio

from actors.claude_facts import ClaudeFacts
from boocode.domain.claude.offers import thinking_with
from boocode.domain.events import Notice
from boocode.ports.agents import AgentStartFailed, StartTurn
from boocode.ports.claude import ClaudeRefused, ClaudeTalk


class ClaudeChoices:
    """What a turn does not ask for is Claude's own choice again, if an earlier turn had asked for something else;
    a mode that Claude came to by itself (a person allowed all edits) stays."""

    def __init__(self, talk: ClaudeTalk, facts: ClaudeFacts, label: str, timeout: float) -> None:
        self._talk = talk
        self._facts = facts
        self._label = label
        self._timeout = timeout
        self._model: str | None = None
        self._mode: str | None = None
        self._thinking: str | None = None

    async def make(self, start: StartTurn) -> list[Notice]:
        """Raises AgentStartFailed when Claude refuses what it had offered. Returns what was not offered, in words."""
        notices = []
        model, mode = start.model, start.mode
        if model is not None and model != self._facts.model and not self._facts.offers_model(model):
            notices.append(self._not_offered("model", model, self._facts.model))
            model = self._model
        if mode is not None and mode not in self._facts.offer.modes:
            notices.append(self._not_offered("mode", mode, self._facts.mode))
            mode = self._mode
        thinking = start.thinking
        if thinking is not None and thinking not in thinking_with(self._facts.offer.models, model):
            words = f"{self._label} does not offer thinking {thinking} with this model; it was passed over."
            notices.append(Notice(words))
            thinking = None
        await self._choose_model(model)
        await self._choose_mode(mode)
        await self._choose_thinking(thinking)
        return notices

    async def _choose_model(self, wanted: str | None) -> None:
        if wanted == self._model:
            return
        # Asked for no model at all it takes its maker's default, whatever its environment says.
        target = wanted or self._facts.default_model
        await self._set("set_model", target, self._talk.set_model(target))
        self._model, self._facts.model = wanted, target

    async def _choose_mode(self, wanted: str | None) -> None:
        if wanted is None and self._mode is None:
            return
        now = self._facts.mode or self._facts.offer.mode
        target = wanted or self._facts.offer.mode
        if target != now:
            await self._set("set_mode", target, self._talk.set_mode(target))
            self._facts.mode = target
        self._mode = wanted

    async def _choose_thinking(self, wanted: str | None) -> None:
        if wanted != self._thinking:
            await self._set("set_thinking", wanted, self._talk.set_thinking(wanted))
            self._thinking = wanted

    async def _set(self, method: str, wanted: str | None, doing: Awaitable[None]) -> None:
        try:
            with trio.fail_after(self._timeout):
                await doing
        except (ClaudeRefused, trio.TooSlowError) as error:
            why = str(error) or f"no answer within {self._timeout:g} s"
            words = f"{self._label} did not take {wanted or 'its own choice'} ({method}): {why}"
            raise AgentStartFailed(method, words) from error

    def _not_offered(self, what: str, wanted: str, now: str | None) -> Notice:
        rest = f"it goes on with {now}" if now else "it goes on with its own"
        return Notice(f"{self._label} does not offer the {what} {wanted}; {rest}.")
