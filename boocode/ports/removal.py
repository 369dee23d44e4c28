"""Deleting what a person no longer wants: asked of the remover, which ends what still works there first."""

from attrs import frozen

from boocode.contracts.answers import Deleted
from boocode.kernel import Request


@frozen
class RemoveChat(Request[Deleted | None]):
    """Call: the chat, its messages and its log. None = there is no such chat. Raises StoreUnavailable."""

    chat_id: str


@frozen
class RemoveSession(Request[Deleted | None]):
    """Call: the session with its chats, and its worktree if nothing would be lost with it."""

    session_id: str


@frozen
class RemoveProject(Request[Deleted | None]):
    """Call: the project's rows, like RemoveSession for each session; the repository itself is not touched."""

    project_id: str


Removal = RemoveChat | RemoveSession | RemoveProject
