"""Leads one turn after another through an opencode session: prompt, events, questions, gaps, cancel, end.

    sending ── 204 ──→ running ── idle, as `TurnView` counts it ──→ over
                         │  ├─ a gap in the stream: see `opencode_catching_up`
                         │  └─ a poisoned directory: its instance is made anew and the prompt sent again, once
                         └─ cancel: see `opencode_aborting` ──────→ over

Not an actor: the session hands it what concerns the turn. Turns come and go by its slot.
"""

import time
from collections.abc import Callable, Iterable
from functools import partial
from random import Random

import trio

from actors.opencode_aborting import Aborting
from actors.opencode_catching_up import CatchingUp
from actors.opencode_prompting import Prompting
from actors.opencode_questions import OpencodeQuestions
from actors.opencode_turn import Conversation, OpencodeTurn
from actors.turn_delivery import TurnDelivery
from actors.turn_end import say_end
from actors.turn_slot import TurnSlot
from boocode.domain.acp.turn_fold import TurnFold
from boocode.domain.events import Cancelled, Outcome
from boocode.domain.opencode.message_ids import MessageIds
from boocode.domain.opencode.outcomes import is_poisoned
from boocode.domain.opencode.turn_view import TurnView
from boocode.domain.opencode.vendor import PermissionReplied, PermissionRequested, QuestionAsked, VendorEvent
from boocode.kernel import ReplyTo
from boocode.ports.agents import AgentStartFailed, StartTurn, TurnStarted
from boocode.ports.names import OPENCODE
from boocode.ports.opencode import OpencodeRefused, OpencodeUnreachable, ServerUsed

PROMPT = "session/prompt"
GONE_S = 2.0
"""How long a server that did not take a prompt may take to be found dead: then how it ended is the reason."""


class OpencodeTurns:
    def __init__(
        self,
        conversation: Conversation,
        newest_message: str | None,
        tell_prompted: Callable[[], None],
        tell_owes: Callable[[], None],
    ) -> None:
        self.slot = TurnSlot[OpencodeTurn](
            conversation.ctx, conversation.label, PROMPT, self._begin, self._obstacle
        )
        self.model: str | None = conversation.offers.default_model
        self.mode: str | None = conversation.offers.default_mode
        self._at = conversation
        self._ctx = conversation.ctx
        self._prompting = Prompting(conversation)
        self._aborting = Aborting(conversation, self._end, self._set_owes)
        self._catching_up = CatchingUp(conversation, self._asked, self._look_at_end)
        self._tell_prompted = tell_prompted
        self._tell_owes = tell_owes
        self._ids = MessageIds(Random())  # noqa: S311 - to tell messages apart, not to be secret
        if newest_message is not None:
            self._ids.note(newest_message)
        self._owes = False
        self._prompts = 0

    @property
    def turn(self) -> OpencodeTurn | None:
        return self.slot.turn

    # Beginning

    def _obstacle(self) -> str | None:
        return (
            f"{self._at.label} has not ended a cancelled turn yet and takes no other." if self._owes else None
        )

    def _begin(self, start: StartTurn, reply: ReplyTo) -> None:
        turn = OpencodeTurn(
            start,
            reply,
            self._new_view(),
            TurnFold(model=self.model, mode=self.mode),
            TurnDelivery(start.task_id, start.listener, self._at.limits.listen_s),
            self._ctx.monitor(start.listener),
            OpencodeQuestions(self._ctx, self._at.reply_soon),
        )
        self.slot.enter(turn)
        self._ctx.whereis(OPENCODE).cast(ServerUsed(self._ctx.ref))
        self._ctx.start_task(self._lead, turn, name=f"turn {start.task_id}")

    def _new_view(self) -> TurnView:
        return TurnView(self._ids.new(int(time.time() * 1000)))

    async def _lead(self, turn: OpencodeTurn) -> None:
        """A helper task: from the prompt to the last word said to the listener."""
        try:
            choices, notices = self._prompting.choices(turn)
        except AgentStartFailed as failed:
            self._refuse(turn, failed)
            return
        turn.choices = choices
        self._prompts += 1
        self._tell_prompted()
        turn.sent_at = self._ctx.now()
        try:
            await self._prompting.send(turn)
        except OpencodeRefused as refused:
            words = f"{self._at.label} did not take the prompt: {refused}"
            self._refuse(turn, AgentStartFailed(PROMPT, words))
            return
        except OpencodeUnreachable as error:
            # It may have the prompt all the same: this session is not to be used again.
            self._at.doubt()
            self._set_owes()
            with trio.move_on_after(GONE_S):
                await self._at.server.stopped()
                await trio.sleep_forever()  # the session goes with it, and tells how it ended
            self._refuse(turn, AgentStartFailed(PROMPT, f"{error}."))
            return
        if not turn.reply.is_open:  # whoever asked has gone meanwhile
            turn.delivery.abandon()
            self.cancel(turn.start.task_id)
            return
        turn.is_started = True
        turn.reply.reply(TurnStarted(self._at.session_id, choices.model or turn.fold.model))
        turn.delivery.put_first(notices)
        await self.slot.deliver(turn, lambda: self.cancel(turn.start.task_id))

    def _refuse(self, turn: OpencodeTurn, failed: AgentStartFailed) -> None:
        turn.reply.fail(failed)
        if turn is self.turn:
            self._close(turn)

    # Running

    def hear(self, events: Iterable[VendorEvent], *, has_gap: bool) -> None:
        """What the server's stream said of this session, or of one that a tool of it has made."""
        if self.turn is not None and has_gap:
            self._catching_up.begin(self.turn)
        for event in events:
            turn = self.turn
            match event:
                case PermissionRequested():
                    self._asked(turn, event)
                case PermissionReplied(request_id=key, reply=reply):
                    if turn is not None:
                        turn.delivery.put(turn.questions.answered_elsewhere(key, reply, turn.fold))
                case QuestionAsked(id=key):
                    self._at.soon(partial(self._at.api.reject_question, self._at.directory, key))
                case _:
                    if turn is not None and event.session_id in (self._at.session_id, ""):
                        turn.delivery.put(turn.fold.take(turn.view.take(event)))
                        self._look_at_end(turn)

    def _look_at_end(self, turn: OpencodeTurn) -> None:
        verdict = turn.view.verdict
        if turn.view.is_busy or verdict is not None:
            turn.out.set()
        if verdict is None or turn.is_reading or turn is not self.turn:
            return
        if is_poisoned(verdict) and turn.cure == "none" and not (turn.view.has_shown or turn.is_cancelling):
            turn.cure = "running"
            self._ctx.start_task(self._cure, turn, verdict, name="cure the directory")
        elif turn.cure != "running":
            self._end(turn, verdict)

    async def _cure(self, turn: OpencodeTurn, verdict: Outcome) -> None:
        """The directory's instance is broken for every prompt: it is made anew, unless somebody works in it."""
        at = self._at
        try:
            if not await at.api.statuses(at.directory):
                await at.api.dispose(at.directory)
                await at.api.providers(at.directory)
                if not turn.over.is_set() and not turn.is_cancelling:
                    turn.view, turn.sent_at, turn.cure = self._new_view(), self._ctx.now(), "done"
                    await self._prompting.send(turn)
                    return
        except (OpencodeRefused, OpencodeUnreachable):
            at.doubt()
        turn.cure = "done"
        self._end(turn, verdict)

    # Questions

    def _asked(self, turn: OpencodeTurn | None, request: PermissionRequested) -> None:
        if turn is None or turn.is_cancelling:
            self._at.reply_soon(request.id, "reject")
        else:
            turn.delivery.put(turn.questions.ask(request, turn.fold))

    def answer(self, request_key: str, option_id: str | None) -> None:
        if self.turn is not None:
            self.turn.questions.answer(request_key, option_id, self.turn.fold)

    # Ending

    def cancel(self, task_id: str) -> None:
        """Asks opencode to stop; twice is once, and a turn that is over already stays so."""
        turn = self.slot.to_cancel(task_id)
        if turn is None:
            return
        turn.is_cancelling = True
        self._ctx.set_busy(True, f"cancelling turn {task_id}")
        self._ctx.start_task(self._aborting.run, turn, name=f"abort {task_id}")
        turn.delivery.put(turn.questions.withdraw(turn.fold))

    def _end(self, turn: OpencodeTurn, outcome: Outcome) -> None:
        """What a cancelled turn says of its end does not count: that it was cancelled is ours to know."""
        if turn is not self.turn:
            return
        if turn.is_cancelling and not isinstance(outcome, Cancelled):
            outcome = Cancelled("asked")
        say_end(turn, outcome)
        self.model, self.mode = turn.fold.model, turn.fold.mode
        self._close(turn)

    def _close(self, turn: OpencodeTurn) -> None:
        turn.over.set()
        turn.out.set()
        self._ctx.whereis(OPENCODE).cast(ServerUsed(self._ctx.ref))
        self.slot.leave(turn)

    def _set_owes(self) -> None:
        self._owes = True
        self._tell_owes()

    async def last_words(self, outcome: Outcome) -> None:
        """The session dies."""
        await self.slot.last_words(
            lambda turn: self._end(turn, Cancelled("killed") if turn.is_cancelling else outcome)
        )

    def inspect(self) -> dict[str, object]:
        turn = self.turn
        return {
            "turn": turn.start.task_id if turn is not None else None,
            "cancelling": turn is not None and turn.is_cancelling,
            "open_questions": len(turn.fold.questions) if turn is not None else 0,
            "prompts": self._prompts,
        }
