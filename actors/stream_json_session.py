"""The session of a one-shot agent: each turn is a process of its own, and the conversation is an id.

    ready ── StartTurn ──→ turn ── its process is gone ──→ ready
              └─ launch failed, exit without a word: refused

It is warm at once and holds no process between turns. Conversations are continued by the program itself (`--resume`);
when it does not know the conversation any more, the turn goes on in a new one and says so. A dying session's last act
is the TurnOver of its turn; processes are its sibling's, and end with the sub-tree.
"""

import uuid
from typing import Any

from attrs import frozen

from actors.agent_words import outcome_of_end
from actors.stream_json_turn import FIRST_WORDS_S, OneShotTools, OneShotTurn, TurnProcess
from actors.turn_delivery import TurnDelivery
from actors.turn_slot import TurnSlot
from boocode.domain.acp.turn_fold import TurnFold
from boocode.domain.events import Cancelled, Failed, Interrupted, Notice, Outcome
from boocode.domain.stream_json.command import Conversation, Flavour, command_line, modes_of
from boocode.domain.stream_json.run import Run
from boocode.kernel import Actor, Down, Exit, ReplyTo
from boocode.ports.agents import (
    AgentPrompted,
    AgentStartFailed,
    AgentWarmed,
    CancelTurn,
    SessionLimits,
    SessionPlan,
    StartTurn,
    TurnStarted,
)

PROMPT = "session/prompt"
ANEW = "does not know this conversation any more: it started anew and does not remember earlier turns."


@frozen
class _FirstWordsOverdue:
    """The turn's process has said nothing for a while."""

    task_id: str


class StreamJsonSession(Actor):
    remember = 3

    def __init__(
        self, plan: SessionPlan, flavour: Flavour, limits: SessionLimits, tools: OneShotTools
    ) -> None:
        self._plan = plan
        self._label = plan.provider.label
        self._flavour = flavour
        self._limits = limits
        self._tools = tools
        self._conversation = Conversation(plan.resume_id or _new_id(), is_begun=plan.resume_id is not None)
        self._cost = 0.0 if plan.resume_id is None else None
        """Of the conversation so far; None = resumed, nobody told."""
        self._process: TurnProcess | None = None
        self._launches = 0

    # Life

    async def init(self) -> None:
        self._slot = TurnSlot[OneShotTurn](self.ctx, self._label, PROMPT, self._begin)
        self.ctx.whereis(self._tools.pool).cast(
            AgentWarmed(
                key=self._plan.key,
                session=self.ctx.ref,
                agent_session_id=self._conversation.id,
                resumed=self._conversation.is_begun,
                models=(),
                modes=modes_of(self._plan.provider.command),
            )
        )

    async def handle(self, message: Any) -> Any:
        match message:
            case StartTurn():
                self._slot.ask_for(message, self.ctx.defer())
            case CancelTurn(task_id=task_id):
                self._cancel(task_id)
            case _FirstWordsOverdue(task_id=task_id):
                if self._slot.turn is not None and self._slot.turn.start.task_id == task_id:
                    self._say_started(self._slot.turn)
            case Down(monitor=monitor):
                self._slot.listener_gone(monitor, self._cancel)
            case _:
                pass  # an answer to a question: these agents ask none
        return None

    async def terminate(self, exit: Exit) -> None:
        await self._last_words(outcome_of_end(self._label, exit))

    def inspect(self) -> dict[str, object]:
        turn = self._slot.turn
        return {
            "agent": self._plan.key.agent,
            "chat": self._plan.key.chat_id,
            "flavour": self._flavour.value,
            "agent_session_id": self._conversation.id,
            "is_begun": self._conversation.is_begun,
            "cost": self._cost,
            "turn": turn.start.task_id if turn is not None else None,
            "cancelling": turn is not None and turn.rung is not None,
            "launches": self._launches,
        }

    # Beginning

    def _begin(self, start: StartTurn, reply: ReplyTo) -> None:
        modes = modes_of(self._plan.provider.command)
        if start.mode is not None and modes and start.mode not in modes:
            words = f"{self._label} does not offer the mode {start.mode}. It offers: {', '.join(modes)}."
            reply.fail(AgentStartFailed("session/set_mode", words))
            return
        delivery = TurnDelivery(start.task_id, start.listener, self._limits.listen_s)
        monitor = self.ctx.monitor(start.listener)
        turn = OneShotTurn(start, reply, self._new_run(), delivery, monitor)
        if start.thinking is not None and self._flavour is Flavour.QWEN:
            words = f"{self._label} does not let us choose how it thinks; {start.thinking} was passed over."
            delivery.put([Notice(words)])
        self._slot.enter(turn)
        self.ctx.send_after(FIRST_WORDS_S, _FirstWordsOverdue(start.task_id))
        self.ctx.start_task(self._lead, turn, name=f"turn {start.task_id}")

    def _new_run(self) -> Run:
        return Run(self._label, self._flavour, TurnFold(cost_before=self._cost))

    def _say_started(self, turn: OneShotTurn) -> None:
        if turn.is_started:
            return
        if not turn.reply.is_open:  # whoever asked has gone meanwhile
            turn.delivery.abandon()
            self._cancel(turn.start.task_id)
            return
        turn.is_started = True
        turn.reply.reply(TurnStarted(self._conversation.id, turn.run.fold.model or turn.start.model))
        self.ctx.whereis(self._tools.pool).cast(AgentPrompted(self._plan.key, self.ctx.ref))
        task_id = turn.start.task_id
        self.ctx.start_task(
            self._slot.deliver, turn, lambda: self._cancel(task_id), name=f"deliver {task_id}"
        )

    # Running

    async def _lead(self, turn: OneShotTurn) -> None:
        """A helper task: from the launch to the end of the turn's process, twice when a conversation is gone."""
        before = self._conversation, self._cost
        try:
            await self._run_process(turn)
            if self._may_be_unknown(turn):
                self._forget(turn)
                await self._run_process(turn)
        except AgentStartFailed as error:
            self._keep(*before)
            self._refuse(turn, error)
            return
        if turn.run.could_not_begin:
            self._keep(*before)
        if turn is not self._slot.turn:
            return  # the session died over it
        if not turn.is_started and turn.rung is None and turn.run.could_not_begin:
            words = f"{self._label} could not be started: {self._why(turn)}"
            tail = turn.exit.stderr_tail if turn.exit is not None else ""
            self._refuse(turn, AgentStartFailed("launch", words, tail, died=True))
        else:
            self._say_started(turn)
            self._end(turn, self._outcome(turn))

    async def _run_process(self, turn: OneShotTurn) -> None:
        start = turn.start
        line = command_line(
            self._plan.provider.command,
            self._flavour,
            self._conversation,
            model=start.model,
            mode=start.mode,
            thinking=start.thinking,
        )
        self._launches += 1
        self._process = TurnProcess(
            self.ctx,
            self._plan,
            turn,
            self._tools,
            line,
            child_id=f"turn-{self._launches}",
            heard=lambda: self._heard(turn),
        )
        try:
            await self._process.run()
        finally:
            self._process = None

    def _heard(self, turn: OneShotTurn) -> None:
        run = turn.run
        if run.is_begun:
            self._conversation = Conversation(run.session_id or self._conversation.id, is_begun=True)
        if turn.forgets and not run.could_not_begin:
            turn.forgets = False
            turn.delivery.put_first([Notice(f"{self._label} {ANEW}")])
        if not run.could_not_begin or turn.delivery.is_full:
            self._say_started(turn)

    def _may_be_unknown(self, turn: OneShotTurn) -> bool:
        """Whether the program may have ended because it knows no such conversation: one that was killed, or had to
        be ended, said nothing about that."""
        was_ended = turn.rung is not None or turn.broken is not None
        was_killed = turn.exit is not None and turn.exit.code < 0
        return self._conversation.is_begun and turn.run.could_not_begin and not was_ended and not was_killed

    def _keep(self, before: Conversation, cost: float | None) -> None:
        """Nothing was begun. What was there stays; an id that was only tried is used up, for the program may have
        taken it down and would refuse it as taken."""
        self._conversation = before if before.is_begun else Conversation(_new_id(), is_begun=False)
        self._cost = cost

    def _forget(self, turn: OneShotTurn) -> None:
        self._conversation = Conversation(_new_id(), is_begun=False)
        self._cost = 0.0
        turn.run, turn.exit, turn.forgets = self._new_run(), None, True

    # Ending

    def _cancel(self, task_id: str) -> None:
        """Twice is once, and a turn that is over already stays so."""
        turn = self._slot.to_cancel(task_id)
        if turn is None:
            return
        turn.rung = "asked"
        self.ctx.set_busy(True, f"cancelling turn {task_id}")
        if self._process is not None:
            self.ctx.start_task(self._process.cancel, self._limits.cancel_s, name=f"cancel {task_id}")

    def _outcome(self, turn: OneShotTurn) -> Outcome:
        if turn.rung is not None:
            return Cancelled(turn.rung)
        if turn.broken is not None:
            return Interrupted("agent_error", f"{self._label} had to be ended: {turn.broken}")
        exited_well = turn.exit is not None and turn.exit.code == 0
        return turn.run.outcome(turn.how, exited_well=exited_well)

    def _why(self, turn: OneShotTurn) -> str:
        if turn.broken is not None:
            return turn.broken
        outcome = turn.run.outcome(turn.how, exited_well=False)
        return (
            outcome.message
            if turn.run.result is not None and isinstance(outcome, Failed)
            else f"it {turn.how}."
        )

    def _refuse(self, turn: OneShotTurn, error: AgentStartFailed) -> None:
        if turn is not self._slot.turn:
            return
        if turn.is_started:  # the second launch, after the first was heard
            self._end(turn, Interrupted("agent_died", error.message))
            return
        turn.reply.fail(error)
        turn.delivery.abandon()
        self._slot.leave(turn)

    def _end(self, turn: OneShotTurn, outcome: Outcome) -> None:
        turn.delivery.put(turn.run.end(outcome))
        turn.delivery.finish(outcome)
        if turn.run.fold.meter.cost_now is not None:
            self._cost = turn.run.fold.meter.cost_now
        self._slot.leave(turn)

    async def _last_words(self, outcome: Outcome) -> None:
        self._slot.fail_unstarted(f"{self._label} was stopped before the turn began.")
        await self._slot.last_words(
            lambda turn: self._end(turn, Cancelled("killed") if turn.is_cancelling else outcome)
        )


def _new_id() -> str:
    return str(uuid.uuid4())
