"""Answers an agent's file requests: inside its worktree, a bounded number at a time. Not an actor."""

from actors.agent_requests import AgentRequests
from boocode.domain.acp.errors import INTERNAL_ERROR, RESOURCE_NOT_FOUND
from boocode.domain.acp.incoming import AskedToRead, AskedToWrite
from boocode.kernel import Context
from boocode.ports.agent_wire import AgentFiles, FileMissing, FileRefused

MAX_AT_ONCE = 32


class FileService:
    def __init__(self, ctx: Context, requests: AgentRequests, files: AgentFiles) -> None:
        self._ctx = ctx
        self._requests = requests
        self._files = files
        self._running = 0
        self.served = 0
        self.missing_is_empty = False
        """A file that is not there is read as an empty one, for an agent that needs it so."""

    def serve(self, asked: AskedToRead | AskedToWrite) -> None:
        """Begins; the answer goes to the agent when it is there."""
        if self._running >= MAX_AT_ONCE:
            self._requests.refuse(asked.id, INTERNAL_ERROR, f"more than {MAX_AT_ONCE} file requests at once")
            return
        self._running += 1
        self._ctx.start_task(self._serve, asked, name="serve file")

    async def _serve(self, asked: AskedToRead | AskedToWrite) -> None:
        try:
            match asked:
                case AskedToRead(params=read):
                    text = await self._files.read_text(read.path, read.line, read.limit)
                    self._requests.result(asked.id, {"content": text})
                case AskedToWrite(params=write):
                    await self._files.write_text(write.path, write.content)
                    self._requests.result(asked.id, {})  # null is an error to goose
            self.served += 1
        except FileMissing as error:
            if self.missing_is_empty and isinstance(asked, AskedToRead):
                self._requests.result(asked.id, {"content": ""})
            else:
                self._requests.refuse(asked.id, RESOURCE_NOT_FOUND, f"Resource not found: {error}")
        except FileRefused as error:
            self._requests.refuse(asked.id, INTERNAL_ERROR, str(error))
        finally:
            self._running -= 1
