"""The Claude session: one open conversation with one child process, for one (chat, agent).

    opening ── connected ──→ warm ── StartTurn ──→ turn ── its end ──→ warm
       └─ deadline, error, death: crashes with AgentStartFailed
                               └─ death: crashes with AgentDied ── broken rules: with AgentUnruly

The SDK's client lives in one helper task, which opens it, hears everything and closes it. What belongs to a turn is
`claude_turns`'. A dying session's last act is the TurnOver of its turn; when the process ended by itself, what is left
in its pipe is heard first.
"""

from collections import Counter
from typing import Any

import trio
from attrs import frozen

from actors.agent_words import outcome_of_end
from actors.claude_facts import ClaudeFacts
from actors.claude_questions import NOBODY
from actors.claude_turns import ClaudeTurns
from actors.process_end import CLOSED_S, EndOverdue, ProcessEnd
from actors.turn_end import LadderDue
from boocode.kernel import Actor, Down, Exit
from boocode.ports.agent_process import ProcessEnded, TellEnd
from boocode.ports.agents import (
    AgentDied,
    AgentStartFailed,
    AgentUnruly,
    AgentWarmed,
    AnswerPermission,
    CancelTurn,
    SessionLimits,
    SessionPlan,
    StartTurn,
)
from boocode.ports.claude import (
    ClaudeChild,
    ClaudeClients,
    ClaudeGarbled,
    ClaudeLost,
    ClaudeQuestion,
    ClaudeTalk,
    ClaudeVerdict,
    TakeClaude,
)

TAKE_S = 5.0


@frozen
class _Silence:
    """Nothing is heard of Claude any more; `broken`: because it writes what nobody can read."""

    broken: str | None


class ClaudeSession(Actor):
    remember = 3

    def __init__(
        self, plan: SessionPlan, clients: ClaudeClients, limits: SessionLimits, *, process: str, pool: str
    ) -> None:
        self._plan = plan
        self._label = plan.provider.label
        self._clients = clients
        self._limits = limits
        self._process, self._pool = process, pool
        self._child: ClaudeChild | None = None
        self._facts: ClaudeFacts | None = None
        self._turns: ClaudeTurns | None = None
        self._counts: Counter[str] = Counter()

    # Life

    async def init(self) -> None:
        self._end = ProcessEnd(self.ctx)
        process = self.ctx.whereis(self._process)
        child: ClaudeChild = await process.call(TakeClaude(), timeout=TAKE_S)
        self._child = child
        process.cast(TellEnd(self.ctx.ref))
        self.ctx.set_busy(True, "opening")
        self.ctx.start_task(self._converse, child, name="conversation")

    async def handle(self, message: Any) -> Any:
        turns = self._turns
        match message:
            case StartTurn():
                self._start(message)
            case CancelTurn(task_id=task_id) if turns is not None:
                turns.cancel(task_id)
            case AnswerPermission(request_key=key, option_id=option_id, timed_out=late) if turns is not None:
                turns.answer(key, option_id, timed_out=late)
            case LadderDue() if turns is not None:
                with turns.slot.telling_who_waits():
                    turns.climb(message)
            case Down(monitor=monitor) if turns is not None:
                turns.slot.listener_gone(monitor, turns.cancel)
            case ProcessEnded(exit=exit_):
                if self._end.exited(exit_):
                    self._die()
            case _Silence(broken=broken):
                self._end_of_output(broken)
            case EndOverdue():
                self._die()
            case _:
                pass
        return None

    async def terminate(self, exit: Exit) -> None:
        if self._turns is not None:
            await self._turns.last_words(outcome_of_end(self._label, exit))

    def inspect(self) -> dict[str, object]:
        facts = self._facts
        return {
            "agent": self._plan.key.agent,
            "chat": self._plan.key.chat_id,
            "state": "warm" if facts is not None else "opening",
            "agent_session_id": self._child.start.session_id if self._child is not None else None,
            "model": facts.model if facts is not None else None,
            "mode": facts.mode if facts is not None else None,
            "cost": facts.cost if facts is not None else None,
            "commands": len(facts.offer.commands.commands) if facts is not None else 0,
            **(self._turns.inspect() if self._turns is not None else {}),
            "late_messages": self._counts["late_messages"],
            "garbage_lines": self._counts["garbage_lines"],
        }

    # The conversation

    async def _converse(self, child: ClaudeChild) -> None:
        """The helper task in which the SDK's client lives."""
        broken = None
        try:
            async with self._clients.talk(child, self._ask, self._limits.initialize_s) as talk:
                turns = self._become_warm(child, talk)
                while True:
                    self._counts["late_messages"] += turns.take(await talk.receive())
                    if talk.garbage > self._counts["garbage_lines"]:
                        self._counts["garbage_lines"] = talk.garbage
                        turns.remark_garbage()
                    await turns.keep_up()
        except AgentStartFailed as error:
            raise await self._start_failure(child, error) from error
        except ClaudeGarbled as error:
            broken = str(error)
        except ClaudeLost:
            pass
        self.ctx.ref.cast(_Silence(broken))

    async def _start_failure(self, child: ClaudeChild, error: AgentStartFailed) -> AgentStartFailed:
        """The same in words for people, with how the process ended if it did."""
        words = f"{self._label} could not be started ({error.phase}): {error.message}"
        with trio.move_on_after(CLOSED_S):
            words = f"{words.rstrip('.')}. It {(await child.process.wait()).describe()}."
        return AgentStartFailed(error.phase, words, child.process.stderr_tail())

    async def _ask(self, question: ClaudeQuestion) -> ClaudeVerdict:
        return NOBODY if self._turns is None else await self._turns.ask(question)

    def _become_warm(self, child: ClaudeChild, talk: ClaudeTalk) -> ClaudeTurns:
        offer, more = talk.offer, self._plan.provider.models
        model = child.start.launch.env.get("ANTHROPIC_MODEL") or None
        self._facts = ClaudeFacts(child.start.session_id, offer, more, model, mode=offer.mode)
        pool = self.ctx.whereis(self._pool)
        turns = ClaudeTurns(
            self.ctx, talk, self._facts, self._label, self._limits, key=self._plan.key, pool=pool
        )
        self._turns = turns
        self.ctx.set_busy(False)
        listed = {model.id: model.label for model in offer.models}
        pool.cast(
            AgentWarmed(
                key=self._plan.key,
                session=self.ctx.ref,
                agent_session_id=child.start.session_id,
                resumed=child.start.resumed,
                models=(*listed.items(), *((model, model) for model in more if model not in listed)),
                modes=offer.modes,
            )
        )
        return turns

    # Turns

    def _start(self, start: StartTurn) -> None:
        reply = self.ctx.defer()
        if self._turns is None:
            reply.fail(AgentStartFailed("prompt", f"{self._label} is not ready yet."))
        else:
            self._turns.slot.ask_for(start, reply)

    # Ends

    def _end_of_output(self, broken: str | None) -> None:
        if broken is not None:
            self._fail(AgentUnruly(broken))
        if self._end.fell_silent():
            self._die()

    def _die(self) -> None:
        if self._turns is None:
            tail = self._child.process.stderr_tail() if self._child is not None else ""
            words = f"{self._label} could not be started (initialize): it {self._end.how}"
            raise AgentStartFailed("initialize", words, tail, died=True)
        self._fail(AgentDied(f"{self._label} {self._end.how}"))

    def _fail(self, error: Exception) -> None:
        if self._turns is not None:
            self._turns.slot.fail_unstarted(f"{error}.")
        raise error
