"""What the parts that lead an opencode turn share: the conversation, and the one turn that runs in it."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Literal

import trio
from attrs import define, field, frozen

from actors.opencode_questions import OpencodeQuestions
from actors.turn_delivery import TurnDelivery
from boocode.domain.acp.turn_fold import TurnFold
from boocode.domain.events import Outcome
from boocode.domain.opencode.offers import Offers
from boocode.domain.opencode.turn_view import TurnView
from boocode.kernel import Context, MonitorId, Ref, ReplyTo
from boocode.ports.agents import SessionLimits, StartTurn
from boocode.ports.opencode import (
    OpencodeApi,
    OpencodeRefused,
    OpencodeUnreachable,
    PromptChoices,
    ServerDoubted,
)


@frozen
class Conversation:
    """One session in a server, as its helper tasks need it."""

    ctx: Context
    api: OpencodeApi
    server: Ref
    session_id: str
    directory: str
    label: str
    """The agent's name for people."""
    offers: Offers
    limits: SessionLimits

    def doubt(self) -> None:
        """The server did not answer us: it shall be looked at, and replaced if it is deaf."""
        self.server.cast(ServerDoubted())

    async def is_at_work(self) -> bool:
        return self.session_id in await self.api.statuses(self.directory)

    def soon(self, call: Callable[[], Awaitable[None]]) -> None:
        """A call whose refusal means only that what it is about is over already."""

        async def run() -> None:
            try:
                await call()
            except OpencodeRefused:
                pass
            except OpencodeUnreachable:
                self.doubt()

        self.ctx.start_task(run, name="answer")

    def reply_soon(self, request_id: str, reply: str) -> None:
        self.soon(partial(self.api.reply, self.directory, request_id, reply))


@define(eq=False)
class OpencodeTurn:
    start: StartTurn
    reply: ReplyTo
    view: TurnView
    fold: TurnFold
    delivery: TurnDelivery
    listener: MonitorId
    questions: OpencodeQuestions
    choices: PromptChoices = field(factory=PromptChoices)
    sent_at: float | None = None
    """When the prompt went out; None = not yet."""
    is_started: bool = False
    """TurnStarted was said: now the listener is owed a TurnOver."""
    is_cancelling: bool = False
    is_reading: bool = False
    """The messages are being read after a gap: before that is done the turn is not over, whatever the stream says."""
    gaps: int = 0
    cure: Literal["none", "running", "done"] = "none"
    """Whether the directory's instance was made anew for it."""
    out: trio.Event = field(factory=trio.Event)
    """The server has the prompt, or never will."""
    over: trio.Event = field(factory=trio.Event)


EndTurn = Callable[[OpencodeTurn, Outcome], None]
"""Ends a turn, if it runs still."""
