"""Leads one turn after another through an opencode session: prompt, events, questions, gaps, cancel, end.

    sending ── 204 ──→ running ── idle, as `TurnView` counts it ──────────────→ over
                         │  └─ a gap in the stream: messages are read again
                         └─ cancel: abort, again and again until it is idle ──→ over
                            deadline: alive = given up, deaf = killed

Not an actor: the session hands it what concerns the turn. Its rule: a StartTurn that was answered with TurnStarted is
followed by exactly one TurnOver, after all events; a refused one by nothing.
"""

import time
from collections.abc import Awaitable, Callable, Iterable
from random import Random
from typing import Literal

import trio
from attrs import define, field

from actors.opencode_opening import OpenedSession
from actors.opencode_questions import OpencodeQuestions
from actors.turn_delivery import TurnDelivery, deliver
from boocode.domain.acp.stopping import remark
from boocode.domain.acp.turn_fold import TurnFold
from boocode.domain.events import (
    AgentEvent,
    Cancelled,
    Commands,
    Completed,
    Failed,
    Notice,
    Outcome,
)
from boocode.domain.opencode.message_ids import MessageIds
from boocode.domain.opencode.offers import called_command
from boocode.domain.opencode.outcomes import is_poisoned
from boocode.domain.opencode.turn_view import TurnView
from boocode.domain.opencode.vendor import (
    PermissionReplied,
    PermissionRequested,
    QuestionAsked,
    VendorEvent,
)
from boocode.kernel import Context, MonitorId, ReplyTo
from boocode.ports.agents import AgentStartFailed, AgentUnruly, SessionLimits, StartTurn, TurnStarted
from boocode.ports.names import OPENCODE
from boocode.ports.opencode import OpencodeRefused, OpencodeUnreachable, ServerDoubted, ServerUsed

PROMPT = "session/prompt"
MESSAGES = 200
"""What is read of a session after a gap: the turn's newest messages, and more than most turns have."""
LOOK_AGAIN_S = 1.0
"""After a gap, when the session says idle and the turn has no end yet."""
ABORT_AGAIN_S = 0.25
LOOP_STARTS_S = 1.0
"""A prompt is acknowledged before opencode works on it: until then idle does not mean over."""
OUT_S = 30.0
"""How long a command may take until its message is there."""


@define(eq=False)
class OpencodeTurn:
    start: StartTurn
    reply: ReplyTo
    view: TurnView
    fold: TurnFold
    delivery: TurnDelivery
    listener: MonitorId
    questions: OpencodeQuestions
    sent_at: float | None = None
    """When the prompt went out; None = not yet."""
    is_started: bool = False
    """TurnStarted was said: now the listener is owed a TurnOver."""
    is_cancelling: bool = False
    is_reading: bool = False
    """The messages are being read after a gap."""
    cure: Literal["none", "running", "done"] = "none"
    """Whether the directory's instance was made anew for it."""
    out: trio.Event = field(factory=trio.Event)
    """The server has the prompt, or never will."""
    over: trio.Event = field(factory=trio.Event)


class OpencodeTurns:
    def __init__(
        self,
        ctx: Context,
        opened: OpenedSession,
        directory: str,
        label: str,
        limits: SessionLimits,
        tell_prompted: Callable[[], None],
        tell_owes: Callable[[bool], None],
    ) -> None:
        self.turn: OpencodeTurn | None = None
        self.model: str | None = opened.offers.default_model
        self.mode: str | None = opened.offers.default_mode
        self._next: tuple[StartTurn, ReplyTo] | None = None
        self._ctx = ctx
        self._opened = opened
        self._api = opened.in_use.api
        self._session_id = opened.session_id
        self._directory = directory
        self._label = label
        self._limits = limits
        self._tell_prompted = tell_prompted
        self._tell_owes = tell_owes
        self._ids = MessageIds(Random())  # noqa: S311 - to tell messages apart, not to be secret
        if opened.newest_message is not None:
            self._ids.note(opened.newest_message)
        self._deliveries: set[TurnDelivery] = set()
        self._commands_told = False
        self._has_chosen = {"model": False, "mode": False}
        """Whether a turn has asked for one, which opencode goes on with unless told otherwise."""
        self._owes = False
        self._prompts = 0

    # Beginning

    def start(self, start: StartTurn, reply: ReplyTo) -> None:
        """Begins a turn; behind one that is being cancelled it waits for its place."""
        turn = self.turn
        if self._owes:
            words = f"{self._label} has not ended a cancelled turn yet and takes no other."
            reply.fail(AgentStartFailed(PROMPT, words))
        elif turn is None:
            self._begin(start, reply)
        elif turn.is_cancelling and self._next is None:
            self._next = (start, reply)
        else:
            words = f"{self._label} works on another turn of this chat ({turn.start.task_id})."
            reply.fail(AgentStartFailed(PROMPT, words))

    def _begin(self, start: StartTurn, reply: ReplyTo) -> None:
        turn = self.turn = OpencodeTurn(
            start,
            reply,
            self._new_view(),
            TurnFold(model=self.model, mode=self.mode),
            TurnDelivery(start.task_id, start.listener, self._limits.listen_s),
            self._ctx.monitor(start.listener),
            OpencodeQuestions(self._ctx, self._reply_soon),
        )
        self._ctx.set_busy(True, f"turn {start.task_id}")
        self._ctx.whereis(OPENCODE).cast(ServerUsed(self._ctx.ref))
        self._ctx.start_task(self._lead, turn, name=f"turn {start.task_id}")

    def _new_view(self) -> TurnView:
        return TurnView(self._ids.new(int(time.time() * 1000)))

    async def _lead(self, turn: OpencodeTurn) -> None:
        """A helper task: from the prompt to the last word said to the listener."""
        notices: list[AgentEvent] = []
        model = self._choice("model", turn.start.model, notices)
        mode = self._choice("mode", turn.start.mode, notices)
        self._prompts += 1
        self._tell_prompted()
        turn.sent_at = self._ctx.now()
        try:
            await self._send(turn, model, mode)
        except OpencodeRefused as refused:
            self._refuse(turn, f"{self._label} did not take the prompt: {refused}")
            return
        except OpencodeUnreachable as error:
            # It may have the prompt all the same: this session is not to be used again.
            self._opened.in_use.server.cast(ServerDoubted())
            self._set_owes(True)
            self._refuse(turn, f"{error}.")
            return
        if not turn.reply.is_open:  # whoever asked has gone meanwhile
            turn.delivery.abandon()
            self.cancel(turn.start.task_id)
            return
        turn.is_started = True
        turn.reply.reply(TurnStarted(self._session_id, model or turn.fold.model))
        if not self._commands_told and self._opened.offers.commands:
            self._commands_told = True
            notices.append(Commands(self._opened.offers.commands))
        turn.delivery.put_first(notices)
        self._deliveries.add(turn.delivery)
        await deliver(turn.delivery, lambda: self.cancel(turn.start.task_id))
        self._deliveries.discard(turn.delivery)

    def _choice(self, what: str, asked: str | None, notices: list[AgentEvent]) -> str | None:
        """What to send: what was asked for if it is offered, else nothing, so that opencode's own config chooses;
        but its default once another turn has chosen something else."""
        offers = self._opened.offers
        default = offers.default_model if what == "model" else offers.default_mode
        is_offered = asked is not None and (
            offers.offers_model(asked) if what == "model" else asked in offers.modes
        )
        if asked is not None and is_offered:
            self._has_chosen[what] = True
            return asked
        if asked is not None:
            words = f"{self._label} does not offer the {what} {asked}; it goes on with its own."
            notices.append(Notice(words))
        return default if self._has_chosen[what] else None

    async def _send(self, turn: OpencodeTurn, model: str | None, mode: str | None) -> None:
        """Returns when the server has the prompt. Raises OpencodeRefused or OpencodeUnreachable."""
        text, view = turn.start.prompt, turn.view
        command = called_command(text, self._opened.offers.commands)
        if command is None:
            await self._api.prompt(self._directory, self._session_id, view.message_id, text, model, mode)
            return
        failure: list[OpencodeRefused | OpencodeUnreachable] = []

        async def run() -> None:
            try:
                await self._api.run_command(
                    self._directory, self._session_id, view.message_id, command, model, mode
                )
            except (OpencodeRefused, OpencodeUnreachable) as error:
                failure.append(error)
                if turn is self.turn and turn.is_started:
                    turn.view.verdict = turn.view.verdict or Failed("agent_error", str(error))
                    self._look_at_end(turn)
            turn.out.set()

        self._ctx.start_task(run, name=f"command {command[0]}")
        with trio.move_on_after(OUT_S) as scope:
            await turn.out.wait()
        if failure:
            raise failure[0]
        if scope.cancelled_caught:
            raise OpencodeUnreachable(f"{self._label} did not begin /{command[0]} within {OUT_S:g} s")

    def _refuse(self, turn: OpencodeTurn, words: str) -> None:
        turn.reply.fail(AgentStartFailed(PROMPT, words))
        if turn is self.turn:
            self._close(turn)

    # Running

    def hear(self, events: Iterable[VendorEvent], *, has_gap: bool) -> None:
        """What the server's stream said of this session, or of one that a tool of it has made."""
        turn = self.turn
        if turn is not None and has_gap:
            self._read_again(turn)
        for event in events:
            turn = self.turn
            match event:
                case PermissionRequested():
                    self._asked(turn, event)
                case PermissionReplied(request_id=key, reply=reply) if turn is not None:
                    turn.delivery.put(turn.questions.answered_elsewhere(key, reply, turn.fold))
                case QuestionAsked(id=key):
                    self._soon(self._api.reject_question(self._directory, key))
                case _ if turn is not None and event.session_id in (self._session_id, ""):
                    turn.delivery.put(turn.fold.take(turn.view.take(event)))
                    self._look_at_end(turn)
                case _:
                    pass

    def _look_at_end(self, turn: OpencodeTurn) -> None:
        if turn.view.is_busy or turn.view.verdict is not None:
            turn.out.set()
        verdict = turn.view.verdict
        if verdict is None or turn is not self.turn:
            return
        if is_poisoned(verdict) and turn.cure == "none" and not (turn.view.has_shown or turn.is_cancelling):
            turn.cure = "running"
            self._ctx.start_task(self._cure, turn, verdict, name="cure the directory")
        elif turn.cure != "running":
            self._end(turn, Cancelled("asked") if turn.is_cancelling else verdict)

    async def _cure(self, turn: OpencodeTurn, verdict: Outcome) -> None:
        """The directory's instance is broken for every prompt: it is made anew, unless somebody works in it."""
        try:
            if not await self._api.statuses(self._directory):
                await self._api.dispose(self._directory)
                await self._api.providers(self._directory)
                if turn is self.turn and not turn.is_cancelling:
                    turn.view, turn.sent_at, turn.cure = self._new_view(), self._ctx.now(), "done"
                    await self._send(turn, turn.start.model, turn.start.mode)
                    return
        except (OpencodeRefused, OpencodeUnreachable):
            self._opened.in_use.server.cast(ServerDoubted())
        if turn is self.turn:
            self._end(turn, Cancelled("asked") if turn.is_cancelling else verdict)

    def _read_again(self, turn: OpencodeTurn) -> None:
        turn.view.stream_broke()
        if not turn.is_reading and turn.sent_at is not None:
            turn.is_reading = True
            self._ctx.start_task(self._reconcile, turn, name="read the messages again")

    async def _reconcile(self, turn: OpencodeTurn) -> None:
        """Reads what the stream may have lost until the turn's state is certain."""
        while turn is self.turn:
            try:
                statuses = await self._api.statuses(self._directory)
                messages = await self._api.messages(self._directory, self._session_id, MESSAGES)
                asked = await self._api.permissions(self._directory)
            except (OpencodeRefused, OpencodeUnreachable):
                self._opened.in_use.server.cast(ServerDoubted())
                await trio.sleep(LOOK_AGAIN_S)
                continue
            if turn is not self.turn:
                break
            is_idle = self._session_id not in statuses
            turn.delivery.put(turn.fold.take(turn.view.reconcile(messages, is_idle=is_idle)))
            self._questions_now(turn, asked)
            self._look_at_end(turn)
            if not is_idle or turn is not self.turn:
                break
            await trio.sleep(LOOK_AGAIN_S)
        turn.is_reading = False

    # Questions

    def _asked(self, turn: OpencodeTurn | None, request: PermissionRequested) -> None:
        if turn is None or turn.is_cancelling:
            self._reply_soon(request.id, "reject")
        else:
            turn.delivery.put(turn.questions.ask(request, turn.fold))

    def _questions_now(self, turn: OpencodeTurn, requests: list[PermissionRequested]) -> None:
        """After a gap: what is open at the server is open here, and nothing else is. The requests of sessions that
        tools have made cannot be told from those of other chats, so only what was asked in the stream is kept."""
        still = {request.id for request in requests}
        for key in [key for key in turn.fold.questions if key not in still]:
            turn.delivery.put(turn.questions.answered_elsewhere(key, None, turn.fold))
        for request in requests:
            if request.session_id == self._session_id:
                self._asked(turn, request)

    def answer(self, request_key: str, option_id: str | None) -> None:
        if self.turn is not None:
            self.turn.questions.answer(request_key, option_id, self.turn.fold)

    def _reply_soon(self, request_id: str, reply: str) -> None:
        self._soon(self._api.reply(self._directory, request_id, reply))

    def _soon(self, call: Awaitable[None]) -> None:
        """A call whose refusal means only that the question is over already."""

        async def run() -> None:
            try:
                await call
            except OpencodeRefused:
                pass
            except OpencodeUnreachable:
                self._opened.in_use.server.cast(ServerDoubted())

        self._ctx.start_task(run, name="answer")

    # Ending

    def listener_gone(self, monitor: MonitorId) -> bool:
        turn = self.turn
        if turn is None or turn.listener != monitor:
            return False
        turn.delivery.abandon()
        self.cancel(turn.start.task_id)
        return True

    def cancel(self, task_id: str) -> None:
        """Asks opencode to stop; twice is once, and a turn that is over already stays so."""
        turn = self.turn
        if turn is None or turn.start.task_id != task_id or turn.is_cancelling:
            return
        turn.is_cancelling = True
        self._ctx.set_busy(True, f"cancelling turn {task_id}")
        self._ctx.start_task(self._abort, turn, name=f"abort {task_id}")
        turn.delivery.put(turn.questions.withdraw(turn.fold))

    async def _abort(self, turn: OpencodeTurn) -> None:
        """Until the turn is over, one way or the other. Raises AgentUnruly when the server is deaf."""
        with trio.move_on_after(self._limits.cancel_s):
            while turn is self.turn:
                try:
                    await self._abort_once(turn)
                except OpencodeRefused:
                    await trio.sleep(ABORT_AGAIN_S)
                except OpencodeUnreachable:
                    break
        if turn is not self.turn:
            return
        try:
            await self._api.check_health(self._limits.cancel_s)
        except (OpencodeRefused, OpencodeUnreachable) as error:
            if turn is self.turn:
                self._end(turn, Cancelled("killed"))
                self._opened.in_use.server.cast(ServerDoubted())
                raise AgentUnruly(f"it ignored an abort for {self._limits.cancel_s:g} s") from error
        if turn is self.turn:
            self._set_owes(True)
            self._end(turn, Cancelled("given_up"))

    async def _abort_once(self, turn: OpencodeTurn) -> None:
        """One abort, and a look at whether it was one: right after the prompt there is nothing to abort yet."""
        await self._api.abort(self._directory, self._session_id)
        with trio.move_on_after(ABORT_AGAIN_S):
            await turn.over.wait()
            return
        if self._session_id in await self._api.statuses(self._directory) or turn is not self.turn:
            return
        has_begun = turn.view.is_busy and turn.cure != "running"
        if has_begun or self._ctx.now() - (turn.sent_at or 0.0) > LOOP_STARTS_S:
            self._end(turn, Cancelled("asked"))

    def _end(self, turn: OpencodeTurn, outcome: Outcome) -> None:
        turn.delivery.put(turn.questions.withdraw(turn.fold))
        events = turn.fold.end(completed=isinstance(outcome, Completed))
        words = remark(outcome)
        turn.delivery.put([*events, Notice(words)] if words else events)
        turn.delivery.finish(outcome)
        self.model, self.mode = turn.fold.model, turn.fold.mode
        self._close(turn)

    def _close(self, turn: OpencodeTurn) -> None:
        self.turn = None
        turn.over.set()
        turn.out.set()
        self._ctx.demonitor(turn.listener)
        self._ctx.set_busy(False)
        self._ctx.whereis(OPENCODE).cast(ServerUsed(self._ctx.ref))
        if self._next is not None:
            (start, reply), self._next = self._next, None
            self.start(start, reply)

    def _set_owes(self, owes: bool) -> None:
        self._owes = owes
        self._tell_owes(owes)

    # The session dies

    def fail_unstarted(self, words: str) -> None:
        """Refuses, in words, the turns that were not started yet."""
        waiting = [self._next[1]] if self._next is not None else []
        self._next = None
        if self.turn is not None and not self.turn.is_started:
            waiting.append(self.turn.reply)
        for reply in waiting:
            reply.fail(AgentStartFailed(PROMPT, words))

    async def last_words(self, outcome: Outcome) -> None:
        """Ends the running turn and waits until its listener has heard everything."""
        self._next = None
        turn = self.turn
        if turn is not None and turn.is_started:
            self._end(turn, Cancelled("killed") if turn.is_cancelling else outcome)
        for delivery in tuple(self._deliveries):
            await delivery.over.wait()

    def give_up_delivering(self) -> None:
        """The time for last words is over: TurnOver is said without the rest."""
        for delivery in tuple(self._deliveries):
            delivery.give_up()

    def inspect(self) -> dict[str, object]:
        turn = self.turn
        return {
            "turn": turn.start.task_id if turn is not None else None,
            "cancelling": turn is not None and turn.is_cancelling,
            "open_questions": len(turn.fold.questions) if turn is not None else 0,
            "prompts": self._prompts,
        }
