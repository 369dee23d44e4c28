"""The table of all routes."""

from web.routes.changes import ROUTES as CHANGES
from web.routes.chats import ROUTES as CHATS
from web.routes.checkpoints import ROUTES as CHECKPOINTS
from web.routes.export import ROUTES as EXPORT
from web.routes.files import ROUTES as FILES
from web.routes.health import ROUTES as HEALTH
from web.routes.inbox import ROUTES as INBOX
from web.routes.messages import ROUTES as MESSAGES
from web.routes.projects import ROUTES as PROJECTS
from web.routes.providers import ROUTES as PROVIDERS
from web.routes.queue import ROUTES as QUEUE
from web.routes.sessions import ROUTES as SESSIONS
from web.routes.settings import ROUTES as SETTINGS
from web.routes.supervision import ROUTES as SUPERVISION
from web.routes.tasks import ROUTES as TASKS
from web.routes.why import ROUTES as WHY
from web.routes.worktrees import ROUTES as WORKTREES
from web.routing import Route

ROUTES: tuple[Route, ...] = (
    *HEALTH,
    *PROJECTS,
    *SESSIONS,
    *CHATS,
    *MESSAGES,
    *QUEUE,
    *CHANGES,
    *CHECKPOINTS,
    *WORKTREES,
    *FILES,
    *EXPORT,
    *TASKS,
    *INBOX,
    *PROVIDERS,
    *SETTINGS,
    *SUPERVISION,
    *WHY,
)
