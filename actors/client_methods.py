"""What an agent may ask of its client besides a person's permission: files and terminals. Not an actor.

The rule here: only its own session is served, and nothing is changed or run unless a prompt runs that nobody has
cancelled.
"""

from actors.agent_requests import AgentRequests
from actors.file_service import FileService
from actors.terminal_service import TerminalService
from boocode.domain.acp.errors import INTERNAL_ERROR, INVALID_PARAMS
from boocode.domain.acp.incoming import AskedOfClient, AskedOfTerminal, AskedToRead, AskedToRun, AskedToWrite


class ClientMethods:
    def __init__(self, requests: AgentRequests, files: FileService, terminals: TerminalService) -> None:
        self._requests = requests
        self.files = files
        self.terminals = terminals

    def serve(self, asked: AskedOfClient, session_id: str | None, *, may_act: bool) -> None:
        """`session_id`: the open session; `may_act`: a prompt runs in it."""
        if session_id is None or asked.params.session_id != session_id:
            self._requests.refuse(asked.id, INVALID_PARAMS, "There is no such session.")
            return
        match asked:
            case AskedToRead():
                self.files.serve(asked)
            case AskedToWrite() if may_act:
                self.files.serve(asked)
            case AskedToRun() if may_act:
                self.terminals.create(asked)
            case AskedOfTerminal():
                self.terminals.serve(asked)
            case AskedToWrite() | AskedToRun():
                words = "No prompt runs: nothing may be written or run now."
                self._requests.refuse(asked.id, INTERNAL_ERROR, words)
