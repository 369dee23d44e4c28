"""When a session's agent is over: its process has ended, and so has its output. Not an actor: the session owns it.

Whichever comes first, the other is waited for a little: what is left in the pipe is heard, and how the process ended
can be said. But not for long: somebody whom the agent started may hold the pipe open, or the process may stay.
"""

from attrs import frozen

from boocode.kernel import Context
from boocode.ports.processes import ProcessExit

PIPE_S = 0.05
"""How long after the process the pipe may stay open before we stop reading."""
CLOSED_S = 0.5
"""How long after its output has ended a process may take to end."""


@frozen
class EndOverdue:
    """Timer of the session: it is over all the same."""


class ProcessEnd:
    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._exit: ProcessExit | None = None
        self._is_silent = False

    @property
    def how(self) -> str:
        """As words after the agent's name."""
        return self._exit.describe() if self._exit is not None else "closed its output"

    def exited(self, exit_: ProcessExit) -> bool:
        """Whether that was the last of it."""
        self._exit = exit_
        if not self._is_silent:
            self._ctx.send_after(PIPE_S, EndOverdue())
        return self._is_silent

    def fell_silent(self) -> bool:
        """Whether that was the last of it."""
        self._is_silent = True
        if self._exit is None:
            self._ctx.send_after(CLOSED_S, EndOverdue())
        return self._exit is not None
