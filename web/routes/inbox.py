"""What waits for a person, and what the work has cost."""

from boocode.contracts.answers import InboxPage, PermissionPage
from boocode.contracts.requests import CostsQuery, PermissionAnswer, PermissionsQuery
from boocode.contracts.resources import CostRow, Permission, Task
from boocode.ports.names import PERMISSION_DESK
from boocode.ports.permissions import Answer
from web.deps import EdgeDeps
from web.problems import found
from web.routes.tasks import retry_task
from web.routing import Call, Route

DESK_TIMEOUT_S = 10.0


async def inbox(deps: EdgeDeps, _: Call[None, None]) -> InboxPage:
    return InboxPage(await deps.store.inbox())


async def retry(deps: EdgeDeps, call: Call[None, None]) -> Task:
    """The id of an item is the id of what waits: for a task, the task's."""
    return await retry_task(deps, Call({"task_id": call["item_id"]}, None, None))


async def open_permissions(deps: EdgeDeps, call: Call[None, PermissionsQuery]) -> PermissionPage:
    return PermissionPage(await deps.store.open_permissions(call.query.chat_id))


async def get_permission(deps: EdgeDeps, call: Call[None, None]) -> Permission:
    """Also one that was answered: it says by whom."""
    id_ = call["permission_id"]
    return found(await deps.store.get_permission(id_), "permission", id_)


async def answer(deps: EdgeDeps, call: Call[PermissionAnswer, None]) -> Permission:
    request = Answer(call["permission_id"], call.body.option_id)
    return await deps.system.whereis(PERMISSION_DESK).call(request, DESK_TIMEOUT_S)


async def costs(deps: EdgeDeps, call: Call[None, CostsQuery]) -> tuple[CostRow, ...]:
    return await deps.store.costs(call.query.group_by)


ROUTES = (
    Route("GET", "/api/inbox", inbox, "What waits for a person", InboxPage),
    Route(
        "POST", "/api/inbox/{item_id}/retry", retry, "Run the failed task of an item again", Task, 202,
        errors=(404, 409, 422),
    ),
    Route(
        "GET", "/api/permissions", open_permissions, "Questions that wait for an answer, oldest first",
        PermissionPage, query=PermissionsQuery, errors=(422,),
    ),
    Route(
        "GET", "/api/permissions/{permission_id}", get_permission, "A question, and how it was answered",
        Permission, errors=(404,),
    ),
    Route(
        "POST", "/api/permissions/{permission_id}", answer, "Answer an agent's question; the first answer counts",
        Permission, body=PermissionAnswer, errors=(404, 409, 422),
    ),
    Route(
        "GET", "/api/stats/costs", costs, "Tokens and money", tuple[CostRow, ...], query=CostsQuery, errors=(422,)
    ),
)  # fmt: skip
