"""The open questions of one turn with Claude: by our key, each answered once. Not an actor."""

from contextlib import ExitStack

import trio
from attrs import define, field

from boocode.domain.acp.turn_fold import TurnFold
from boocode.domain.events import AgentEvent, PermissionAsked, PermissionOption, PermissionWithdrawn
from boocode.kernel import Context
from boocode.ports.claude import ClaudeQuestion, ClaudeVerdict

ALLOW, ALWAYS, REJECT = "allow", "allow_always", "reject"
REFUSED = "The user refused this. Go on without it, or ask what to do instead."
UNANSWERED = "The question timed out: nobody answered whether this is allowed, so it is not done now. Go on without it."
NOBODY = ClaudeVerdict(allowed=False, words="No prompt runs now: nothing may be done.")


@define(eq=False)
class OpenQuestion:
    verdict: ClaudeVerdict | None = None
    given: trio.Event = field(factory=trio.Event)

    def give(self, verdict: ClaudeVerdict) -> None:
        if self.verdict is None:
            self.verdict = verdict
            self.given.set()


class ClaudeQuestions:
    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._open: dict[str, OpenQuestion] = {}
        self._withdrawn: list[OpenQuestion] = []
        self._waits = ExitStack()
        """Shows in the tree that a person is waited for."""

    def __len__(self) -> int:
        return len(self._open)

    def ask(
        self, key: str, question: ClaudeQuestion, fold: TurnFold
    ) -> tuple[OpenQuestion, list[AgentEvent]]:
        if not self._open:
            self._waits.enter_context(self._ctx.blocked("a permission"))
        self._open[key] = opened = OpenQuestion()
        asked = PermissionAsked(key, question.title, question.tool, tuple(_options(question)))
        return opened, fold.ask(asked)

    def answer(self, key: str, option_id: str | None, fold: TurnFold, *, timed_out: bool = False) -> None:
        """Passes an answer on; one to a question that is over, or with an option of its own, changes nothing."""
        asked = fold.questions.get(key)
        if key not in self._open or asked is None:
            return
        if option_id is not None and option_id not in [option.id for option in asked.options]:
            return
        fold.answered(key, option_id)
        self._close(key).give(_verdict(option_id, timed_out))

    def drop(self, key: str, fold: TurnFold) -> list[AgentEvent]:
        """Claude no longer waits for this one; none if it is closed already."""
        if key not in self._open:
            return []
        self._close(key)
        fold.answered(key, None)
        return [PermissionWithdrawn(key)]

    def withdraw(self, fold: TurnFold) -> list[AgentEvent]:
        """Nobody shall answer any more. Claude goes on waiting until `release`: an answer now, even a no, would
        let it go on with a turn that it is asked to end."""
        self._waits.close()
        self._withdrawn += self._open.values()
        self._open.clear()
        return fold.withdraw()

    def release(self) -> None:
        for question in self._withdrawn:
            question.give(NOBODY)
        self._withdrawn.clear()

    def _close(self, key: str) -> OpenQuestion:
        question = self._open.pop(key)
        if not self._open:
            self._waits.close()
        return question


def _options(question: ClaudeQuestion) -> list[PermissionOption]:
    options = [PermissionOption(ALLOW, "Allow once", "allow_once")]
    if question.always is not None:
        options.append(PermissionOption(ALWAYS, question.always, "allow_always"))
    return [*options, PermissionOption(REJECT, "Reject", "reject_once")]


def _verdict(option_id: str | None, timed_out: bool) -> ClaudeVerdict:
    if option_id in (ALLOW, ALWAYS):
        return ClaudeVerdict(allowed=True, always=option_id == ALWAYS)
    return ClaudeVerdict(allowed=False, words=UNANSWERED if timed_out or option_id is None else REFUSED)
