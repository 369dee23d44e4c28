"""The scribe: has a model give names to chats, a line to turns, labels to runs of tool calls.

Nobody waits for it, and what it does not manage is left as it is. Turns tell it of their beginning and their end and
go on; its mailbox and its list of jobs drop the oldest. It does one thing at a time, and none at all while a turn uses
the same endpoint: a machine that holds one model would have to load another one in the middle of that turn, or forget
what it has worked out of the conversation. A request that is under way when such a turn begins is broken off and asked
again later; one that fails is not.
"""

import logging
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, TypeGuard

import trio
from attrs import evolve, frozen

from boocode.contracts.frames import ToolsLabelled
from boocode.contracts.resources import Message, Task, ToolLabel
from boocode.domain.native.scribe_jobs import DescribeTurn, Job, Jobs, NameChat
from boocode.domain.native.scribing import (
    LIMITS,
    WITHOUT_THINKING,
    Question,
    label_of,
    label_question,
    runs_to_label,
    summary_of,
    summary_question,
    title_of,
    title_question,
    wants_summary,
)
from boocode.domain.tool_runs import runs_of
from boocode.kernel import Actor, Down, Exit, MailboxFull, MailboxSpec, MonitorId, Overflow
from boocode.ports.log import Append, LogEntry
from boocode.ports.model_endpoint import ModelEndpoint, ModelFailed, ModelRequest
from boocode.ports.names import EVENT_WRITER
from boocode.ports.scribing import ScribeStore, TurnBegan, TurnSettled
from boocode.ports.store import StoreError

ANSWER_S = 120.0
"""Of one request: the endpoint may have to load the model first, and nobody waits."""
SCRIBE_MAILBOX = MailboxSpec(capacity=256, overflow=Overflow.DROP_OLDEST)

_log = logging.getLogger(__name__)


@frozen
class ScribeParts:
    store: ScribeStore
    connect: Callable[[], ModelEndpoint] | None
    """Gives an incarnation its own way to the endpoint. None: there is none, and the scribe does nothing."""
    fast: str | None = None
    """None: the model of the chat when the endpoint serves it, else `default`. Empty: the scribe does nothing."""
    default: str | None = None
    answer_s: float = ANSWER_S


class Scribe(Actor):
    """Registered as `scribe`. Takes TurnBegan and TurnSettled."""

    def __init__(self, parts: ScribeParts) -> None:
        self._parts = parts
        self._endpoint: ModelEndpoint | None = None
        self._knows_options = True
        """The endpoint has refused none of what keeps a model from thinking."""
        self._jobs = Jobs()
        self._rivals: dict[MonitorId, str] = {}
        """The turns that use the endpoint, by task."""
        self._news = trio.Event()
        self._scope: trio.CancelScope | None = None
        """Of the job under way."""
        self._doing: str | None = None
        self._done: Counter[str] = Counter()
        self._failed: Counter[str] = Counter()
        self._last_failure: str | None = None
        self._is_failing = False

    async def init(self) -> None:
        if self._parts.connect is not None and self._why_off() is None:
            self._endpoint = self._parts.connect()
            self.ctx.start_task(self._work, name="write")

    async def terminate(self, exit: Exit) -> None:  # noqa: ARG002
        if self._endpoint is not None:
            await self._endpoint.close()

    async def handle(self, message: Any) -> None:
        if self._why_off() is not None:
            return
        match message:
            case TurnBegan():
                if message.uses_endpoint:
                    self._keep_away(message)
                self._jobs.add(NameChat(message.chat_id, message.task_id, message.uses_endpoint))
            case TurnSettled():
                self._jobs.add(
                    DescribeTurn(message.chat_id, message.task_id, message.uses_endpoint, message.message_id)
                )
            case Down(monitor=monitor):
                self._rivals.pop(monitor, None)
        self._news.set()

    def inspect(self) -> Mapping[str, object]:
        if why := self._why_off():
            return {"off": why}
        return {
            "model": self._parts.fast or "that of the chat",
            "without_thinking": self._knows_options,
            "waiting": len(self._jobs),
            "doing": self._doing,
            "keeps_away_from": len(self._rivals),
            "done": dict(self._done),
            "gave_way": self._jobs.gave_way,
            "dropped": self._jobs.dropped,
            "failed": dict(self._failed),
            "last_failure": self._last_failure,
        }

    def _why_off(self) -> str | None:
        if self._parts.connect is None:
            return "config.toml has no base_url in [model]"
        return "fast in [model] of config.toml is empty" if self._parts.fast == "" else None

    def _keep_away(self, began: TurnBegan) -> None:
        self._rivals[self.ctx.monitor(began.turn)] = began.task_id
        if self._scope is not None:
            self._scope.cancel()

    # One job after the other

    async def _work(self) -> None:
        while True:
            job = None if self._rivals else self._jobs.take()
            if job is None:
                self._news = trio.Event()
                await self._news.wait()
            elif not await self._do(job):
                self._jobs.give_way(job)

    async def _do(self, job: Job) -> bool:
        """False: it was broken off."""
        self._doing = f"{'a name' if isinstance(job, NameChat) else 'a description'} for {job.task_id}"
        self.ctx.set_busy(True, self._doing)
        with trio.CancelScope() as self._scope:
            try:
                await self._write(job)
                self._is_failing = False
            except ModelFailed as error:
                self._fail(error.failure.kind, error.failure.message)
            except StoreError as error:
                self._fail("database", str(error))
        broken_off = self._scope.cancelled_caught
        self._scope = self._doing = None
        self.ctx.set_busy(False)
        return not broken_off

    async def _write(self, job: Job) -> None:
        task = await self._parts.store.get_task(job.task_id)
        if task is None:
            return
        model = self._parts.fast or (task.model if job.uses_endpoint else None) or self._parts.default
        if model is None:
            self._done["without a model"] += 1
        elif isinstance(job, NameChat):
            await self._name(job, model)
        elif message := await self._parts.store.get_message(job.message_id):
            await self._label(message, model)
            await self._summarise(task, message, model)

    async def _name(self, job: NameChat, model: str) -> None:
        prompt = await self._parts.store.first_prompt_if_nameless(job.chat_id)
        if prompt is None:
            return
        title = title_of(await self._ask(model, title_question(prompt)))
        if self._is_usable(title) and await self._parts.store.name_chat(job.chat_id, title):
            self._done["titles"] += 1

    async def _label(self, message: Message, model: str) -> None:
        known = {label.tool_call_ids for label in message.labels}
        for run in runs_to_label(runs_of(message.parts)):
            ids = tuple(part.tool_call_id or "" for part in run)
            if ids in known:
                continue  # from before this job gave way
            text = label_of(await self._ask(model, label_question(run)))
            if self._is_usable(text):
                self._say(message, ToolLabel(ids, text))

    def _say(self, message: Message, label: ToolLabel) -> None:
        entry = LogEntry(message.chat_id, ToolsLabelled(message.id, label), time.time())
        with suppress(MailboxFull):
            self.ctx.whereis(EVENT_WRITER).cast(Append((entry,)))
            self._done["labels"] += 1

    async def _summarise(self, task: Task, message: Message, model: str) -> None:
        if task.state != "completed" or not wants_summary(message.text):
            return
        summary = summary_of(await self._ask(model, summary_question(task.input, message.text)))
        if self._is_usable(summary) and await self._parts.store.summarise_task(
            task.id, task.output_summary, summary
        ):
            self._done["summaries"] += 1

    async def _ask(self, model: str, question: Question) -> str:
        assert self._endpoint is not None, "without one there are no jobs"
        request = ModelRequest(model, question.messages(), more=LIMITS)
        if self._knows_options:
            try:
                quick = evolve(request, more={**LIMITS, **WITHOUT_THINKING})
                return await self._endpoint.whole(quick, self._parts.answer_s)
            except ModelFailed as error:
                if error.failure.kind != "refused":
                    raise
                self._knows_options = False  # or it refuses the plain question, too, which is a failure then
        return await self._endpoint.whole(request, self._parts.answer_s)

    def _is_usable(self, line: str | None) -> TypeGuard[str]:
        if line is None:
            self._done["answers without a line"] += 1
        return line is not None

    def _fail(self, kind: str, words: str) -> None:
        """People are told once of a row of failures: chats work as well without names."""
        if not self._is_failing:
            _log.warning("chats and turns get no names for now: %s", words)
        self._is_failing = True
        self._failed[kind] += 1
        self._last_failure = words
