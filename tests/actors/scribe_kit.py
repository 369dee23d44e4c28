"""A scribe in a tree: the real database and event writer, and a model that answers as a test says."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

import trio
from attrs import define, field

from actors.event_writer import EventWriter
from actors.scribe import ScribeParts
from boocode.adapters.postgres import PostgresLog, PostgresStore
from boocode.contracts.resources import Chat, Message, Part, Task
from boocode.domain.events import Completed, Outcome
from boocode.domain.native.failures import Failure
from boocode.kernel import Ref, System
from boocode.kernel.worker import Worker
from boocode.ports.model_endpoint import ModelEndpoint, ModelFailed, ModelRequest
from boocode.ports.names import HUB, SCRIBE
from boocode.ports.scribing import TurnBegan, TurnSettled
from supervisors.store import event_writer_child
from supervisors.surface import scribe_child
from tests.actors.store_kit import a_tree, ear
from tests.adapters.postgres.scenes import Pen, a_chat, settlement

KINDS = ("title", "summary", "label")


@define
class Model:
    """Answers by what it is asked for. A closed gate holds its answer back."""

    answers: dict[str, str] = field(
        factory=lambda: {"title": "Fix it", "summary": "Fix all", "label": "Look"}
    )
    failure: Failure | None = None
    is_strict: bool = False
    """Refuses options that it does not know."""
    gate: trio.Event | None = None
    asked: list[tuple[str, str]] = field(factory=list)
    """Model and kind."""
    texts: list[str] = field(factory=list)
    broken_off: int = 0
    most_at_once: int = 0
    _now: int = 0

    async def whole(self, request: ModelRequest, within_s: float) -> str:
        system, user = (str(message["content"]) for message in request.messages)
        kind = next(kind for kind in KINDS if kind in system)
        self.asked.append((request.model, kind))
        self.texts.append(user)
        self._now += 1
        self.most_at_once = max(self.most_at_once, self._now)
        try:
            if self.gate is not None:
                await self.gate.wait()
        except trio.Cancelled:
            self.broken_off += 1
            raise
        finally:
            self._now -= 1
        if self.is_strict and "chat_template_kwargs" in request.more:
            raise ModelFailed(Failure("refused", "Unknown parameter: 'chat_template_kwargs'."))
        if self.failure is not None:
            raise ModelFailed(self.failure)
        return self.answers[kind]

    async def close(self) -> None:
        pass


@define
class Desk:
    """The scribe of a test, and turns that tell it of themselves."""

    system: System
    store: PostgresStore
    pen: Pen
    model: Model

    async def chat(self, title: str = "") -> Chat:
        """In a session of its own; nobody has named either, or a person both."""
        project = (await a_chat(self.store)).session_id
        found = await self.store.get_session(project)
        assert found is not None
        session = await self.store.create_session(found.project_id, title or "New session", for_now=not title)
        assert session is not None
        (chat,) = session.chats
        if title:
            await self.store.rename_chat(chat.id, title)
        return chat

    async def begin(self, chat: Chat, text: str = "Please fix it", *, native: bool = False) -> "Turn":
        """A prompt, and its turn."""
        await self.pen.post(chat.id, text)
        (claimed,) = await self.store.claim_tasks("me", 1, 30.0)
        turn = Turn(self, claimed, native)
        self.cast(TurnBegan(turn.ref, claimed.task.id, chat.id, native))
        return turn

    def cast(self, message: object) -> None:
        self.system.whereis(SCRIBE).cast(message)

    async def state(self) -> Mapping[str, Any]:
        """With everything heard that was told."""
        live = self.system.whereis(SCRIBE).slot.live
        with trio.fail_after(30):
            while isinstance(live, Worker) and live.mailbox.data:
                await trio.sleep(0.001)
        return await self.system.get_state("root/names/scribe", 30)

    async def rest(self) -> Mapping[str, Any]:
        """As soon as the scribe has nothing to do."""
        with trio.fail_after(30):
            while (state := await self.state())["waiting"] or state["doing"]:
                await trio.sleep(0.01)
        return state

    async def title(self, chat: Chat) -> str:
        found = await self.store.get_chat(chat.id)
        assert found is not None
        return found.title

    async def session_title(self, chat: Chat) -> str:
        found = await self.store.get_session(chat.session_id)
        assert found is not None
        return found.title


@define
class Turn:
    desk: Desk
    claimed: Any
    native: bool

    @property
    def ref(self) -> Ref:
        return self.desk.system.whereis("turn")

    async def settle(self, *parts: Part, outcome: Outcome | None = None, model: str = "m1") -> None:
        parts = parts or (Part("text", text="done"),)
        text = "".join(part.text or "" for part in parts if part.type == "text")
        await self.desk.pen.settle(
            settlement(self.claimed, outcome or Completed(), text=text, parts=parts, model=model)
        )
        self.desk.cast(self.settled())

    def settled(self) -> TurnSettled:
        task = self.claimed.task
        return TurnSettled(task.id, task.chat_id, self.claimed.message_id, self.native)

    async def message(self) -> Message:
        found = await self.desk.store.get_message(self.claimed.message_id)
        assert found is not None
        return found

    async def task(self) -> Task:
        found = await self.desk.store.get_task(self.claimed.task.id)
        assert found is not None
        return found


def call(id: str) -> Part:
    return Part("tool", tool_call_id=id, title=f"Read {id}", kind="read", status="completed")


def text(said: str) -> Part:
    return Part("text", text=said)


@asynccontextmanager
async def scribe_desk(
    store: PostgresStore,
    log: PostgresLog,
    model: Model,
    fast: str | None = "fast-1",
    default: str | None = None,
    connect: Callable[[], ModelEndpoint] | None = None,
) -> AsyncIterator[Desk]:
    parts = ScribeParts(store, connect or (lambda: model), fast, default)  # type: ignore[arg-type, return-value]
    async with a_tree(
        event_writer_child(lambda: EventWriter(log)), ear(HUB, []), ear("turn", []), scribe_child(parts)
    ) as system:
        yield Desk(system, store, Pen(log), model)
