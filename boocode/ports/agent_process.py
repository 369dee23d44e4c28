"""What the three actors of one agent's sub-tree say to each other: process → reader → session."""

from attrs import frozen

from boocode.domain.acp.incoming import Incoming
from boocode.kernel import Ref, Request
from boocode.ports.processes import OwnedProcess, ProcessExit


@frozen
class TakeProcess(Request[OwnedProcess]):
    """Call to the process actor: its child. Refused (AgentStartFailed) to a second reader or session."""


@frozen
class EndStrays(Request[int]):
    """Call to the process actor: end what the child has started between these two moments (seconds of the boot-time
    clock), apart from those whom the agent still speaks to. Replies how many there were, when they are gone."""

    since: float
    until: float


@frozen
class TellEnd:
    """Cast to the process actor: tell `watcher` with ProcessEnded, at once if it is over already."""

    watcher: Ref


@frozen
class ProcessEnded:
    """Cast by the process actor: the child ended by itself. Its pipes may still hold what it said last."""

    exit: ProcessExit


@frozen
class ReadFor:
    """Cast to the reader: hand everything that the agent says to `session`, from now on."""

    session: Ref


@frozen
class Heard(Request[None]):
    """Call by the reader: what one read brought, in order. The next read comes only after the reply, so a
    session that waits for its listener makes the agent wait."""

    items: tuple[Incoming, ...]


@frozen
class Silence:
    """Cast by the reader, after the last Heard: the agent's output has ended; `broken` says why if not by EOF."""

    broken: str | None = None
