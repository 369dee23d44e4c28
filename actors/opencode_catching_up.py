"""Reads a session's messages when its event stream has a gap, until the turn's state is certain."""

from collections.abc import Callable, Sequence

import trio
from attrs import frozen

from actors.opencode_turn import Conversation, OpencodeTurn
from boocode.domain.events import Notice
from boocode.domain.opencode.vendor import PermissionRequested
from boocode.ports.opencode import OpencodeRefused, OpencodeUnreachable

MESSAGES = 200
"""What is read of a session: its newest messages, and more than most turns have."""
LOOK_AGAIN_S = 1.0
"""When the session says idle and the turn has no end yet."""
TRIES = 3


@frozen
class CatchingUp:
    at: Conversation
    ask: Callable[[OpencodeTurn, PermissionRequested], None]
    look_at_end: Callable[[OpencodeTurn], None]

    def begin(self, turn: OpencodeTurn) -> None:
        """What the turn has not shown of its open texts waits for their whole from here on."""
        turn.view.stream_broke()
        turn.gaps += 1
        if not turn.is_reading and turn.sent_at is not None:
            turn.is_reading = True
            self.at.ctx.start_task(self._run, turn, name="read the messages again")

    async def _run(self, turn: OpencodeTurn) -> None:
        refusals = 0
        while not turn.over.is_set():
            gaps = turn.gaps
            try:
                is_idle = await self._read(turn)
            except OpencodeUnreachable:
                self.at.doubt()
                await trio.sleep(LOOK_AGAIN_S)
                continue
            except OpencodeRefused as refused:
                refusals += 1
                if refusals < TRIES:
                    await trio.sleep(LOOK_AGAIN_S)
                    continue
                turn.delivery.put([Notice(f"What was missed of this turn could not be read: {refused}")])
                is_idle = False
            if turn.gaps != gaps:
                continue
            turn.is_reading = False
            self.look_at_end(turn)
            if not is_idle or turn.over.is_set():
                break
            await trio.sleep(LOOK_AGAIN_S)
        turn.is_reading = False

    async def _read(self, turn: OpencodeTurn) -> bool:
        """Whether the session is idle. First the status: what ends after it was asked is told by the stream."""
        at = self.at
        is_idle = not await at.is_at_work()
        messages = await at.api.messages(at.directory, at.session_id, MESSAGES)
        asked = await at.api.permissions(at.directory)
        if not turn.over.is_set():
            turn.delivery.put(turn.fold.take(turn.view.reconcile(messages, is_idle=is_idle)))
            self._questions(turn, asked)
        return is_idle

    def _questions(self, turn: OpencodeTurn, requests: Sequence[PermissionRequested]) -> None:
        """What is open at the server is open here, and nothing else is. Those of sessions that tools have made
        cannot be told from those of other chats, so of these only what came by the stream is kept."""
        still = {request.id for request in requests}
        for key in [key for key in turn.fold.questions if key not in still]:
            turn.delivery.put(turn.questions.answered_elsewhere(key, None, turn.fold))
        for request in requests:
            if request.session_id == self.at.session_id:
                self.ask(turn, request)
