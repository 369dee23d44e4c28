"""The session of BooCode's own agent: one conversation for one (chat, agent), in this process.

    loading ── warm ── StartTurn ──→ turn ── its end ──→ warm
       └─ database away: crashes with AgentStartFailed
                          └─ a bug: crashes, and the turn is told
                          └─ a tool that does not end when it is cancelled: AgentUnruly

It hears messages at any time: the turn runs in helper tasks, which `native_turns` leads. A dying session's last acts
are the TurnOver of its turn and the keeping of what it remembers.
"""

import uuid
from typing import Any

import trio

from actors.agent_words import outcome_of_end
from actors.native_conversation import NativeConversation
from actors.native_equipment import NativeFacts
from actors.native_turns import CancelOverdue, NativeTurns
from boocode.kernel import Actor, Down, Exit
from boocode.ports.agents import (
    AgentStartFailed,
    AgentWarmed,
    AnswerPermission,
    CancelTurn,
    SessionLimits,
    SessionPlan,
    StartTurn,
)
from boocode.ports.native import NativeChoices, NativePlace, NativeWorld
from boocode.ports.store import StoreError

LOAD_S = 15.0
KEEP_S = 1.5


class NativeSession(Actor):
    remember = 3

    def __init__(
        self,
        plan: SessionPlan,
        world: NativeWorld,
        choices: NativeChoices,
        limits: SessionLimits,
        *,
        terminals: str,
        pool: str,
    ) -> None:
        self._plan = plan
        self._label = plan.provider.label
        self._world = world
        self._choices = choices
        self._limits = limits
        self._terminals = terminals
        self._pool = pool
        self._conversation = NativeConversation(world.memory, str(uuid.uuid4()), plan.key.chat_id)

    # Life

    async def init(self) -> None:
        plan = self._plan
        place = NativePlace(
            self.ctx,
            plan.key.chat_id,
            plan.cwd,
            self._choices,
            self._terminals,
            plan.key.agent,
            plan.provider.env,
        )
        knows = await self._load()
        pool = self.ctx.whereis(self._pool)
        self._facts = NativeFacts(self._conversation)
        self._turns = NativeTurns(
            self.ctx,
            self._world,
            place,
            self._facts,
            self._label,
            self._limits,
            key=self._plan.key,
            pool=pool,
        )
        pool.cast(
            AgentWarmed(
                key=self._plan.key,
                session=self.ctx.ref,
                agent_session_id=self._conversation.session_id,
                resumed=knows,
                models=(),
                modes=(),
            )
        )

    async def handle(self, message: Any) -> Any:
        turns = self._turns
        match message:
            case StartTurn():
                turns.slot.ask_for(message, self.ctx.defer())
            case CancelTurn(task_id=task_id):
                turns.cancel(task_id)
            case AnswerPermission():
                turns.answer(message)
            case CancelOverdue():
                turns.overdue(message)
            case Down(monitor=monitor):
                turns.slot.listener_gone(monitor, turns.cancel)
            case _:
                pass  # what a terminal says goes to the tool that runs it
        return None

    async def terminate(self, exit: Exit) -> None:
        self._turns.stop()
        with trio.move_on_after(KEEP_S):
            await self._conversation.save()
        await self._turns.last_words(outcome_of_end(self._label, exit))

    def inspect(self) -> dict[str, object]:
        facts, conversation = self._facts, self._conversation
        return {
            "agent": self._plan.key.agent,
            "chat": self._plan.key.chat_id,
            "agent_session_id": conversation.session_id,
            "model": facts.model,
            "entries": len(conversation),
            "unsaved_entries": conversation.unsaved,
            "left_out_entries": conversation.cut.left_out_below,
            "bytes_per_token": round(facts.bytes_per_token, 2),
            "standing_permissions": len(facts.standing),
            **self._turns.inspect(),
        }

    async def _load(self) -> bool:
        """Whether it knows of earlier turns: by its own memory, or by what the chat's messages tell."""
        known = self._plan.resume_id
        try:
            with trio.fail_after(LOAD_S):
                if known is not None and await self._conversation.load(known):
                    return True
                return not self._plan.one_shot and await self._conversation.begin_with_past()
        except (StoreError, trio.TooSlowError) as error:
            why = str(error) or f"no answer within {LOAD_S:g} s."
            words = f"What {self._label} remembers could not be read: {why}"
            raise AgentStartFailed("session/load", words) from error
