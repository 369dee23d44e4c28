"""The scribe: what turns tell it, and what it reads and writes. It gives names; nothing ever waits for it."""

from typing import Protocol

from attrs import frozen

from boocode.contracts.resources import Message, Task
from boocode.kernel import Ref


@frozen
class TurnBegan:
    """Cast by a turn. `uses_endpoint`: it asks the same model endpoint as the scribe, which keeps away meanwhile."""

    turn: Ref
    task_id: str
    chat_id: str
    uses_endpoint: bool


@frozen
class TurnSettled:
    """Cast by a turn whose end is durable."""

    task_id: str
    chat_id: str
    message_id: str
    uses_endpoint: bool


class ScribeStore(Protocol):
    """Raises StoreError."""

    async def first_prompt_if_nameless(self, chat_id: str) -> str | None:
        """What the chat began with, mere commands left out; None without it, and when it and its session have names."""
        ...

    async def name_chat(self, chat_id: str, title: str) -> bool:
        """Chat and session, each only if nobody has named it by now; False: neither."""
        ...

    async def get_task(self, task_id: str) -> Task | None: ...
    async def get_message(self, message_id: str) -> Message | None: ...

    async def summarise_task(self, task_id: str, before: str | None, summary: str) -> bool:
        """Only of a completed task whose summary is still `before`."""
        ...
