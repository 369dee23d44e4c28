"""The opencode session: one conversation in a server that it shares with others, for one (chat, agent).

    opening ── server, directory, conversation ──→ warm ── StartTurn ──→ turn ── its end ──→ warm
       └─ deadline, error: crashes with AgentStartFailed
                               └─ the server died: crashes with AgentDied ── it was deaf: with AgentUnruly

Whatever waits for the server is a helper task, so the mailbox is always free for a cancel. What belongs to a turn is
led by `opencode_turns`. A dying session's last act is the TurnOver of its turn; the server goes on for the others.
"""

from collections import Counter
from typing import Any

from attrs import frozen

from actors.agent_words import outcome_of_end
from actors.opencode_opening import OpencodeOpening, OpenedSession
from actors.opencode_turn import Conversation
from actors.opencode_turns import OpencodeTurns
from boocode.kernel import Actor, Crashed, Down, Exit, MonitorId, describe
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
from boocode.ports.opencode import OpencodeHeard


@frozen
class _Opened:
    opened: OpenedSession


class OpencodeSession(Actor):
    remember = 3

    def __init__(self, plan: SessionPlan, limits: SessionLimits, pool: str) -> None:
        self._plan = plan
        self._label = plan.provider.label
        self._limits = limits
        self._pool = pool
        self._opening: OpencodeOpening | None = None
        self._opened: OpenedSession | None = None
        self._turns: OpencodeTurns | None = None
        self._server: MonitorId | None = None
        self._counts: Counter[str] = Counter()

    async def init(self) -> None:
        self._opening = OpencodeOpening(self.ctx, self._plan, self._limits)
        self.ctx.set_busy(True, "opening")
        self.ctx.start_task(self._open, self._opening, name="open")

    async def handle(self, message: Any) -> Any:
        match message:
            case OpencodeHeard():
                self._hear(message)
            case StartTurn():
                self._start(message)
            case CancelTurn(task_id=task_id):
                if self._turns is not None:
                    self._turns.cancel(task_id)
            case AnswerPermission(request_key=key, option_id=option_id):
                if self._turns is not None:
                    self._turns.answer(key, option_id)
            case _Opened(opened=opened):
                self._become_warm(opened)
            case Down(monitor=monitor, exit=exit_):
                if monitor == self._server:
                    self._server_gone(exit_)
                elif self._turns is not None:
                    self._turns.slot.listener_gone(monitor, self._turns.cancel)
            case _:
                pass
        return None

    async def terminate(self, exit: Exit) -> None:
        if self._turns is not None:
            await self._turns.last_words(outcome_of_end(self._label, exit))

    def inspect(self) -> dict[str, object]:
        opened, turns = self._opened, self._turns
        return {
            "agent": self._plan.key.agent,
            "chat": self._plan.key.chat_id,
            "state": "warm" if opened is not None else self._opening.phase if self._opening else "new",
            "agent_session_id": opened.session_id if opened is not None else None,
            "directory": self._plan.cwd,
            "model": turns.model if turns is not None else None,
            "mode": turns.mode if turns is not None else None,
            "commands": len(opened.offers.commands) if opened is not None else 0,
            **(turns.inspect() if turns is not None else {}),
            **self._counts,
        }

    async def _open(self, opening: OpencodeOpening) -> None:
        self.ctx.ref.cast(_Opened(await opening.run()))

    def _become_warm(self, opened: OpenedSession) -> None:
        key, me, pool = self._plan.key, self.ctx.ref, self.ctx.whereis(self._pool)
        self._opened = opened
        self._server = self.ctx.monitor(opened.in_use.server)
        conversation = Conversation(
            self.ctx,
            opened.in_use.api,
            opened.in_use.server,
            opened.session_id,
            self._plan.cwd,
            self._label,
            opened.offers,
            self._limits,
        )
        self._turns = OpencodeTurns(
            conversation,
            opened.newest_message,
            tell_prompted=lambda: pool.cast(AgentPrompted(key, me)),
            tell_owes=lambda: pool.cast(AgentOwesAnswer(key, me, owes=True)),
        )
        self.ctx.set_busy(False)
        pool.cast(
            AgentWarmed(
                key=key,
                session=me,
                agent_session_id=opened.session_id,
                resumed=opened.resumed,
                models=opened.offers.models,
                modes=opened.offers.modes,
            )
        )

    def _hear(self, heard: OpencodeHeard) -> None:
        if self._turns is None or self._turns.turn is None:
            self._counts["idle_events"] += len(heard.events)
        self._counts["gaps"] += heard.has_gap
        if self._turns is None:
            return
        self._turns.hear(heard.events, has_gap=heard.has_gap)
        turn = self._turns.turn
        if (
            turn is not None and turn.delivery.is_full
        ):  # a slow listener keeps its own feed waiting, nobody else's
            reply = self.ctx.defer()
            turn.delivery.when_drained(lambda: reply.reply(None))

    def _start(self, start: StartTurn) -> None:
        reply = self.ctx.defer()
        if self._turns is None:
            reply.fail(AgentStartFailed("session/prompt", f"{self._label} is not ready yet."))
        else:
            self._turns.slot.ask_for(start, reply)

    def _server_gone(self, exit_: Exit) -> None:
        match exit_:
            case Crashed(cause=AgentDied() | AgentUnruly() as cause):
                error: Exception = type(cause)(str(cause))
            case _:
                error = AgentDied(f"{self._label}'s server was stopped ({describe(exit_)})")
        if self._turns is not None:
            self._turns.slot.fail_unstarted(f"{error}.")
        raise error
