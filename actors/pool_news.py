"""What the session pool tells others: the chat whose agent died, and whoever looks at the tree. Not an actor."""

import time
from contextlib import suppress

from attrs import frozen

from boocode.contracts.frames import AgentStatusUpdated, NoticeFrame
from boocode.kernel import Context, MailboxFull
from boocode.ports.agents import AgentWarmed, SessionKey
from boocode.ports.log import Append, LogEntry
from boocode.ports.names import EVENT_WRITER, PROBER, SESSIONS
from boocode.ports.probing import AgentLearned


@frozen
class PoolNews:
    ctx: Context
    """The pool's."""

    def died_idle(self, key: SessionKey, how: str) -> None:
        """Durable: nobody hears it from a turn."""
        self._say(key, AgentStatusUpdated(key.chat_id, key.agent, "error", reason=how))

    def learned(self, warmed: AgentWarmed) -> None:
        """A session that opens anyway spares the prober asking."""
        if warmed.models or warmed.modes:
            learned = AgentLearned(warmed.key.agent, warmed.models, warmed.modes)
            with suppress(MailboxFull):
                self.ctx.whereis(PROBER).cast(learned)

    def budget_spent(self, key: SessionKey, words: str) -> None:
        self._say(key, NoticeFrame(None, words))

    def evicted(self, child_id: str, why: str) -> None:
        path = self.ctx.system.supervisor(SESSIONS).path
        self.ctx.system.telemetry.emit("evicted", f"{path}/{child_id}", 1, extra={"reason": why})

    def _say(self, key: SessionKey, body: AgentStatusUpdated | NoticeFrame) -> None:
        entry = LogEntry(key.chat_id, body, time.time())
        with suppress(MailboxFull):  # best effort: what is said of an agent never holds up another
            self.ctx.whereis(EVENT_WRITER).cast(Append((entry,)))
