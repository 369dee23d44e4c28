"""PostgresStore: the whole Store port and the SafetyStore port, composed of their parts."""

from boocode.adapters.postgres.agents import AgentStore
from boocode.adapters.postgres.changes import ChangeStore
from boocode.adapters.postgres.checkpoints import CheckpointStore
from boocode.adapters.postgres.journal import JournalStore
from boocode.adapters.postgres.messages import MessageStore
from boocode.adapters.postgres.news import NewsReader
from boocode.adapters.postgres.people import PeopleStore
from boocode.adapters.postgres.projects import ProjectStore
from boocode.adapters.postgres.queue import QueueStore
from boocode.adapters.postgres.scribing import ScribeRows
from boocode.adapters.postgres.tasks import TaskStore
from boocode.adapters.postgres.ui_settings import UiSettingsStore
from boocode.adapters.postgres.worktrees import WorktreeStore


class PostgresStore(
    ProjectStore,
    MessageStore,
    TaskStore,
    QueueStore,
    AgentStore,
    WorktreeStore,
    ChangeStore,
    CheckpointStore,
    JournalStore,
    PeopleStore,
    UiSettingsStore,
    NewsReader,
    ScribeRows,
):
    """Implements ports.safety_store.WorktreeStore, ports.news.NewsStore and ports.scribing.ScribeStore, too. May be
    made before the database is open; until then it is unavailable."""
