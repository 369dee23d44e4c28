"""PostgresStore: the whole Store port, composed of its parts."""

from boocode.adapters.postgres.agents import AgentStore
from boocode.adapters.postgres.messages import MessageStore
from boocode.adapters.postgres.people import PeopleStore
from boocode.adapters.postgres.projects import ProjectStore
from boocode.adapters.postgres.queue import QueueStore
from boocode.adapters.postgres.tasks import TaskStore
from boocode.adapters.postgres.worktrees import WorktreeStore


class PostgresStore(
    ProjectStore, MessageStore, TaskStore, QueueStore, AgentStore, WorktreeStore, PeopleStore
):
    """Implements ports.store.Store. May be made before the database is open; until then it is unavailable."""
