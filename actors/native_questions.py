"""The open questions of one turn of the native agent: by our key, each answered once. Not an actor."""

from contextlib import ExitStack
from typing import Literal

import trio
from attrs import define, field, frozen

from boocode.domain.acp.turn_fold import TurnFold
from boocode.domain.events import AgentEvent, PermissionAsked, PermissionOption, ToolCall
from boocode.kernel import Context
from boocode.ports.agents import AnswerPermission

ALLOW, ALWAYS, REJECT = "allow", "allow_always", "reject"
REFUSED = (
    "The person refused this. Do not try it in another way: go on without it, or ask what to do instead."
)
UNANSWERED = "Nobody answered in time whether this is allowed, so it was not done. Go on without it."


@frozen
class Decision:
    what: Literal["once", "always", "no"]
    words: str = ""
    """For the model, when it is no."""


@define(eq=False)
class _Open:
    decision: Decision | None = None
    given: trio.Event = field(factory=trio.Event)


class NativeQuestions:
    def __init__(self, ctx: Context, fold: TurnFold) -> None:
        self._ctx = ctx
        self._fold = fold
        self._open: dict[str, _Open] = {}
        self._waits = ExitStack()
        """Shows in the tree that a person is waited for."""

    def __len__(self) -> int:
        return len(self._open)

    def ask(self, key: str, tool: ToolCall, always: str) -> tuple[_Open, list[AgentEvent]]:
        """The events of a question; `decided` waits for its answer."""
        if not self._open:
            self._waits.enter_context(self._ctx.blocked("a permission"))
        self._open[key] = opened = _Open()
        options = (
            PermissionOption(ALLOW, "Allow once", "allow_once"),
            PermissionOption(ALWAYS, always, "allow_always"),
            PermissionOption(REJECT, "Reject", "reject_once"),
        )
        return opened, self._fold.ask(PermissionAsked(key, tool.title, tool, options))

    @staticmethod
    async def decided(opened: _Open) -> Decision:
        await opened.given.wait()
        assert opened.decision is not None
        return opened.decision

    def answer(self, answer: AnswerPermission) -> None:
        """One to a question that is over, or with an option of its own, changes nothing."""
        opened, chosen = self._open.get(answer.request_key), answer.option_id
        if opened is None or chosen not in (None, ALLOW, ALWAYS, REJECT):
            return
        del self._open[answer.request_key]
        if not self._open:
            self._waits.close()
        self._fold.answered(answer.request_key, chosen)
        opened.decision = _decision(answer)
        opened.given.set()

    def withdraw(self) -> list[AgentEvent]:
        """Nobody shall answer any more; who waits is cancelled."""
        self._waits.close()
        self._open.clear()
        return self._fold.withdraw()


def _decision(answer: AnswerPermission) -> Decision:
    match answer.option_id:
        case "allow":
            return Decision("once")
        case "allow_always":
            return Decision("always")
        case _:
            words = UNANSWERED if answer.timed_out or answer.option_id is None else REFUSED
            return Decision("no", words)
