"""store: the database server (when it is our own) and the pool; beside it the one who writes the log."""

from collections.abc import Callable

from actors.database import PATIENCE_S, DatabaseKeeper
from actors.event_writer import WRITER_MAILBOX, EventWriter
from actors.postgres_server import PostgresServer
from actors.task_listener import NOTICES_MAILBOX, TaskListener
from boocode.kernel import Backoff, Budget, ChildSpec, SupervisorSpec
from boocode.ports.database import DatabasePool, EmbeddedServer
from boocode.ports.names import EVENT_WRITER, STORE, TASK_LISTENER
from boocode.ports.processes import ProcessOwner

SERVER_START_S = 120.0
"""After a crash it first replays its journal."""
SERVER_STOP_S = 20.0
"""More than the bound of its launch: a fast shutdown of 15 s, then the hard ways."""
WRITER_STOP_S = 5.0
"""How long the last entries may take to become durable when BooCode stops."""
PATIENT = Budget(max_restarts=10, period=60.0)
"""A server may be killed now and then; one that cannot run at all is given up after about half a minute."""


def store_child(
    pool: DatabasePool,
    server: EmbeddedServer | None,
    processes: ProcessOwner,
    patience_s: float = PATIENCE_S,
) -> ChildSpec:
    """one_for_one: the pool outlives its server and connects again by itself. `server` None = an external one,
    for which the start waits `patience_s`."""
    database = ChildSpec(
        id="database",
        start=lambda: DatabaseKeeper(pool, patience_s),
        name=STORE,
        start_timeout=SERVER_START_S + patience_s,
    )
    children: tuple[ChildSpec, ...] = (database,)
    if server is not None:
        own = server
        children = (
            ChildSpec(
                id="postgres",
                start=lambda: PostgresServer(own, processes),
                start_timeout=SERVER_START_S,
                shutdown=SERVER_STOP_S,
            ),
            database,
        )
    return ChildSpec(
        id="store",
        start=SupervisorSpec(children=children, budget=PATIENT, backoff=Backoff(maximum=5.0)),
    )


def event_writer_child(writer: Callable[[], EventWriter]) -> ChildSpec:
    return ChildSpec(
        id="event_writer", start=writer, name=EVENT_WRITER, shutdown=WRITER_STOP_S, mailbox=WRITER_MAILBOX
    )


def task_listener_child(listener: Callable[[], TaskListener]) -> ChildSpec:
    """For the dispatch sub-tree: it listens for the dispatcher."""
    return ChildSpec(
        id="task_listener", start=listener, name=TASK_LISTENER, shutdown=1.0, mailbox=NOTICES_MAILBOX
    )
