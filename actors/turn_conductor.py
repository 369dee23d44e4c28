"""Leads one turn after another through an agent session: model and mode, prompt, events, questions, cancel, end.

    choosing ── prompt written ──→ running ── the prompt's answer ─────────────────→ over
                                     └─ cancel: asked ─ probed ─ given up or killed ─→ over

Not an actor: the session hands it what concerns the turn. Turns come and go by its slot.
"""

from collections.abc import Callable, Iterable
from enum import Enum

from attrs import define

from actors.agent_requests import AgentRequests, RequestFailed, read_answer
from actors.session_facts import SessionFacts
from actors.turn_aftermath import TurnAftermath, boot_time
from actors.turn_choices import TurnChoices
from actors.turn_delivery import TurnDelivery
from actors.turn_end import LadderDue, say_end, wait_on
from actors.turn_questions import TurnQuestions, refuse
from actors.turn_slot import TurnSlot
from boocode.domain.acp.cancelling import CancelLadder
from boocode.domain.acp.incoming import Answer, AskedPermission, Mapped, RequestId
from boocode.domain.acp.messages import PromptResult, RpcError
from boocode.domain.acp.stopping import outcome_of
from boocode.domain.acp.terminals import TerminalText
from boocode.domain.acp.turn_fold import TurnFold
from boocode.domain.acp.usage import UsageNote, of_prompt
from boocode.domain.events import Cancelled, Commands, Notice, Outcome
from boocode.kernel import Context, MonitorId, ReplyTo
from boocode.ports.agents import AgentStartFailed, AgentUnruly, SessionLimits, StartTurn, TurnStarted

PROBE_METHOD = "_boocode/ping"
"""No agent has it: any answer, an error too, shows that somebody is there."""
PROMPT_METHOD = "session/prompt"


class PoolNews(Enum):
    """What the pool has to know of a turn."""

    PROMPTED = "prompted"
    OWES_ANSWER = "owes an answer"
    ANSWERED = "answered after all"


@define(eq=False)
class RunningTurn:
    start: StartTurn
    reply: ReplyTo
    fold: TurnFold
    delivery: TurnDelivery
    listener: MonitorId
    questions: TurnQuestions
    prompt_id: RequestId | None = None
    """Set when the prompt goes out; from then on the agent owes an answer."""
    began: float = 0.0
    """When that was, on the boot-time clock."""
    is_started: bool = False
    """TurnStarted was said: now the listener is owed a TurnOver."""
    ladder: CancelLadder | None = None
    """Set when the agent was asked to cancel."""
    probe_id: RequestId | None = None
    told_garbage: bool = False

    @property
    def is_cancelling(self) -> bool:
        return self.ladder is not None


class TurnConductor:
    def __init__(
        self,
        ctx: Context,
        requests: AgentRequests,
        facts: SessionFacts,
        label: str,
        limits: SessionLimits,
        tell_pool: Callable[["PoolNews"], None],
        aftermath: TurnAftermath,
    ) -> None:
        self.slot = TurnSlot[RunningTurn](ctx, label, PROMPT_METHOD, self._begin, self._obstacle)
        self._ctx = ctx
        self._requests = requests
        self._facts = facts
        self._label = label
        self._limits = limits
        self._tell_pool = tell_pool
        self._aftermath = aftermath
        self._choices = TurnChoices(requests, facts, label, limits.choose_s)
        self._given_up: set[RequestId] = set()
        self._last_key = 0
        self._prompts = 0

    @property
    def turn(self) -> RunningTurn | None:
        return self.slot.turn

    @property
    def may_act(self) -> bool:
        """A prompt runs and nobody has cancelled it."""
        return self.turn is not None and self.turn.prompt_id is not None and self.turn.ladder is None

    # Beginning

    def _obstacle(self) -> str | None:
        if not self._given_up:
            return None
        return f"{self._label} has not answered a cancelled prompt yet and takes no other."

    def _begin(self, start: StartTurn, reply: ReplyTo) -> None:
        delivery = TurnDelivery(start.task_id, start.listener, self._limits.listen_s)
        monitor = self._ctx.monitor(start.listener)
        questions = TurnQuestions(self._ctx, self._requests)
        turn = RunningTurn(start, reply, self._facts.new_fold(), delivery, monitor, questions)
        self.slot.enter(turn)
        self._ctx.start_task(self._prompt, turn, name=f"turn {start.task_id}")

    async def _prompt(self, turn: RunningTurn) -> None:
        """A helper task: from the choice of the model to the last word said to the listener."""
        try:
            notices = await self._choices.make(turn.start)
        except AgentStartFailed as error:
            if turn is self.turn:
                turn.reply.fail(error)
                self.slot.leave(turn)
            return
        if turn is not self.turn:
            return
        turn.fold = self._facts.new_fold()
        turn.prompt_id, turn.began = self._requests.new_id(), boot_time()
        self._prompts += 1
        self._tell_pool(PoolNews.PROMPTED)
        params = {
            "sessionId": self._facts.agent_session_id,
            "prompt": [{"type": "text", "text": turn.start.prompt}],
        }
        await self._requests.request(turn.prompt_id, PROMPT_METHOD, params).wait()
        if not turn.reply.is_open:  # whoever asked has gone meanwhile
            turn.delivery.abandon()
            self.cancel(turn.start.task_id)
            return
        turn.is_started = True
        turn.reply.reply(TurnStarted(self._facts.agent_session_id, self._facts.model))
        await self._deliver(turn, notices)

    async def _deliver(self, turn: RunningTurn, notices: list[Notice]) -> None:
        if self._facts.commands is not None and not self._facts.commands_told:
            self._facts.commands_told = True
            turn.delivery.put_first([*notices, self._facts.commands])
        else:
            turn.delivery.put_first(notices)
        await self.slot.deliver(turn, lambda: self.cancel(turn.start.task_id))

    # Running

    def take(self, items: Iterable[Mapped]) -> bool:
        """What the agent says while a prompt runs; False when none does."""
        turn = self.turn
        if turn is None or turn.prompt_id is None:
            return False
        if turn.ladder is not None:
            turn.ladder = turn.ladder.heard_event(self._ctx.now())
        items = tuple(items)
        for item in items:
            self._facts.notice(item)
        events = turn.fold.take(items)
        for event in events:
            if isinstance(event, Commands):
                self._facts.commands, self._facts.commands_told = event, True
        turn.delivery.put(events)
        return True

    def hear_terminal(self, news: TerminalText) -> None:
        """Our own news of a command, which says nothing of whether the agent still talks."""
        if self.turn is not None:
            self.turn.delivery.put(self.turn.fold.take((news,)))

    def remark_garbage(self, sample: str) -> None:
        if self.turn is not None and not self.turn.told_garbage:
            self.turn.told_garbage = True
            words = f"{self._label} wrote something that is no message, which was left out: {sample}"
            self.turn.delivery.put([Notice(words)])

    def settle(self, answer: Answer) -> bool:
        """The answer to the prompt, to a probe, or a late one to a prompt given up on; False = to none of them."""
        turn = self.turn
        if answer.id in self._given_up:
            self._given_up.discard(answer.id)
            self._tell_pool(PoolNews.ANSWERED)
            return True
        if turn is None:
            return False
        if answer.id == turn.prompt_id:
            self._prompt_answered(turn, answer)
            return True
        if turn.ladder is not None and answer.id == turn.probe_id:
            turn.ladder = turn.ladder.probe_answered()
            return True
        return False

    def _prompt_answered(self, turn: RunningTurn, answer: Answer) -> None:
        result: PromptResult | RpcError
        try:
            result = read_answer(answer, PromptResult)
        except RequestFailed as error:
            result = error.error
        usage = of_prompt(result) if isinstance(result, PromptResult) else None
        self._end(turn, outcome_of(result, cancel_asked=turn.ladder is not None), usage)

    # Questions

    def ask(self, asked: AskedPermission) -> None:
        turn = self.turn
        if turn is None or turn.prompt_id is None or turn.ladder is not None:
            refuse(self._requests, asked)
            return
        self._last_key += 1
        turn.delivery.put(turn.questions.ask(str(self._last_key), asked, turn.fold))

    def answer(self, request_key: str, option_id: str | None, *, timed_out: bool = False) -> None:
        if self.turn is not None:
            self.turn.questions.answer(request_key, option_id, self.turn.fold, timed_out=timed_out)

    # Ending

    def cancel(self, task_id: str) -> None:
        """Asks the agent to stop; twice is once, and a turn that is over already stays so."""
        turn = self.slot.to_cancel(task_id)
        if turn is None:
            return
        if turn.prompt_id is None:
            turn.reply.fail(
                AgentStartFailed(PROMPT_METHOD, "The turn was cancelled before its prompt was sent.")
            )
            self.slot.leave(turn)
            return
        self._requests.notify("session/cancel", {"sessionId": self._facts.agent_session_id})
        turn.ladder = CancelLadder.begin(self._ctx.now(), self._limits.cancel_s)
        self._ctx.set_busy(True, f"cancelling turn {task_id}")
        turn.delivery.put(turn.questions.withdraw(turn.fold))
        self._aftermath.cancelling()
        wait_on(self._ctx, turn.ladder, turn.start.task_id)

    def climb(self, due: LadderDue) -> None:
        """Raises AgentUnruly when the agent has to go."""
        turn = self.turn
        if turn is None or turn.ladder is None or turn.start.task_id != due.task_id:
            return
        turn.ladder, step = turn.ladder.step(self._ctx.now())
        match step:
            case "probe":
                turn.probe_id = self._requests.new_id()
                self._requests.request(turn.probe_id, PROBE_METHOD, {})
            case "give_up":
                assert turn.prompt_id is not None
                self._given_up.add(turn.prompt_id)
                self._tell_pool(PoolNews.OWES_ANSWER)
                self._end(turn, Cancelled("given_up"))
                return
            case "kill":
                self._end(turn, Cancelled("killed"), agent_goes=True)
                raise AgentUnruly(f"it ignored session/cancel for {self._limits.cancel_s:g} s")
            case "wait":
                pass
        wait_on(self._ctx, turn.ladder, turn.start.task_id)

    def _end(
        self, turn: RunningTurn, outcome: Outcome, usage: UsageNote | None = None, *, agent_goes: bool = False
    ) -> None:
        """`agent_goes`: with all its processes, which is not this turn's to wait for."""
        cancelled = isinstance(outcome, Cancelled)
        after = None if agent_goes else self._aftermath.over(turn.began, cancelled=cancelled)
        say_end(turn, outcome, usage, after)
        self._facts.learn_from(turn.fold)
        self.slot.leave(turn)

    async def last_words(self, outcome: Outcome) -> None:
        """The session dies, its process with it."""

        def end(turn: RunningTurn) -> None:
            self._end(turn, Cancelled("killed") if turn.is_cancelling else outcome, agent_goes=True)

        await self.slot.last_words(end)

    def inspect(self) -> dict[str, object]:
        turn = self.turn
        return {
            "turn": turn.start.task_id if turn is not None else None,
            "cancelling": turn is not None and turn.ladder is not None,
            "open_questions": len(turn.questions) if turn is not None else 0,
            "prompts": self._prompts,
            "strays_ended": self._aftermath.strays_ended,
            "given_up_prompts": len(self._given_up),
        }
