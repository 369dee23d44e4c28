"""The open permission requests of one opencode turn, each answered once. Not an actor."""

from collections.abc import Callable
from contextlib import ExitStack

from boocode.domain.acp.turn_fold import TurnFold
from boocode.domain.events import AgentEvent, PermissionWithdrawn
from boocode.domain.opencode.permissions import asked, reply_of
from boocode.domain.opencode.vendor import PermissionRequested
from boocode.kernel import Context


class OpencodeQuestions:
    def __init__(self, ctx: Context, reply: Callable[[str, str], None]) -> None:
        """`reply(request id, once | always | reject)` tells the server, some time soon."""
        self._ctx = ctx
        self._reply = reply
        self._known: set[str] = set()
        self._waits = ExitStack()
        """Shows in the tree that a person is waited for."""

    def ask(self, request: PermissionRequested, fold: TurnFold) -> list[AgentEvent]:
        """The events of a new question; none for one that was asked before."""
        if request.id in self._known:
            return []
        self._known.add(request.id)
        if not fold.questions:
            self._waits.enter_context(self._ctx.blocked("a permission"))
        return fold.ask(asked(request))

    def answer(self, key: str, option_id: str | None, fold: TurnFold) -> None:
        """Passes an answer on; one to a question that is over, or with an option of its own, changes nothing."""
        question = fold.questions.get(key)
        if question is None:
            return
        if option_id is not None and option_id not in [option.id for option in question.options]:
            return
        fold.answered(key, option_id)
        self._reply(key, reply_of(option_id))
        self._rest(fold)

    def answered_elsewhere(self, key: str, reply: str | None, fold: TurnFold) -> list[AgentEvent]:
        """The server says that a question is answered; nothing is new when it was us."""
        self._known.add(key)
        if fold.answered(key, reply or "reject") is None:
            return []
        self._rest(fold)
        return [PermissionWithdrawn(key)]

    def withdraw(self, fold: TurnFold) -> list[AgentEvent]:
        """Every open question is over. The server keeps the entry of an aborted turn: it is refused there."""
        for key in fold.questions:
            self._reply(key, "reject")
        self._waits.close()
        return fold.withdraw()

    def _rest(self, fold: TurnFold) -> None:
        if not fold.questions:
            self._waits.close()
