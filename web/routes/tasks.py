"""Tasks: every prompt is one; some have no chat that a person opened."""

from boocode.contracts.answers import Cancelled, TaskPage
from boocode.contracts.requests import NewTask, TasksQuery
from boocode.contracts.resources import Task
from boocode.ports.agents import Forgive, SessionKey
from boocode.ports.log import PostPrompt
from boocode.ports.names import EVENT_WRITER, SESSION_POOL
from web.deps import EdgeDeps
from web.problems import ApiError, found, not_found
from web.routes.messages import POST_TIMEOUT_S, check_agent, check_prompt
from web.routes.paging import page_limit
from web.routing import Call, Route

RETRYABLE = ("failed", "cancelled")


async def list_tasks(deps: EdgeDeps, call: Call[None, TasksQuery]) -> object:
    query = call.query
    return await deps.store.list_tasks(
        query.state, query.project_id, query.after, page_limit(query.limit), parent=query.parent_task_id
    )


async def create_task(deps: EdgeDeps, call: Call[NewTask, None]) -> Task:
    body = call.body
    check_prompt(body.input, "input")
    agent = body.agent if body.agent is not None else _default_agent(deps)
    check_agent(deps, agent)
    if body.parent_task_id is not None:
        found(await deps.store.get_task(body.parent_task_id), "task", body.parent_task_id)
    task = await deps.store.create_task(
        body.project_id, body.input, agent, body.model, body.mode, body.parent_task_id
    )
    return found(task, "project", body.project_id)


async def get_task(deps: EdgeDeps, call: Call[None, None]) -> Task:
    return found(await deps.store.get_task(call["task_id"]), "task", call["task_id"])


async def cancel_task(deps: EdgeDeps, call: Call[None, None]) -> Cancelled:
    outcome = await deps.store.request_cancel(call["task_id"])
    if outcome == "unknown":
        raise not_found("task", call["task_id"])
    return Cancelled(outcome != "ended")


async def retry_task(deps: EdgeDeps, call: Call[None, None]) -> Task:
    """The same prompt once more, in the same chat, as a new task. How often its agent died counts no more."""
    task = found(await deps.store.get_task(call["task_id"]), "task", call["task_id"])
    if task.state not in RETRYABLE or task.chat_id is None:
        detail = f"Only a failed or cancelled task can be tried again; this one is {task.state}."
        raise ApiError(409, "not_retryable", detail)
    check_agent(deps, task.agent)
    deps.system.whereis(SESSION_POOL).cast(Forgive(SessionKey(task.chat_id, task.agent)))
    request = PostPrompt(task.chat_id, task.input, task.agent, task.model, task.mode, repeats=task.id)
    posted = await deps.system.whereis(EVENT_WRITER).call(request, POST_TIMEOUT_S)
    return posted.task


def _default_agent(deps: EdgeDeps) -> str:
    providers = deps.providers()
    installed = [provider.id for provider in providers if provider.installed]
    if not installed:
        detail = "No agent is installed on this machine; `boocode doctor` says how to get one."
        raise ApiError(422, "no_agent", detail, field="agent")
    return installed[0]


ROUTES = (
    Route(
        "GET", "/api/tasks", list_tasks, "Tasks, newest first", TaskPage, query=TasksQuery, errors=(422,)
    ),
    Route(
        "POST", "/api/tasks", create_task, "Run a prompt in a session of its own", Task, 201, body=NewTask,
        errors=(404, 422),
    ),
    Route("GET", "/api/tasks/{task_id}", get_task, "A task", Task, errors=(404,)),
    Route("POST", "/api/tasks/{task_id}/cancel", cancel_task, "Cancel a task", Cancelled, 202, errors=(404,)),
    Route(
        "POST", "/api/tasks/{task_id}/retry", retry_task, "Run a failed or cancelled task again", Task, 202,
        errors=(404, 409, 422),
    ),
)  # fmt: skip
