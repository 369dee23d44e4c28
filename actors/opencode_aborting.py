"""Ends a turn that was cancelled: aborts it until it is certain that the session is idle.

    abort → over, or idle for certain ────────────→ cancelled (asked)
      ↑__ still at work, or nothing to abort yet
    deadline, the server is alive ─────────────────→ cancelled (given_up): the session is not used again
    deadline, it is deaf ──────────────────────────→ cancelled (killed): the server goes

An abort right after the prompt does nothing, for opencode acknowledges a prompt before it works on it: idle is
believed only when work was seen, or has had the time to begin.
"""

from collections.abc import Callable

import trio
from attrs import frozen

from actors.opencode_turn import Conversation, EndTurn, OpencodeTurn
from boocode.domain.events import Cancelled
from boocode.ports.agents import AgentUnruly
from boocode.ports.opencode import OpencodeRefused, OpencodeUnreachable

AGAIN_S = 0.25
LOOP_STARTS_S = 1.0


@frozen
class Aborting:
    at: Conversation
    end: EndTurn
    tell_owes: Callable[[], None]

    async def run(self, turn: OpencodeTurn) -> None:
        """Until the turn is over, one way or the other. Raises AgentUnruly when the server is deaf."""
        with trio.move_on_after(self.at.limits.cancel_s):
            while not turn.over.is_set():
                try:
                    await self._once(turn)
                except OpencodeRefused:
                    await trio.sleep(AGAIN_S)
                except OpencodeUnreachable:
                    break
        if turn.over.is_set():
            return
        try:
            await self.at.api.check_health(self.at.limits.cancel_s)
        except (OpencodeRefused, OpencodeUnreachable) as error:
            if not turn.over.is_set():
                self._kill(turn, error)
        if not turn.over.is_set():
            self.tell_owes()
            self.end(turn, Cancelled("given_up"))

    async def _once(self, turn: OpencodeTurn) -> None:
        await self.at.api.abort(self.at.directory, self.at.session_id)
        with trio.move_on_after(AGAIN_S):
            await turn.over.wait()
            return
        if await self.at.is_at_work() or turn.over.is_set():
            return
        has_begun = turn.view.is_busy and turn.cure != "running"
        if has_begun or self.at.ctx.now() - (turn.sent_at or 0.0) > LOOP_STARTS_S:
            self.end(turn, Cancelled("asked"))

    def _kill(self, turn: OpencodeTurn, error: Exception) -> None:
        self.end(turn, Cancelled("killed"))
        self.at.doubt()
        raise AgentUnruly(f"it ignored an abort for {self.at.limits.cancel_s:g} s") from error
