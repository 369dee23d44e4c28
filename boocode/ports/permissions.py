"""Permission requests: a turn asks the desk, a person answers once, a deadline answers otherwise."""

from collections.abc import Sequence
from typing import Protocol

from attrs import frozen

from boocode.contracts.resources import AnsweredBy, Permission
from boocode.domain.permission_policy import Places
from boocode.kernel import Ref, Request
from boocode.ports.store import NewPermission


@frozen
class AskPermission:
    """Cast to the desk by a turn; the answer comes back as PermissionAnswered."""

    request: NewPermission
    asker: Ref


@frozen
class PermissionAnswered:
    """Cast to the asker: exactly once per question. `option_id` None = withdrawn or nothing fits."""

    permission_id: str
    request_key: str
    option_id: str | None
    timed_out: bool = False
    words: str | None = None
    """How it was answered and by whom, for the transcript and for agents that can be told a reason."""
    by_policy: bool = False
    """No person was asked."""


@frozen
class PermissionShown:
    """Cast to the asker: the question is a person's now; until it is answered the agent is blocked."""

    request_key: str


@frozen
class AskAgain:
    """Cast by a desk that was restarted to the asker of a question that is still open: repeat it."""

    permission_id: str


@frozen
class WithdrawPermission:
    """Cast: the agent no longer waits, or its turn is over."""

    permission_id: str
    why: str


@frozen
class Answer(Request[Permission]):
    """Call from a person. Refused: PermissionGone (unknown id, answered, timed out or withdrawn before),
    UnknownOption."""

    permission_id: str
    option_id: str


@frozen
class ResolvedElsewhere:
    """Cast to the desk: this question's row has its outcome, perhaps from another process; None = look at all."""

    permission_id: str | None = None


class PlaceFinder(Protocol):
    """Follows paths on the machine where the worktree is."""

    async def find(self, root: str, named: Sequence[str]) -> Places | None:
        """None when they cannot be followed."""
        ...


class PermissionGone(Exception):
    """The question is no longer open; `outcome` says how it ended, None = no such question; `words` for people."""

    def __init__(
        self,
        permission_id: str,
        outcome: str | None,
        answered_by: AnsweredBy | None = None,
        words: str | None = None,
    ) -> None:
        how = words or outcome or "there is no such question"
        super().__init__(f"The question {permission_id} is no longer open. {how.rstrip('.')}.")
        self.outcome = outcome
        self.answered_by = answered_by


class UnknownOption(Exception):
    """The answer names an option that the question does not have."""
