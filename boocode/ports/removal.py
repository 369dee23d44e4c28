"""Deleting what a person no longer wants: asked of the remover, which ends what still works there first."""

from attrs import frozen

from boocode.kernel import Request


@frozen
class RemoveChat(Request[bool]):
    """Call: the chat, its messages and its log. False: there is no such chat. Raises StoreUnavailable."""

    chat_id: str


@frozen
class RemoveSession(Request[bool]):
    """Call: the session with its chats. Its worktree and its checkpoints stay for the reaper to judge."""

    session_id: str


@frozen
class RemoveProject(Request[bool]):
    """Call: the project's rows, like RemoveSession for each session; the repository itself is not touched."""

    project_id: str


Removal = RemoveChat | RemoveSession | RemoveProject
