"""The loop of one turn of the native agent: an answer of the model, its calls, and again, until it is over.

Runs in a helper task of the session, inside the turn's scope. Whatever ends it, `settle` gives the conversation what
had come: the beginning of an answer, and a result for each call. A prompt that the model has not begun to answer when
it fails is not remembered: it may be sent again.
"""

from collections.abc import Callable

from attrs import define, evolve, field

from actors.native_answer import ModelAnswer, new_call_id
from actors.native_calls import CallRunner
from actors.native_equipment import Equipment, NativeFacts
from actors.native_turn import NativeTurn
from boocode.domain.events import Failed, ModelChanged, Notice, Outcome
from boocode.domain.native.answer import Answer
from boocode.domain.native.conversation import AssistantSaid, Entry, Told, ToolSaid, UserSaid
from boocode.domain.native.loop import (
    LAST_WORDS,
    Steps,
    call_ids,
    cause_of,
    completed,
    emptiness,
    limit_words,
    next_step,
    unanswered,
    with_own_ids,
)
from boocode.domain.native.window import TooLong
from boocode.ports.model_endpoint import ModelFailed
from boocode.ports.native import NativePlace, NativeWorld
from boocode.ports.store import StoreError

NOT_KEPT = "What the agent remembers of this could not be kept; after a restart it would be lost."
STOPPED = (
    "The work was stopped before the result of this call was there. What it did so far is not known: look before you "
    "repeat it."
)
CANCELLED = (
    "The person stopped your work on this. It is not to be done any more, unless they ask for it again."
)
"""Else a prompt that was cancelled before its answer would be done with the next one."""


@define(eq=False)
class NativeLoop:
    world: NativeWorld
    place: NativePlace
    facts: NativeFacts
    turn: NativeTurn
    equipment: Equipment
    new_key: Callable[[], str]
    _prompt: UserSaid | None = field(init=False)
    """Until it is in the conversation."""
    _answer: ModelAnswer | None = field(init=False, default=None)
    """The one that is being written."""
    _calls: CallRunner | None = field(init=False, default=None)
    """Of the last answer that had some."""
    _is_settled: bool = field(init=False, default=False)
    _news: set[str] = field(init=False, factory=set)
    """Keys of what the conversation tells and whoever has brought it does not know."""

    def __attrs_post_init__(self) -> None:
        self._prompt = UserSaid(self.turn.start.prompt)

    async def run(self) -> Outcome:
        """Raises nothing but what a bug raises; every failure of the model is an outcome."""
        steps = Steps(self.equipment.max_steps)
        while True:
            await self._hear_news()
            try:
                answer = await self._ask(steps)
            except ModelFailed as failed:
                return Failed(cause_of(failed.failure), failed.failure.message)
            if isinstance(answer, TooLong):
                self._prompt = None
                return Failed("agent_error", answer.message)
            if answer.said.calls:
                await self._make(answer)
            after, then = next_step(steps, calls=bool(answer.said.calls), unmade=bool(answer.unmade))
            if then == "over":
                if words := emptiness(answer.said):
                    self.turn.say([Notice(words)])
                return completed(self.turn.finish, is_last=steps.is_last)
            if not answer.said.calls:
                self._remember(Told("\n".join(answer.unmade)))
            if then == "last":
                self.turn.say([Notice(limit_words(steps.limit))])
            await self._keep()
            steps = after

    def settle(self) -> None:
        """The turn ends, however it does: what is in the air comes into the conversation. Twice is once."""
        if self._answer is not None:
            said, self._answer = self._answer.close().said, None
            if said.text.strip():
                self._remember(AssistantSaid(said.text, said.reasoning))
        if self._calls is not None:
            self._calls.settle()
        if self.turn.is_cancelling:
            self._remember_prompt()
        self.facts.conversation.add(unanswered(self.facts.conversation.entries, STOPPED))
        if self.turn.is_cancelling and not self._is_settled:
            self._remember(Told(CANCELLED))
        self._is_settled = True

    # One answer

    async def _ask(self, steps: Steps) -> Answer | TooLong:
        turn, equipment, conversation = self.turn, self.equipment, self.facts.conversation
        more: list[Entry] = [self._prompt] if self._prompt is not None else []
        if steps.is_last:  # said once, and not remembered: the next turn has tools again
            more.append(Told(LAST_WORDS))
        fitted = equipment.fit((*conversation.entries, *more), self.facts)
        if isinstance(fitted, TooLong):
            return fitted
        conversation.cut = fitted.cut
        turn.begin_step()
        news = [Notice(fitted.note)] if fitted.note is not None else []
        turn.say([*news, ModelChanged(equipment.model)])
        offered = () if steps.is_last else tuple(equipment.tools)
        request = equipment.request(fitted.entries, with_tools=not steps.is_last)
        self._answer = answer = ModelAnswer(turn, offered, self._begun)
        try:
            heard = await answer.hear(self.world.endpoint, request)
        except ModelFailed as failed:
            if failed.failure.kind == "context_too_long":
                equipment.narrow(self.facts, fitted, failed.failure.window)
            if not answer.began:
                self._prompt = None
            raise
        equipment.learn(self.facts, fitted, answer.usage)
        if steps.is_last:  # it had no tools: what it calls all the same is not made
            heard = evolve(heard, said=evolve(heard.said, calls=()), unmade=())
        return await self._taken(heard)

    async def _begun(self) -> None:
        """The model answers: the prompt is part of the conversation, whatever dies now."""
        if self._remember_prompt():
            await self._keep()

    async def _taken(self, answer: Answer) -> Answer:
        self._answer = None
        taken = call_ids(self.facts.conversation.entries)
        calls = with_own_ids(answer.said.calls, taken, new_call_id)
        pairs = zip(answer.said.calls, calls, strict=True)
        recovered = frozenset(own.id for call, own in pairs if call.id in answer.recovered)
        if calls and not recovered:
            self.facts.callers.add(self.equipment.model)
        said = evolve(answer.said, calls=calls)
        self._remember_prompt()
        if said.text.strip() or said.calls:
            self._remember(said)
        self.turn.say([Notice(words) for words in answer.notices])
        await self._keep()  # before the calls are made: they may be the last that this BooCode does
        return evolve(answer, said=said, recovered=recovered)

    async def _make(self, answer: Answer) -> None:
        self.turn.doing = "tools"
        self._calls = runner = CallRunner(
            self.turn, self.equipment, self.facts.standing, self.new_key, self._remember, self._keep
        )
        doubtful = answer.recovered if self.equipment.model in self.facts.callers else frozenset()
        await runner.run(answer.said.calls, doubtful, cut_short=answer.cut_short)

    # Remembering

    def _remember_prompt(self) -> bool:
        """True: now it is remembered, and was not before."""
        prompt, self._prompt = self._prompt, None
        if prompt is not None:
            self._remember(prompt)
        return prompt is not None

    def _remember(self, entry: Entry) -> None:
        if isinstance(entry, ToolSaid):
            self._news.update(entry.told)
        self.facts.conversation.add([entry])

    async def _keep(self) -> None:
        """Makes durable what is remembered. News are theirs again who brought them until that is done."""
        trouble = await self.facts.conversation.save()
        if trouble is not None:
            self.turn.say([Notice(f"{words} {trouble}") for words in self.turn.unsaid(NOT_KEPT)])
            return
        if self._news:
            keys = tuple(sorted(self._news))
            try:
                await self.world.told(self.place, keys)
            except StoreError:
                return
            self._news.difference_update(keys)

    async def _hear_news(self) -> None:
        try:
            news = await self.world.news(self.place)
        except StoreError:
            return  # they are news next time, too
        for each in news:
            if each.told.key not in self.facts.conversation.keys:
                self._remember(each.told)
                self.turn.say([Notice(each.notice)])
            self._news.add(each.told.key)
        if self._news:
            await self._keep()
