"""The open permission requests of one turn: by our key, each answered once. Not an actor."""

from contextlib import ExitStack

from actors.agent_requests import AgentRequests
from boocode.domain.acp import permissions
from boocode.domain.acp.errors import INVALID_PARAMS
from boocode.domain.acp.incoming import AskedPermission, RequestId
from boocode.domain.acp.turn_fold import TurnFold
from boocode.domain.events import AgentEvent
from boocode.kernel import Context


def refuse(requests: AgentRequests, asked: AskedPermission) -> None:
    """Nobody can be asked now: the agent hears that the question was cancelled."""
    requests.result(asked.id, permissions.outcome(None))


class TurnQuestions:
    def __init__(self, ctx: Context, requests: AgentRequests) -> None:
        self._ctx = ctx
        self._requests = requests
        self._open: dict[str, RequestId] = {}
        self._waits = ExitStack()
        """Shows in the tree that a person is waited for."""

    def __len__(self) -> int:
        return len(self._open)

    def ask(self, key: str, asked: AskedPermission, fold: TurnFold) -> list[AgentEvent]:
        """The events of a new question; none when it has no option that anybody could choose."""
        question = permissions.asked(key, asked.params)
        if not question.options:
            self._requests.refuse(asked.id, INVALID_PARAMS, "BooCode knows none of these kinds of options.")
            return []
        if not self._open:
            self._waits.enter_context(self._ctx.blocked("a permission"))
        self._open[key] = asked.id
        return fold.ask(question)

    def answer(self, key: str, option_id: str | None, fold: TurnFold, *, timed_out: bool = False) -> None:
        """Passes an answer on; one to a question that is over, or with an option of its own, changes nothing."""
        if key not in self._open:
            return
        offered = [option.id for option in fold.questions[key].options]
        if option_id is not None and option_id not in offered:
            return
        fold.answered(key, option_id)
        self._requests.result(self._open.pop(key), permissions.outcome(option_id, timed_out=timed_out))
        if not self._open:
            self._waits.close()

    def withdraw(self, fold: TurnFold) -> list[AgentEvent]:
        """Every open question is over: the agent hears `cancelled`, the listener that they are withdrawn."""
        self._waits.close()
        for request_id in self._open.values():
            self._requests.result(request_id, permissions.outcome(None))
        self._open.clear()
        return fold.withdraw()
