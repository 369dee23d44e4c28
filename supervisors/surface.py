"""What people touch: the observers of the tree, the WebSocket connections, and the edge, which stops first."""

from collections.abc import Callable
from functools import partial

from actors.herald import HERALD_MAILBOX, Herald
from actors.loop_probe import LoopProbe
from actors.reaper import Reaper, ReaperParts
from actors.scribe import SCRIBE_MAILBOX, Scribe, ScribeParts
from actors.supervision_feed import SupervisionFeed
from boocode.kernel import (
    Actor,
    Backoff,
    ChildSpec,
    DynamicSpec,
    MailboxSpec,
    Overflow,
    SupervisorSpec,
)
from boocode.ports.names import (
    CONNECTIONS,
    EDGE,
    HERALD,
    LOOP_PROBE,
    REAPER,
    SCRIBE,
    SUPERVISION_FEED,
)
from boocode.ports.news import NewsStore

MAX_CONNECTIONS = 2_048
REAPER_STOP_S = 2.0
"""It only waits for others; what a worktree's owner has begun for it, that one finishes."""
SCRIBE_AGAIN_S = 2.0
"""Two starts within a second would be one too many for its supervisor: three restarts in 5 s are its budget."""
EDGE_STOP_S = 3.0
"""Its own stop takes about a second at most; the rest is for a machine that is busy."""


def reaper_child(parts: ReaperParts) -> ChildSpec:
    return ChildSpec(id="reaper", start=partial(Reaper, parts), name=REAPER, shutdown=REAPER_STOP_S)


def herald_child(store: NewsStore) -> ChildSpec:
    return ChildSpec(
        id="herald", start=partial(Herald, store), name=HERALD, shutdown=1.0, mailbox=HERALD_MAILBOX
    )


def scribe_child(parts: ScribeParts) -> ChildSpec:
    """With a supervisor of its own, whose patience is longer than its budget's period: whatever is wrong with the
    scribe, it never ends anything else."""
    scribe = ChildSpec(
        id="scribe", start=partial(Scribe, parts), name=SCRIBE, shutdown=1.0, mailbox=SCRIBE_MAILBOX
    )
    patient = Backoff(minimum=SCRIBE_AGAIN_S, maximum=60.0)
    return ChildSpec(id="names", start=SupervisorSpec(children=(scribe,), backoff=patient))


def loop_probe_child() -> ChildSpec:
    return ChildSpec(id="loop_probe", start=LoopProbe, name=LOOP_PROBE, shutdown=1.0)


def supervision_feed_child() -> ChildSpec:
    return ChildSpec(
        id="supervision_feed",
        start=SupervisionFeed,
        name=SUPERVISION_FEED,
        shutdown=1.0,
        mailbox=MailboxSpec(capacity=4_096, overflow=Overflow.DROP_OLDEST),
    )


def connections_child(max_connections: int = MAX_CONNECTIONS) -> ChildSpec:
    """One temporary child for each open WebSocket; a client connects again by itself."""
    return ChildSpec(id="connections", start=DynamicSpec(max_children=max_connections), name=CONNECTIONS)


def edge_child(start: Callable[[], Actor]) -> ChildSpec:
    """The last child of all: it is stopped first, while everything it needs to say goodbye still runs."""
    return ChildSpec(id="edge", start=start, name=EDGE, shutdown=EDGE_STOP_S)
