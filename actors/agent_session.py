"""The agent session: speaks ACP with one child process, for one (chat, agent).

    opening ── handshake ──→ warm ── StartTurn ──→ turn ── its end ──→ warm
       └─ deadline, error, death: crashes with AgentStartFailed
                               └─ death: crashes with AgentDied ── broken rules: with AgentUnruly

Whatever waits for the agent is a helper task or a timer, so the mailbox is always free for a cancel. What belongs to
a turn is the conductor's. A dying session's last act is the TurnOver of its turn; when the process ended by itself,
what is left in its pipe is heard first.
"""

from collections import Counter, deque
from typing import Any

from attrs import frozen

from actors.agent_handshake import Handshake, Opened
from actors.agent_requests import AgentRequests
from actors.agent_words import outcome_of_end
from actors.client_methods import ClientMethods
from actors.file_service import FileService
from actors.process_end import EndOverdue, ProcessEnd
from actors.session_facts import SessionFacts
from actors.terminal_service import TerminalPlace, TerminalService
from actors.turn_aftermath import TurnAftermath
from actors.turn_conductor import PoolNews, TurnConductor
from actors.turn_end import LadderDue
from actors.turn_questions import refuse
from boocode.domain.acp.errors import INVALID_PARAMS, METHOD_NOT_FOUND
from boocode.domain.acp.incoming import (
    Answer,
    AskedOfClient,
    AskedPermission,
    AskedUnknown,
    Garbage,
    Incoming,
    Mapped,
    Updates,
)
from boocode.domain.acp.offers import SettingsNote
from boocode.domain.acp.terminals import shown
from boocode.domain.events import Commands, ModeChanged, ModelChanged
from boocode.kernel import Actor, Down, Exit
from boocode.ports.agent_process import Heard, ProcessEnded, ReadFor, Silence, TakeProcess, TellEnd
from boocode.ports.agent_wire import AgentFiles, AgentWire
from boocode.ports.agents import (
    AgentDied,
    AgentOwesAnswer,
    AgentPrompted,
    AgentStartFailed,
    AgentUnruly,
    AgentWarmed,
    AnswerPermission,
    CancelTurn,
    SessionLimits,
    SessionPlan,
    StartTurn,
)
from boocode.ports.processes import OwnedProcess
from boocode.ports.terminals import TerminalSaid

TAKE_S = 5.0
UNKNOWN_SESSIONS = 8
UNKNOWN_ITEMS = 256
"""What is kept of sessions that nobody has told us about yet."""


@frozen
class _Opened:
    opened: Opened


class AgentSession(Actor):
    remember = 3

    def __init__(
        self,
        plan: SessionPlan,
        wire: AgentWire,
        files: AgentFiles,
        terminals: TerminalPlace,
        limits: SessionLimits,
        version: str,
        *,
        process: str,
        reader: str,
        pool: str,
    ) -> None:
        self._plan = plan
        self._label = plan.provider.label
        self._limits = limits
        self._process, self._reader, self._pool = process, reader, pool
        self._handshake = Handshake(plan, limits, version)
        self._requests = AgentRequests(wire)
        self._files = files
        self._terminals = terminals
        self._service: ClientMethods | None = None
        self._conductor: TurnConductor | None = None
        self._facts: SessionFacts | None = None
        self._unknown: dict[str, deque[Mapped]] = {}
        self._child: OwnedProcess | None = None
        self._counts: Counter[str] = Counter()

    # Life

    async def init(self) -> None:
        self._end = ProcessEnd(self.ctx)
        process = self.ctx.whereis(self._process)
        self._child = await process.call(TakeProcess(), timeout=TAKE_S)
        self._service = ClientMethods(
            self._requests,
            FileService(self.ctx, self._requests, self._files),
            TerminalService(self.ctx, self._requests, self._files, self._terminals),
        )
        process.cast(TellEnd(self.ctx.ref))
        self.ctx.whereis(self._reader).cast(ReadFor(self.ctx.ref))
        self.ctx.set_busy(True, "opening")
        self.ctx.start_task(self._requests.write, self._child, name="write")
        self.ctx.start_task(self._shake_hands, name="handshake")

    async def handle(self, message: Any) -> Any:
        match message:
            case Heard(items=items):
                self._hear(items)
                self._hold_back()
            case StartTurn():
                self._start(message)
            case CancelTurn(task_id=task_id):
                if self._conductor is not None:
                    self._conductor.cancel(task_id)
            case AnswerPermission(request_key=key, option_id=option_id, timed_out=late):
                if self._conductor is not None:
                    self._conductor.answer(key, option_id, timed_out=late)
            case TerminalSaid(terminal_id=terminal_id, state=state):
                if self._conductor is not None:
                    news = shown(terminal_id, state.output, ended=state.exit is not None)
                    self._conductor.hear_terminal(news)
            case LadderDue():
                if self._conductor is not None:
                    with self._conductor.slot.telling_who_waits():
                        self._conductor.climb(message)
            case _Opened(opened=opened):
                self._become_warm(opened)
            case ProcessEnded(exit=exit_):
                if self._end.exited(exit_):
                    self._die()
            case Silence(broken=broken):
                self._end_of_output(broken)
            case EndOverdue():
                self._die()
            case Down(monitor=monitor):
                if self._conductor is not None:
                    self._conductor.slot.listener_gone(monitor, self._conductor.cancel)
            case _:
                pass
        return None

    async def terminate(self, exit: Exit) -> None:
        if self._conductor is not None:
            await self._conductor.last_words(outcome_of_end(self._label, exit))

    def inspect(self) -> dict[str, object]:
        facts, state = self._facts, "warm" if self._facts is not None else self._handshake.phase
        return {
            "agent": self._plan.key.agent,
            "chat": self._plan.key.chat_id,
            "state": state,
            "agent_session_id": facts.agent_session_id if facts is not None else None,
            "model": facts.model if facts is not None else None,
            "mode": facts.mode if facts is not None else None,
            "thinking": facts.thinking if facts is not None else None,
            "cost": facts.cost if facts is not None else None,
            "commands": len(facts.commands.commands)
            if facts is not None and facts.commands is not None
            else 0,
            **(self._conductor.inspect() if self._conductor is not None else {}),
            **self._counts,
        }

    # Opening

    async def _shake_hands(self) -> None:
        try:
            opened = await self._handshake.run(self._requests, lambda: self._counts["replayed_updates"])
        except AgentStartFailed as error:
            error.stderr_tail = self._stderr()
            raise
        self.ctx.ref.cast(_Opened(opened))

    def _become_warm(self, opened: Opened) -> None:
        facts = SessionFacts.opened(opened.agent_session_id, opened.offer, resumed=opened.resumed)
        facts.take(self._unknown.pop(opened.agent_session_id, ()))
        self._unknown.clear()
        self._facts = facts
        assert self._service is not None
        self._service.files.missing_is_empty = opened.traits.wants_missing_as_empty
        aftermath = TurnAftermath(self.ctx, self._service.terminals, self.ctx.whereis(self._process))
        self._conductor = TurnConductor(
            self.ctx, self._requests, facts, self._label, self._limits, self._tell_pool, aftermath
        )
        self.ctx.set_busy(False)
        model, mode = opened.offer.model, opened.offer.mode
        self.ctx.whereis(self._pool).cast(
            AgentWarmed(
                key=self._plan.key,
                session=self.ctx.ref,
                agent_session_id=opened.agent_session_id,
                resumed=opened.resumed,
                models=model.offered if model is not None else (),
                modes=tuple(mode_id for mode_id, _ in mode.offered) if mode is not None else (),
            )
        )

    def _tell_pool(self, news: PoolNews) -> None:
        key, me = self._plan.key, self.ctx.ref
        told = (
            AgentPrompted(key, me)
            if news is PoolNews.PROMPTED
            else AgentOwesAnswer(key, me, news is PoolNews.OWES_ANSWER)
        )
        self.ctx.whereis(self._pool).cast(told)

    # Hearing

    def _hear(self, items: tuple[Incoming, ...]) -> None:
        for item in items:
            match item:
                case Updates():
                    self._updates(item)
                case Answer():
                    known = self._requests.settle(item) or (
                        self._conductor is not None and self._conductor.settle(item)
                    )
                    self._counts["stray_answers"] += not known
                case AskedPermission():
                    self._asked_permission(item)
                case AskedUnknown(id=id_, method=method, problem=problem):
                    self._counts["unknown_requests"] += 1
                    code = METHOD_NOT_FOUND if problem is None else INVALID_PARAMS
                    self._requests.refuse(id_, code, problem or f"BooCode does not serve {method}")
                case Garbage(sample=sample):
                    self._counts["garbage_lines"] += 1
                    if self._conductor is not None:
                        self._conductor.remark_garbage(sample)
                case _:
                    self._asked_client(item)

    def _updates(self, updates: Updates) -> None:
        facts = self._facts
        if facts is None or self._conductor is None:
            self._early(updates)
        elif updates.session_id != facts.agent_session_id:
            self._counts["foreign_updates"] += len(updates.items)
        elif not self._conductor.take(updates.items):
            self._counts["late_updates"] += facts.take(updates.items)

    def _early(self, updates: Updates) -> None:
        """Before the session is open: a replayed history is dropped, settings and commands are kept."""
        if updates.session_id not in self._unknown and len(self._unknown) >= UNKNOWN_SESSIONS:
            self._counts["foreign_updates"] += len(updates.items)
            return
        kept = self._unknown.setdefault(updates.session_id, deque(maxlen=UNKNOWN_ITEMS))
        for item in updates.items:
            if isinstance(item, Commands | ModeChanged | ModelChanged | SettingsNote):
                kept.append(item)
            else:
                self._counts["replayed_updates"] += 1

    def _asked_permission(self, asked: AskedPermission) -> None:
        facts = self._facts
        if self._conductor is None or facts is None or asked.params.session_id != facts.agent_session_id:
            refuse(self._requests, asked)
        else:
            self._conductor.ask(asked)

    def _asked_client(self, asked: AskedOfClient) -> None:
        assert self._service is not None
        session_id = self._facts.agent_session_id if self._facts is not None else None
        may_act = self._conductor is not None and self._conductor.may_act
        self._service.serve(asked, session_id, may_act=may_act)

    def _hold_back(self) -> None:
        """A listener that cannot keep up keeps the reader waiting, and so the agent."""
        turn = self._conductor.turn if self._conductor is not None else None
        if turn is not None and turn.delivery.is_full:
            reply = self.ctx.defer()
            turn.delivery.when_drained(lambda: reply.reply(None))

    # Turns

    def _start(self, start: StartTurn) -> None:
        reply = self.ctx.defer()
        if self._conductor is None:
            reply.fail(AgentStartFailed("session/prompt", f"{self._label} is not ready yet."))
        else:
            self._conductor.slot.ask_for(start, reply)

    # Ends

    def _end_of_output(self, broken: str | None) -> None:
        if broken is not None:
            self._counts["broken"] += 1
            self._fail(AgentUnruly(broken))
        if self._end.fell_silent():
            self._die()

    def _die(self) -> None:
        if self._facts is None:
            failure = self._handshake.failure(f"it {self._end.how}", self._stderr())
            failure.died = True
            raise failure
        self._fail(AgentDied(f"{self._label} {self._end.how}"))

    def _fail(self, error: Exception) -> None:
        if self._conductor is not None:
            self._conductor.slot.fail_unstarted(f"{error}.")
        raise error

    def _stderr(self) -> str:
        return self._child.stderr_tail() if self._child is not None else ""
