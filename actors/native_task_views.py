"""The tools `list_tasks` and `check_task_status`: an agent's own sub-tasks, and nobody else's."""

from collections.abc import Mapping

from attrs import frozen

from actors.native_child_wait import ChildWait, result_of
from boocode.domain.native.sub_tasks import listed
from boocode.ports.native_tools import CallShown, Tell, ToolOffer, ToolRefused, ToolResult
from boocode.ports.sub_tasks import SubTasks

MOST_LISTED = 50
NONE_YET = "You have started no sub-tasks."
LIST = ToolOffer(
    name="list_tasks",
    description="List the sub-tasks that you have started, newest first: id, state, agent, what they were asked.",
    schema={"type": "object", "properties": {}, "additionalProperties": False},
    effect="read",
    kind="read",
)
CHECK = ToolOffer(
    name="check_task_status",
    description=(
        "See how one of your sub-tasks stands; when it is over, its final answer. With wait=true the call waits until "
        "it is over: do that instead of asking again and again."
    ),
    schema={
        "type": "object",
        "properties": {
            "task_id": {"type": "string", "description": "The id that new_task or list_tasks gave."},
            "wait": {"type": "boolean", "description": "Wait until it is over. Default: false."},
        },
        "required": ["task_id"],
        "additionalProperties": False,
    },
    effect="read",
    kind="read",
)
TO_WAIT = "To wait for its end, call check_task_status with wait=true."


@frozen
class ListTasks:
    store: SubTasks
    chat_id: str

    @property
    def offer(self) -> ToolOffer:
        return LIST

    async def look(self, arguments: Mapping[str, object]) -> CallShown:  # noqa: ARG002 - it has none
        return CallShown("List sub-tasks")

    async def run(self, arguments: Mapping[str, object], tell: Tell) -> ToolResult:  # noqa: ARG002 - short
        tasks = await self.store.children(self.chat_id, MOST_LISTED + 1)
        lines = [listed(task) for task in tasks[:MOST_LISTED]]
        if len(tasks) > MOST_LISTED:
            lines.append(f"(older ones than these {MOST_LISTED} are not listed)")
        return ToolResult("\n".join(lines) or NONE_YET)


@frozen
class CheckTaskStatus:
    store: SubTasks
    chat_id: str
    wait: ChildWait

    @property
    def offer(self) -> ToolOffer:
        return CHECK

    async def look(self, arguments: Mapping[str, object]) -> CallShown:
        what = "Wait for" if arguments.get("wait") is True else "Look at"
        return CallShown(f"{what} sub-task {arguments.get('task_id')}")

    async def run(self, arguments: Mapping[str, object], tell: Tell) -> ToolResult:
        task_id = str(arguments.get("task_id", "")).strip()
        child = await self.store.child(self.chat_id, task_id)
        if child is None:
            raise ToolRefused(await self._unknown(task_id))
        if child.task.ended_at is not None:
            return result_of(child)
        if arguments.get("wait") is True:
            return await self.wait.until_over(task_id, tell)
        return ToolResult(f"{await self.wait.how_it_stands(child.task)}\n{TO_WAIT}")

    async def _unknown(self, task_id: str) -> str:
        own = [task.id for task in await self.store.children(self.chat_id, MOST_LISTED)]
        yours = f"Yours are: {', '.join(own)}." if own else NONE_YET
        return f"You have no sub-task {task_id!r}. {yours}"
