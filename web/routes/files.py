"""Files that a prompt can name, found as their name is typed."""

from boocode.contracts.answers import FilePage
from boocode.contracts.requests import FilesQuery
from web.deps import EdgeDeps
from web.problems import found, invalid
from web.routes.paging import page_limit
from web.routing import Call, Route

FILES_DEFAULT = 20
MAX_QUERY_CHARS = 1_000


async def find_files(deps: EdgeDeps, call: Call[None, FilesQuery]) -> FilePage:
    """In the session's worktree; while it has none, in what its first turn will find: the project's HEAD."""
    session_id, query = call["session_id"], call.query
    limit = page_limit(query.limit, FILES_DEFAULT)
    if len(query.query) > MAX_QUERY_CHARS:
        raise invalid(
            "query", f"`query` has {len(query.query)} characters; at most {MAX_QUERY_CHARS} are taken."
        )
    worktree = await deps.store.get_worktree(session_id)
    if worktree is not None:
        return await deps.git.find_files(worktree.path, query.query, limit, committed=False)
    session = found(await deps.store.get_session(session_id), "session", session_id)
    project = found(await deps.store.get_project(session.project_id), "project", session.project_id)
    return await deps.git.find_files(project.path, query.query, limit, committed=True)


ROUTES = (
    Route(
        "GET", "/api/sessions/{session_id}/files", find_files, "Files that can be named in a prompt, best first",
        FilePage, query=FilesQuery, errors=(404, 409, 422),
    ),
)  # fmt: skip
