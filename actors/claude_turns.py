"""Leads one turn after another through a conversation with Claude: choices, prompt, messages, questions, cancel, end.

    choosing ── prompt written ──→ running ── its result ───────────────────────────→ over
                                     └─ cancel: interrupted ─ given up or killed ─→ over

Not an actor: the session hands it what concerns the turn. Turns come and go by its slot.

The stream knows no turns but by their results, and a result names the prompt that it answers: one that names another
prompt (Claude began a turn by itself) ends nothing. An interrupt that comes before Claude has taken the prompt up has
no effect, so it is repeated until the result is there; the next prompt waits for the last of them.
"""

import uuid
from collections.abc import Mapping

import trio

from actors.claude_choices import ClaudeChoices
from actors.claude_facts import ClaudeFacts
from actors.claude_questions import NOBODY, ClaudeQuestions
from actors.claude_turn import ClaudeTurn
from actors.turn_delivery import TurnDelivery
from actors.turn_end import LadderDue, say_end, wait_on
from actors.turn_slot import TurnSlot
from boocode.domain.acp.cancelling import CancelLadder
from boocode.domain.claude.mapper import MessageMapper
from boocode.domain.claude.outcome import outcome_of, usage_notes
from boocode.domain.events import AgentEvent, Cancelled, Notice, Outcome, ToolCall
from boocode.kernel import Context, Ref, ReplyTo
from boocode.ports.agents import (
    AgentOwesAnswer,
    AgentPrompted,
    AgentStartFailed,
    AgentUnruly,
    SessionKey,
    SessionLimits,
    StartTurn,
    TurnStarted,
)
from boocode.ports.claude import ClaudeLost, ClaudeQuestion, ClaudeRefused, ClaudeTalk, ClaudeVerdict

INTERRUPT_AGAIN_S = 0.25
IN_ORDER_S = 1.0
"""How long a question may wait for its tool call, which comes by another way."""
PHASE = "prompt"


class ClaudeTurns:
    def __init__(
        self,
        ctx: Context,
        talk: ClaudeTalk,
        facts: ClaudeFacts,
        label: str,
        limits: SessionLimits,
        *,
        key: SessionKey,
        pool: Ref,
    ) -> None:
        self.slot = TurnSlot[ClaudeTurn](ctx, label, PHASE, self._begin, self._obstacle)
        self._ctx = ctx
        self._talk = talk
        self._facts = facts
        self._label = label
        self._limits = limits
        self._key = key
        self._pool = pool
        self._choices = ClaudeChoices(talk, facts, label, limits.choose_s)
        self._mapper = MessageMapper()
        self._given_up: set[str] = set()
        self._interrupts = 0
        self._no_interrupts = trio.Event()
        self._last_key = 0
        self._prompts = 0

    @property
    def turn(self) -> ClaudeTurn | None:
        return self.slot.turn

    # Beginning

    def _obstacle(self) -> str | None:
        if not self._given_up:
            return None
        return f"{self._label} has not ended a cancelled turn yet and takes no other."

    def _begin(self, start: StartTurn, reply: ReplyTo) -> None:
        delivery = TurnDelivery(start.task_id, start.listener, self._limits.listen_s)
        monitor = self._ctx.monitor(start.listener)
        questions = ClaudeQuestions(self._ctx)
        turn = ClaudeTurn(start, reply, self._facts.new_fold(), delivery, monitor, questions)
        self.slot.enter(turn)
        self._ctx.start_task(self._prompt, turn, name=f"turn {start.task_id}")

    async def _prompt(self, turn: ClaudeTurn) -> None:
        """A helper task: from the choice of the model to the last word said to the listener."""
        try:
            if self._interrupts:
                await self._no_interrupts.wait()
            notices = await self._choices.make(turn.start)
            if turn is not self.turn:
                return
            turn.fold = self._facts.new_fold()
            turn.prompt_id = str(uuid.uuid4())
            self._prompts += 1
            self._pool.cast(AgentPrompted(self._key, self._ctx.ref))
            await self._talk.send(turn.start.prompt, turn.prompt_id)
        except AgentStartFailed as error:
            if turn is self.turn:
                turn.reply.fail(error)
                self._close(turn)
            return
        except ClaudeLost:
            return  # the session hears of it too, and ends
        if not turn.reply.is_open:  # whoever asked has gone meanwhile
            turn.delivery.abandon()
            self.cancel(turn.start.task_id)
            return
        turn.is_started = True
        turn.reply.reply(TurnStarted(self._facts.agent_session_id, self._facts.model))
        await self._deliver(turn, notices)

    async def _deliver(self, turn: ClaudeTurn, notices: list[Notice]) -> None:
        first: list[AgentEvent] = list(notices)
        if not self._facts.commands_told:
            self._facts.commands_told = True
            first.append(self._facts.offer.commands)
        turn.delivery.put_first(first)
        await self.slot.deliver(turn, lambda: self.cancel(turn.start.task_id))

    # Running

    def take(self, message: Mapping[str, object]) -> int:
        """One message of the stream; returns how many events of it concern no turn."""
        if message.get("type") == "result":
            return self._take_result(message)
        events = self._mapper.take(message)
        turn = self.turn
        if turn is None or turn.prompt_id is None:
            return self._facts.take(events)
        if events and turn.ladder is not None:
            turn.ladder = turn.ladder.heard_event(self._ctx.now())
        turn.delivery.put(turn.fold.take(turn.unsaid(events)))
        called = {event.tool_call_id for event in events if isinstance(event, ToolCall) and event.input}
        if called:
            turn.called |= called
            turn.tell()
        return 0

    def remark_garbage(self) -> None:
        """Claude wrote a line that is no message; said once a turn."""
        turn = self.turn
        if turn is not None:
            words = f"{self._label} wrote something that is no message, which was left out."
            turn.delivery.put(turn.fold.take(turn.unsaid([Notice(words)])))

    async def keep_up(self) -> None:
        """Waits while the listener has more to take than it may keep waiting; a cancel ends that."""
        turn = self.turn
        while turn is not None and turn.delivery.is_full and turn.ladder is None and turn is self.turn:
            turn.delivery.when_drained(turn.tell)
            await turn.news.wait()

    def _take_result(self, result: Mapping[str, object]) -> int:
        turn, answers = self.turn, _answered(result)
        if turn is not None and turn.prompt_id is not None and (turn.prompt_id in answers or answers == {""}):
            turn.delivery.put(turn.fold.take(usage_notes(result)))
            self._end(turn, outcome_of(result, cancel_asked=turn.ladder is not None))
            return 0
        if late := self._given_up & answers:
            self._given_up -= late
            if not self._given_up:
                self._pool.cast(AgentOwesAnswer(self._key, self._ctx.ref, owes=False))
        return self._facts.take(usage_notes(result)) + 1

    # Questions

    async def ask(self, question: ClaudeQuestion) -> ClaudeVerdict:
        """Called in a task of the SDK's; cancelled there when Claude does not wait any longer."""
        turn = self.turn
        if turn is None or turn.prompt_id is None:
            return NOBODY
        await self._in_order(turn, question.tool.tool_call_id)
        if turn is not self.turn or turn.ladder is not None:
            await turn.over.wait()
            return NOBODY
        self._last_key += 1
        key = str(self._last_key)
        opened, events = turn.questions.ask(key, question, turn.fold)
        turn.delivery.put(events)
        try:
            await opened.given.wait()
        finally:
            turn.delivery.put(turn.questions.drop(key, turn.fold))
        assert opened.verdict is not None
        return opened.verdict

    @staticmethod
    async def _in_order(turn: ClaudeTurn, tool_call_id: str) -> None:
        """A question overtakes what waits in the stream: it must not come before the text that led to it."""
        with trio.move_on_after(IN_ORDER_S):
            while tool_call_id not in turn.called and turn.ladder is None and not turn.over.is_set():
                await turn.news.wait()

    def answer(self, request_key: str, option_id: str | None, *, timed_out: bool = False) -> None:
        if self.turn is not None:
            self.turn.questions.answer(request_key, option_id, self.turn.fold, timed_out=timed_out)

    # Ending

    def cancel(self, task_id: str) -> None:
        """Asks Claude to stop; twice is once, and a turn that is over already stays so."""
        turn = self.slot.to_cancel(task_id)
        if turn is None:
            return
        if turn.prompt_id is None:
            turn.reply.fail(AgentStartFailed(PHASE, "The turn was cancelled before its prompt was sent."))
            self._close(turn)
            return
        turn.ladder = CancelLadder.begin(self._ctx.now(), self._limits.cancel_s)
        turn.tell()
        self._ctx.set_busy(True, f"cancelling turn {task_id}")
        turn.delivery.put(turn.questions.withdraw(turn.fold))
        self._ctx.start_task(self._interrupt, turn, name=f"interrupt turn {task_id}")
        wait_on(self._ctx, turn.ladder, turn.start.task_id)

    async def _interrupt(self, turn: ClaudeTurn) -> None:
        self._interrupts += 1
        try:
            while not turn.over.is_set():
                await self._talk.interrupt()
                if turn.ladder is not None:
                    turn.ladder = turn.ladder.probe_answered()
                with trio.move_on_after(INTERRUPT_AGAIN_S):
                    await turn.over.wait()
        except (ClaudeLost, ClaudeRefused):
            pass  # the ladder goes on without it
        finally:
            self._interrupts -= 1
            if not self._interrupts:
                self._no_interrupts.set()
                self._no_interrupts = trio.Event()

    def climb(self, due: LadderDue) -> None:
        """Raises AgentUnruly when Claude has to go."""
        turn = self.turn
        if turn is None or turn.ladder is None or turn.prompt_id is None or turn.start.task_id != due.task_id:
            return
        turn.ladder, step = turn.ladder.step(self._ctx.now())
        match step:
            case "give_up":
                self._given_up.add(turn.prompt_id)
                self._pool.cast(AgentOwesAnswer(self._key, self._ctx.ref, owes=True))
                self._end(turn, Cancelled("given_up"))
                return
            case "kill":
                self._end(turn, Cancelled("killed"))
                raise AgentUnruly(f"it ignored an interrupt for {self._limits.cancel_s:g} s")
            case "probe" | "wait":
                pass  # each interrupt that it takes notice of shows that it is alive
        wait_on(self._ctx, turn.ladder, turn.start.task_id)

    def _end(self, turn: ClaudeTurn, outcome: Outcome) -> None:
        say_end(turn, outcome)
        self._facts.learn_from(turn.fold)
        self._close(turn)

    def _close(self, turn: ClaudeTurn) -> None:
        turn.over.set()
        turn.tell()
        turn.questions.release()
        self.slot.leave(turn)

    async def last_words(self, outcome: Outcome) -> None:
        """The session dies."""
        await self.slot.last_words(
            lambda turn: self._end(turn, Cancelled("killed") if turn.is_cancelling else outcome)
        )

    def inspect(self) -> dict[str, object]:
        turn = self.turn
        return {
            "turn": turn.start.task_id if turn is not None else None,
            "cancelling": turn is not None and turn.ladder is not None,
            "open_questions": len(turn.questions) if turn is not None else 0,
            "prompts": self._prompts,
            "given_up_prompts": len(self._given_up),
        }


def _answered(result: Mapping[str, object]) -> set[str]:
    """The prompts that a result answers; {""} when it names none and was begun by a prompt."""
    named = result.get("user_message_uuids")
    ids = {str(each) for each in named} if isinstance(named, list) else set()
    if one := result.get("user_message_uuid"):
        ids.add(str(one))
    return ids or (set() if result.get("origin") else {""})
