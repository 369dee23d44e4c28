"""Leads one turn after another of the native agent: what it works with, its loop or a slash command, its end.

    preparing ── TurnStarted ──→ running ── outcome ─────────────────────────→ over
        │ no such mode: refused     └─ cancel: its scope ends ─────────────────→ over
        └─ cancel: refused                └─ a tool does not end: killed ──────→ over, and the session with it

Not an actor: the session hands it what concerns the turn. Turns come and go by its slot.
"""

from contextlib import suppress

import trio
from attrs import evolve, frozen

from actors.native_commands import end_commands
from actors.native_equipment import Choice, NativeFacts, choose, equip
from actors.native_loop import NativeLoop
from actors.native_questions import NativeQuestions
from actors.native_slash import answer_slash
from actors.native_turn import NativeTurn
from actors.turn_delivery import TurnDelivery
from actors.turn_slot import TurnSlot
from boocode.domain.acp.stopping import remark
from boocode.domain.acp.turn_fold import TurnFold
from boocode.domain.events import Cancelled, Completed, Failed, Notice, Outcome
from boocode.domain.native.conversation import UserSaid
from boocode.domain.native.modes import mode_names
from boocode.domain.native.slash import COMMANDS, slash_of
from boocode.kernel import Context, MailboxFull, Ref, ReplyTo
from boocode.ports.agents import (
    AgentPrompted,
    AgentStartFailed,
    AgentUnruly,
    AnswerPermission,
    SessionKey,
    SessionLimits,
    StartTurn,
    TurnStarted,
)
from boocode.ports.model_endpoint import ModelFailed
from boocode.ports.names import PROBER
from boocode.ports.native import NativePlace, NativeWorld
from boocode.ports.probing import AgentLearned

PHASE = "session/prompt"
CANCELLED_EARLY = "The turn was cancelled before it began."
AT_THE_LIMIT = "max_turn_requests"
KEEP_S = 2.0
"""For the last entries of a turn to be kept before it is told to be over."""


@frozen
class CancelOverdue:
    """Timer of the session: a cancelled turn ought to be over."""

    task_id: str


class NativeTurns:
    def __init__(
        self,
        ctx: Context,
        world: NativeWorld,
        place: NativePlace,
        facts: NativeFacts,
        label: str,
        limits: SessionLimits,
        *,
        key: SessionKey,
        pool: Ref,
    ) -> None:
        self.slot = TurnSlot[NativeTurn](ctx, label, PHASE, self._begin)
        self._ctx = ctx
        self._world = world
        self._place = place
        self._facts = facts
        self._label = label
        self._limits = limits
        self._key = key
        self._pool = pool
        self._loop: NativeLoop | None = None
        self._offer: AgentLearned | None = None
        """As the prober was told it last."""
        self._last_key = 0
        self._prompts = 0
        self._is_dying = False

    @property
    def turn(self) -> NativeTurn | None:
        return self.slot.turn

    # Beginning

    def _begin(self, start: StartTurn, reply: ReplyTo) -> None:
        fold = TurnFold()
        delivery = TurnDelivery(start.task_id, start.listener, self._limits.listen_s)
        monitor = self._ctx.monitor(start.listener)
        turn = NativeTurn(start, reply, fold, delivery, monitor, NativeQuestions(self._ctx, fold))
        self.slot.enter(turn)
        self._ctx.start_task(self._lead, turn, name=f"turn {start.task_id}")

    async def _lead(self, turn: NativeTurn) -> None:
        """A helper task: from the first look at the briefing to the last entry that is kept."""
        outcome: Outcome = Cancelled("asked")
        try:
            with turn.scope:
                outcome = await self._run(turn)
        except AgentStartFailed as error:
            if turn is self.turn:
                turn.reply.fail(error)
                self._leave(turn)
            return
        if turn is not self.turn or self._is_dying:
            return
        if not turn.is_started:
            turn.reply.fail(AgentStartFailed(PHASE, CANCELLED_EARLY))
            self._leave(turn)
            return
        if self._loop is not None:
            self._loop.settle()
        elif turn.is_cancelling and slash_of(turn.start.prompt) is None:
            self._facts.conversation.add([UserSaid(turn.start.prompt)])  # the next one may refer to it
        if turn.is_cancelling:
            await end_commands(evolve(self._place, task_id=turn.start.task_id))
        with trio.move_on_after(KEEP_S):
            await self._facts.conversation.save()
        if turn is self.turn and not self._is_dying:
            self._end(turn, Cancelled("asked") if turn.is_cancelling else outcome)

    async def _run(self, turn: NativeTurn) -> Outcome:
        place = evolve(self._place, task_id=turn.start.task_id)
        world, facts, start = self._world, self._facts, turn.start
        try:
            choice = await choose(world, place, facts, start, self._label)
        except ModelFailed as failed:
            self._say_started(turn, start.model)
            return Failed("agent_error", failed.failure.message)
        self._say_started(turn, choice.model)
        self._tell_offer(turn, choice)
        facts.model, facts.mode = choice.model, choice.manner.mode
        turn.doing = "getting its tools"
        equipment, warnings = await equip(world, place, facts, start, choice)
        self._prompts += 1
        turn.say([Notice(words) for words in warnings])
        slash = slash_of(turn.start.prompt)
        if slash is not None:
            turn.doing = f"/{slash}"
            return await answer_slash(slash, turn, equipment, self._facts, self._world.endpoint)
        self._loop = NativeLoop(self._world, place, self._facts, turn, equipment, self._new_key)
        return await self._loop.run()

    def _say_started(self, turn: NativeTurn, model: str | None) -> None:
        if not turn.reply.is_open:  # whoever asked has gone meanwhile
            turn.delivery.abandon()
            self.cancel(turn.start.task_id)
            return
        turn.is_started = True
        turn.reply.reply(TurnStarted(self._facts.conversation.session_id, model))
        # Also when the model is not asked at all: nothing that it was told is missing in the next turn.
        self._pool.cast(AgentPrompted(self._key, self._ctx.ref))
        task_id = turn.start.task_id
        self._ctx.start_task(self.slot.deliver, turn, lambda: self.cancel(task_id), name=f"deliver {task_id}")

    def _tell_offer(self, turn: NativeTurn, choice: Choice) -> None:
        """Not of an endpoint that is away: what is known of that still stands. Profiles may be written at any time."""
        if turn.is_started and not self._facts.commands_told:
            self._facts.commands_told = True
            turn.delivery.put([COMMANDS])
        models = tuple((served.id, served.id) for served in self._facts.served)
        offer = AgentLearned(self._key.agent, models, mode_names(choice.briefing.profiles))
        if offer != self._offer:
            self._offer = offer
            with suppress(MailboxFull):
                self._ctx.whereis(PROBER).cast(offer)

    def _new_key(self) -> str:
        self._last_key += 1
        return str(self._last_key)

    # Questions

    def answer(self, answer: AnswerPermission) -> None:
        if self.turn is not None:
            self.turn.questions.answer(answer)

    # Ending

    def cancel(self, task_id: str) -> None:
        """Ends the request to the model and the running tools; twice is once."""
        turn = self.slot.to_cancel(task_id)
        if turn is None:
            return
        turn.is_cancelling = True
        self._ctx.set_busy(True, f"cancelling turn {task_id}")
        turn.delivery.put(turn.questions.withdraw())
        turn.scope.cancel()
        self._ctx.send_after(self._limits.cancel_s, CancelOverdue(task_id))

    def overdue(self, due: CancelOverdue) -> None:
        """Raises AgentUnruly when the turn is still there: something in it does not let itself be ended."""
        turn = self.turn
        if turn is None or turn.start.task_id != due.task_id or not turn.is_cancelling:
            return
        raise AgentUnruly(f"it did not end its turn within {self._limits.cancel_s:g} s of a cancel")

    def stop(self) -> None:
        """The session dies: nothing goes on, and what is in the air comes into the conversation."""
        self._is_dying = True
        if self.turn is not None:
            self.turn.scope.cancel()
        if self._loop is not None:
            self._loop.settle()

    async def last_words(self, outcome: Outcome) -> None:
        """After `stop`."""
        self.slot.fail_unstarted(f"{self._label} was stopped before the turn began.")
        await self.slot.last_words(
            lambda turn: self._end(turn, Cancelled("killed") if turn.is_cancelling else outcome)
        )

    def _end(self, turn: NativeTurn, outcome: Outcome) -> None:
        turn.delivery.put(turn.questions.withdraw())
        events = turn.fold.end(completed=isinstance(outcome, Completed))
        at_limit = isinstance(outcome, Completed) and outcome.stop_reason == AT_THE_LIMIT  # said in its place
        words = None if at_limit else remark(outcome)
        turn.delivery.put([*events, Notice(words)] if words else events)
        turn.delivery.finish(outcome)
        turn.is_over = True
        self._leave(turn)

    def _leave(self, turn: NativeTurn) -> None:
        if not turn.is_started:
            turn.delivery.abandon()
        self._loop = None
        self.slot.leave(turn)

    def inspect(self) -> dict[str, object]:
        turn = self.turn
        return {
            "turn": turn.start.task_id if turn is not None else None,
            "doing": turn.doing if turn is not None else None,
            "step": turn.steps if turn is not None else 0,
            "calls": turn.calls if turn is not None else 0,
            "cancelling": turn is not None and turn.is_cancelling,
            "mode": self._facts.mode,
            "open_questions": len(turn.questions) if turn is not None else 0,
            "prompts": self._prompts,
        }
