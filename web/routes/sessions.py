"""Sessions: working contexts in a project, each with at most one worktree."""

from boocode.contracts.answers import AgentSessionPage, SessionPage
from boocode.contracts.requests import AgentSessionsQuery, NewSession, Rename, SessionsQuery
from boocode.contracts.resources import AgentSession, Session
from boocode.ports.removal import RemoveSession
from web.deps import EdgeDeps
from web.problems import found
from web.routes.deleting import delete
from web.routes.paging import page_limit
from web.routes.titles import title
from web.routing import Call, Route

AGENT_SESSIONS_DEFAULT = 200
MAX_AGENT_SESSIONS = 1_000


async def list_sessions(deps: EdgeDeps, call: Call[None, SessionsQuery]) -> object:
    query = call.query
    return await deps.store.list_sessions(query.project_id, query.after, page_limit(query.limit))


async def create_session(deps: EdgeDeps, call: Call[NewSession, None]) -> Session:
    body = call.body
    for_now = body.for_now or not body.title
    new = title(body.title, "New session")
    session = await deps.store.create_session(body.project_id, new, for_now=for_now)
    return found(session, "project", body.project_id)


async def get_session(deps: EdgeDeps, call: Call[None, None]) -> Session:
    return found(await deps.store.get_session(call["session_id"]), "session", call["session_id"])


async def rename_session(deps: EdgeDeps, call: Call[Rename, None]) -> Session:
    new = title(call.body.title, "")
    session = await deps.store.rename_session(call["session_id"], new, for_now=call.body.for_now)
    return found(session, "session", call["session_id"])


async def delete_session(deps: EdgeDeps, call: Call[None, None]) -> None:
    """Its running turns are cancelled first. Its worktree stays until the reaper finds that nothing would be lost."""
    session_id = call["session_id"]
    await delete(deps, RemoveSession(session_id), "session", session_id)


async def agent_sessions(deps: EdgeDeps, call: Call[None, None]) -> tuple[AgentSession, ...]:
    session = found(await deps.store.get_session(call["session_id"]), "session", call["session_id"])
    return await deps.store.list_agent_sessions(session.id)


async def all_agent_sessions(deps: EdgeDeps, call: Call[None, AgentSessionsQuery]) -> AgentSessionPage:
    """Every agent that is at work is among them, whatever the limit: one machine does not run so many."""
    limit = page_limit(call.query.limit, AGENT_SESSIONS_DEFAULT, MAX_AGENT_SESSIONS)
    return AgentSessionPage(await deps.store.list_all_agent_sessions(limit))


ROUTES = (
    Route(
        "GET", "/api/sessions", list_sessions, "Sessions, newest first", SessionPage, query=SessionsQuery,
        errors=(422,),
    ),
    Route(
        "POST", "/api/sessions", create_session, "Open a session with its first chat", Session, 201,
        body=NewSession, errors=(404, 422),
    ),
    Route("GET", "/api/sessions/{session_id}", get_session, "A session with its chats", Session, errors=(404,)),
    Route(
        "PATCH", "/api/sessions/{session_id}", rename_session, "Rename a session", Session, body=Rename,
        errors=(404, 422),
    ),
    Route(
        "DELETE", "/api/sessions/{session_id}", delete_session, "Delete a session, its chats and their log", None,
        204, errors=(404,),
    ),
    Route(
        "GET", "/api/sessions/{session_id}/agent-sessions", agent_sessions, "The agents that worked here",
        tuple[AgentSession, ...], errors=(404,),
    ),
    Route(
        "GET", "/api/agent-sessions", all_agent_sessions, "The agents of all sessions, those at work first",
        AgentSessionPage, query=AgentSessionsQuery, errors=(422,),
    ),
)  # fmt: skip
