"""The process actor of a Claude: first its memory of the conversation is put in its place, then it is launched."""

from typing import Any

from actors.agent_process import AgentProcess
from boocode.kernel import CallRefused
from boocode.ports.agents import AgentStartFailed
from boocode.ports.claude import ClaudeChild, ClaudeClients, ClaudeStart, TakeClaude
from boocode.ports.processes import LaunchSpec, ProcessOwner


class ClaudeProcess(AgentProcess):
    """An AgentProcess whose command line depends on the conversation, and which one session takes whole."""

    def __init__(
        self, owner: ProcessOwner, launch: LaunchSpec, clients: ClaudeClients, resume_id: str | None
    ) -> None:
        super().__init__(owner, launch)
        self._clients = clients
        self._resume_id = resume_id
        self._start: ClaudeStart | None = None
        self._is_taken = False

    async def init(self) -> None:
        self._start = await self._clients.prepare(self._launch, self._resume_id)
        self._launch = self._start.launch
        await super().init()

    async def handle(self, message: Any) -> Any:
        if isinstance(message, TakeClaude):
            return self._take()
        return await super().handle(message)

    def _take(self) -> ClaudeChild:
        if self._start is None or self._child is None or self._is_taken:
            raise CallRefused(AgentStartFailed("launch", "Claude's process is used up: it takes a new one."))
        self._is_taken = True
        return ClaudeChild(self._start, self._child)
